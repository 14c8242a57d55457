"""Foreign archives on their way in: kept and queued (`start`), unpacked, read and written batch by batch (`work`)."""

from annotations.imports.start import publish, run, start_import, start_sample

__all__ = ["publish", "run", "start_import", "start_sample"]
