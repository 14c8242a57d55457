"""Foreign archives on their way in: queued (`start`), laid out (`sources`), read and written in batches (`work`)."""

from annotations.imports.start import run_import, start_import

__all__ = ["run_import", "start_import"]
