"""Foreign archives on their way in: sent, whole or in parts (`uploads`), queued (`start`), laid out (`sources`), read
and written in batches (`work`)."""

from annotations.imports.start import cancel_import, import_of_path, run_import, start_import, start_import_of_upload

__all__ = ["cancel_import", "import_of_path", "run_import", "start_import", "start_import_of_upload"]
