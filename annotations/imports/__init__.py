"""Foreign archives on their way in: kept and queued (`start`), unpacked, read and written batch by batch (`work`)."""

from annotations.imports.start import run_import, start_import, start_sample

__all__ = ["run_import", "start_import", "start_sample"]
