"""The zip that the user downloads: the same files give the same bytes."""

import hashlib
import zipfile
from pathlib import Path

DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say


def write_bundle(path: Path, folder: Path) -> str:
    """Pack the files of `folder` so that a reader never sees half a zip; return its sha256."""
    temporary = path.with_name(path.name + ".tmp")
    with zipfile.ZipFile(temporary, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.writestr(_entry(file.name), file.read_bytes())
    temporary.replace(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
