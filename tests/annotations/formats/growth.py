"""How much memory reading a folder takes at its most, in a process of its own."""

import resource
import subprocess
import sys
from pathlib import Path

from annotations.formats import FORMATS
from annotations.formats.layout import ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import read

ROOT = Path(__file__).parents[3]


def growth_of_reading(name: str, folder: Path) -> tuple[int, int]:
    """Bytes beyond those of the process when it began, and how many records there were."""
    command = [sys.executable, "-m", "tests.annotations.formats.growth", name, str(folder)]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    growth, count = map(int, said.split())
    return growth * 1024, count


def main(name: str, folder: str) -> None:
    layout = FORMATS[name].layout
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = sum(1 for _ in read(layout, Listing(Path(folder)), ReadLimits()).records)
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before} {count}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
