"""1,000 JPEGs of 640×480 sent to a really running server, 50 at a time over one line: each is decoded and checked.

    python -m bench.uploads [--images 1000] [--batch 50]
    python -m tests.services.ceph -- python -m bench.uploads

Says images a second, the web process's CPU time for each, and its memory after the first batch and at its end. Fails
past a bar: with a gateway, which computes on the same cores, another one than with a folder.
"""

import argparse
import io
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
from PIL import Image

from bench.labelling.eight import form, lay
from bench.server import running_server

SIZE = (640, 480)
GROWTH_MB = 60
ALONE_AFTER = 3.0
"""Seconds. While the owner, who laid the project, counts as present, the door leaves room for them."""


class Bar(NamedTuple):
    rate: float
    """Images a second."""
    milliseconds: float
    """Of the web process's computing, for each."""


FOLDER, GATEWAY = Bar(250, 7.6), Bar(120, 6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=50)
    options = parser.parse_args()
    sent = list(pictures(options.images))
    bodies = [form(sent[n : n + options.batch]) for n in range(0, len(sent), options.batch)]
    bar = GATEWAY if os.environ.get("BOXWRIGHT_S3_ENDPOINT") else FOLDER
    with running_server() as link:
        found, growth = measure(link, bodies, options.images)
    print(
        f"the bar: {bar.rate:g} images a second, {bar.milliseconds:g} ms for each, at most {GROWTH_MB} MB more memory"
    )
    sys.exit(found.rate < bar.rate or found.milliseconds > bar.milliseconds or growth > GROWTH_MB)


def measure(link: str, bodies: list[tuple[bytes, str]], images: int) -> tuple[Bar, float]:
    (person,), project, _ = lay(link, 1, 1)
    time.sleep(ALONE_AFTER)
    web = next(p for p in psutil.Process().children(recursive=True) if "boxwright.serve" in p.cmdline())
    megabytes: list[float] = []
    created, began, cpu = 0, time.perf_counter(), seconds_of(web)
    for body, kind in bodies:
        created += len(person.ask("upload", "POST", f"projects/{project}/images/", body, kind)["created"])
        megabytes.append(web.memory_info().rss / 2**20)
    took, cpu = time.perf_counter() - began, seconds_of(web) - cpu
    if created != images:
        raise SystemExit(f"{created} of {images} came in")
    print(f"{images / took:.0f} images a second; the web process computed {1000 * cpu / images:.1f} ms for each")
    print(f"its memory: {megabytes[0]:.0f} MB after the first batch, {max(megabytes):.0f} MB at most")
    return Bar(images / took, 1000 * cpu / images), max(megabytes) - megabytes[0]


def seconds_of(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def pictures(count: int) -> Iterator[bytes]:
    """Cut out of photographs, each at another place."""
    folder = Path(os.environ["BOXWRIGHT_TEST_DATA"]) / "raccoon"
    photos = [Image.open(path).convert("RGB") for path in sorted(folder.rglob("*.jpg"))[:10]]
    chance = random.Random(0)
    for number in range(count):
        photo = photos[number % len(photos)]
        side = min(photo.width, photo.height * 4 // 3)
        width = chance.randint(side // 2, side)
        x, y = chance.randint(0, photo.width - width), chance.randint(0, photo.height - width * 3 // 4)
        out = io.BytesIO()
        photo.resize(SIZE, box=(x, y, x + width, y + width * 3 // 4)).save(out, "JPEG", quality=88)
        yield out.getvalue()


if __name__ == "__main__":
    main()
