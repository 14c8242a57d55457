"""What writing and reading 20,000 images costs in memory, seen from another process."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.layout import Header, ReadLimits, Stream
from annotations.formats.listing import Listing

COUNT = 20_000
ROOT = Path(__file__).parents[3]


class Many:
    """Images that are made while they are gone through."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[ImageRecord]:
        cat = AnnotationRecord("cat", Box(1, 2, 30.5, 40), attributes={"colour": "red"})
        for number in range(self.count):
            yield ImageRecord(f"{number}.jpg", f"{number:064x}", 64, 48, 0, "done", "val", (cat,) * 2)


def growth(name: str, folder: Path) -> int:
    """Bytes by which a process grows that writes and reads them, beside one that does so with ten."""
    command = [sys.executable, "-m", __name__, name, str(folder)]
    return int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def write_and_read(name: str, folder: Path, count: int) -> int:
    layout = FORMATS[name].layout
    for path, content in layout.write(Header("detection", ("cat",), "Pets"), Many(count)):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Stream):
            with (folder / path).open("wb") as file:
                file.writelines(content.pieces(lambda _: b""))
        elif isinstance(content, bytes):
            (folder / path).write_bytes(content)
    entries = sum(1 for _ in layout.read(Listing(folder), ReadLimits())[1])
    assert entries == count
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    few, many = Path(sys.argv[2]) / "few", Path(sys.argv[2]) / "many"
    before = write_and_read(sys.argv[1], few, 10)
    sys.stdout.write(str(write_and_read(sys.argv[1], many, COUNT) - before))
