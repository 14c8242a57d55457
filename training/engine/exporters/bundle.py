"""The zip that the user downloads: the same files give the same bytes, and what comes back is not trusted."""

import hashlib
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from training.engine.errors import TargetError

DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
MOST_FILES = 1000
MOST_BYTES = 4 * 2**30
"""Of all files together, unpacked: the largest model of the catalogue has an eighth of it."""
LOOKED_AT = 2**16
"""Bytes in the middle of a file that tell whether it is worth being deflated: trained weights shrink to 0.93."""
SHRUNK = 0.85


def write_bundle(path: Path, folder: Path) -> str:
    """Pack the files below `folder` so that a reader never sees half a zip; return its sha256."""
    temporary = path.with_name(path.name + ".tmp")
    with zipfile.ZipFile(temporary, "w") as archive:
        for name, file in files_in(folder).items():
            with file.open("rb") as source, archive.open(_entry(name, file), "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, 2**20)
    temporary.replace(path)
    return sha256_of(path)


def files_in(folder: Path) -> dict[str, Path]:
    """All files below it by name, as `android/app/build.gradle.kts`, sorted by that."""
    found = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    return dict(sorted(found.items()))


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(archive: Path, folder: Path) -> None:
    """Lay what is in the zip into `folder`. Raises TargetError where it is damaged, too large, or leads elsewhere."""
    try:
        with zipfile.ZipFile(archive) as packed:
            entries = packed.infolist()
            _expect_harmless(archive, entries)
            for entry in entries:
                if not entry.is_dir():
                    _lay(packed, entry, folder / entry.filename)
    except FileNotFoundError as error:
        raise TargetError(f"There is no file {archive}.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeError, OSError) as error:
        raise TargetError(f"{archive} is no bundle of Boxwright, or is damaged: {error}.") from error


def _lay(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    """No more than the entry says that it holds: zipfile stops there and looks at the checksum."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with packed.open(entry) as source, path.open("xb") as target:
        shutil.copyfileobj(source, target, 2**20)


def _expect_harmless(archive: Path, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES:
        raise TargetError(f"{archive} holds {len(entries)} files; a bundle has {MOST_FILES} at most.")
    size = sum(entry.file_size for entry in entries)
    if size > MOST_BYTES:
        raise TargetError(f"{archive} would unpack to {size / 2**30:.1f} GiB; a bundle has {MOST_BYTES >> 30} at most.")
    seen: set[str] = set()
    for entry in entries:
        fault = _fault_in(entry, seen)
        if fault:
            raise TargetError(f"{archive} is not to be trusted: {entry.filename!r} {fault}.")
        seen.add(entry.filename.casefold())


def _fault_in(entry: zipfile.ZipInfo, seen: set[str]) -> str:
    name = entry.filename
    parts = PurePosixPath(name).parts
    if name.startswith("/") or "\\" in name or ":" in name or ".." in parts or not parts:
        return "leads out of the archive"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link"
    if entry.flag_bits & 1:
        return "is encrypted"
    return "is there twice" if name.casefold() in seen else ""


def _entry(name: str, file: Path) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED if _shrinks(file) else zipfile.ZIP_STORED
    entry.external_attr = (0o755 if name.endswith(".sh") else 0o644) << 16
    return entry


def _shrinks(file: Path) -> bool:
    with file.open("rb") as content:
        content.seek(max(0, file.stat().st_size - LOOKED_AT) // 2)
        middle = content.read(LOOKED_AT)
    return len(zlib.compress(middle)) <= SHRUNK * len(middle)
