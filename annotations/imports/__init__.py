"""Foreign archives on their way in: sent, whole or in parts (`uploads`), queued (`start`), worked on in stages (`run`).

Read into rows that wait (`staging`), looked at by a person where one wants to (`review`), applied (`applying`).
"""

from annotations.imports.run import run_import
from annotations.imports.start import cancel_import, import_of_path, start_import, start_import_of_upload

__all__ = ["cancel_import", "import_of_path", "run_import", "start_import", "start_import_of_upload"]
