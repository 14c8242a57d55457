"""The workbench and the gallery in a real Chromium, as a hand feels them: frames, clicks, what is loaded, memory.

    python -m bench.workbench [--only crowd gallery queue]

crowd: one picture of 4000×3000 with 2,000 boxes is dragged, panned, drawn on and zoomed. gallery: 600 pictures with
five boxes each are opened, scrolled, and one of them entered. queue: pictures are finished one after the other, at
once and with 150 ms of round trip. A picture is drawn once the frame that shows it is. Fails past a bar.
"""

import argparse
import io
import json
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bench.clients import chromium
from bench.loop import Report
from bench.server import parts_of, running_server
from tests.e2e.api import Api, box
from tests.e2e.steps import saved, sign_in

FRAME_MS = 17
OPEN_MS, COLD_MS, WARM_MS, SCRIPT_KB, TILES_MS, HEAP_MB = 350, 600, 350, 80, 500, 1.0
NEXT_MS = {0: (50, 90), 150: (60, 120)}
"""By the milliseconds of a round trip: p50 and p95 of a press of Enter until the next picture is drawn."""
LARGE, CROWD, TILES, BOXES = (4000, 3000), 2_000, 600, 5
STEPS, SCROLLS, NEXTS, SETTLED, IMAGES = 90, 60, 40, 20, 200
"""Moves of the pointer in a gesture, notches of the wheel, pictures timed at each round trip; memory is measured after
SETTLED and after IMAGES more."""
BETWEEN_S = 0.3
"""From picture to picture: who looks at one takes longer."""
MEGABYTE = 2**20

WATCH = """
window.bench = {
  frames: null,
  pressed: 0,
  begin() {
    const frames = [];
    let last = null;
    const tick = (now) => {
      if (bench.frames !== frames) return;
      if (last !== null) frames.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    bench.frames = frames;
    requestAnimationFrame(tick);
  },
  end() {
    const { frames } = bench;
    bench.frames = null;
    return frames;
  },
  shown: () => document.querySelector("[data-testid=picture]")?.alt ?? "",
  // Milliseconds from `since` to the frame after all that `there` asks for.
  when: (there, since) => new Promise((done) => {
    const look = () => requestAnimationFrame(there() ? () => done(performance.now() - since()) : look);
    look();
  }),
  drawn: (before, rows, since) => bench.when(() => {
    const picture = document.querySelector("[data-testid=picture]");
    return picture && picture.alt !== before && picture.complete && picture.naturalWidth > 0
      && document.querySelectorAll("[data-testid=box-row]").length >= rows;
  }, since),
  tiled: () => bench.when(() => {
    const tiles = [...document.querySelectorAll("li.tile")];
    return tiles.length > 0 && tiles.every((tile) => tile.querySelector("svg.boxes"));
  }, () => 0),
};
for (const press of ["pointerdown", "keydown"])
  addEventListener(press, ({ timeStamp }) => { bench.pressed = timeStamp; }, { capture: true });
"""


def picture(number: int, size: tuple[int, int] = (640, 480)) -> bytes:
    colours = np.random.default_rng(number).integers(0, 256, (12, 16, 3), np.uint8)
    data = io.BytesIO()
    Image.fromarray(colours).resize(size, Image.Resampling.BICUBIC).save(data, "JPEG", comment=f"picture {number}")
    return data.getvalue()


def p(share: float, values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def frames(page: Page, do: Callable[[], None]) -> float:
    """p95 of a frame in ms, while something is done."""
    page.evaluate("bench.begin()")
    do()
    return p(0.95, page.evaluate("bench.end()"))


def moved(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    for step in range(1, STEPS + 1):
        share = step / STEPS
        page.mouse.move(*(a + (b - a) * share for a, b in zip(start, end, strict=True)))
        time.sleep(0.012)


def crowd(api: Api, context: BrowserContext, url: str, folder: Path, report: Report) -> None:
    project = api.project("Crowd", "detection", ["one", "two"])
    file = folder / "large.jpg"
    file.write_bytes(picture(0, LARGE))
    image = api.upload(project["id"], [file])["created"][0]["id"]
    label = project["labels"][0]["id"]
    boxes = [box(label, 40 + n % 50 * 79, 40 + n // 50 * 73, 60, 50) for n in range(CROWD)]
    api.patch(f"images/{image}/annotations/", base_revision=0, upsert=boxes)

    page = context.new_page()
    page.goto(f"{url}/p/{project['slug']}/label/{image}")
    page.evaluate("bench.drawn('', 1, () => 0)")
    time.sleep(1)
    area = page.get_by_test_id("picture").bounding_box()
    assert area is not None
    scale = area["width"] / LARGE[0]

    def at(x: float, y: float) -> tuple[float, float]:
        return area["x"] + x * scale, area["y"] + y * scale

    def held(start: tuple[float, float], end: tuple[float, float]) -> None:
        page.mouse.move(*start)
        page.mouse.down()
        moved(page, start, end)
        page.mouse.up()

    def panned() -> None:
        page.keyboard.down("Space")
        held(at(2000, 1500), at(2600, 1900))
        page.keyboard.up("Space")

    def zoomed() -> None:
        for notch in range(SCROLLS):
            page.mouse.wheel(0, -60 if notch < SCROLLS * 2 / 3 else 60)
            time.sleep(0.03)

    def place() -> str:
        style: str = page.get_by_test_id("picture").evaluate("(picture) => picture.style.transform")
        return style

    middle = boxes[CROWD // 2 + 25]
    inside = at(middle["x_min"] + 30, middle["y_min"] + 25)
    idle = frames(page, lambda: time.sleep(1.5))
    print(f"idle: a frame in {idle:.1f} ms (p95)")
    page.mouse.click(*inside)
    report.line("2,000 boxes: drag a box", frames(page, lambda: held(inside, at(2600, 1900))), FRAME_MS, "ms")
    saved(page)
    page.keyboard.press(".")
    brighter = frames(page, lambda: held(at(2600, 1900), at(1500, 1700)))
    report.line("2,000 boxes: drag a box, brighter", brighter, FRAME_MS, "ms")
    page.keyboard.press("/")
    saved(page)
    report.line("2,000 boxes: hover", frames(page, lambda: moved(page, at(300, 300), at(3700, 2700))), FRAME_MS, "ms")
    report.line("2,000 boxes: draw", frames(page, lambda: held(at(110, 100), at(1800, 1300))), FRAME_MS, "ms")
    saved(page)
    page.mouse.move(*at(2000, 1500))
    places = [place()]
    report.line("2,000 boxes: zoom", frames(page, zoomed), FRAME_MS, "ms")
    places.append(place())
    report.line("2,000 boxes: pan", frames(page, panned), FRAME_MS, "ms")
    places.append(place())
    state = api.get(f"images/{image}/annotations/")["annotations"]
    now = next(one for one in state if one["id"] == middle["id"])
    if len(state) != CROWD + 1 or now["x_min"] == middle["x_min"] or len(set(places)) < len(places):
        raise SystemExit("the gestures did something else than was measured")
    page.close()


def coco(count: int) -> bytes:
    images, boxes = [], []
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for number in range(count):
            name = f"{number:04}.jpg"
            archive.writestr(f"images/{name}", picture(number))
            images.append({"id": number, "file_name": name, "width": 640, "height": 480})
            boxes += [
                {"id": number * BOXES + n, "image_id": number, "category_id": 1, "bbox": [20 + 110 * n, 40, 90, 200]}
                for n in range(BOXES)
            ]
        described = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "thing"}]}
        archive.writestr("annotations.json", json.dumps(described))
    return data.getvalue()


def gallery(api: Api, context: BrowserContext, url: str, _folder: Path, report: Report) -> None:
    project = api.project("Gallery", "detection", ["thing"])
    job = api.send_archive(project["id"], "set.zip", coco(TILES))
    api.finish(f"imports/{job['id']}/", 300)
    there = f"{url}/p/{project['slug']}/images?queue=labelled&order=name"
    page = context.new_page()
    page.goto(there)
    page.evaluate("bench.tiled()")
    time.sleep(1)
    page.reload()
    report.line("gallery: boxes of all tiles", page.evaluate("bench.tiled()"), TILES_MS, "ms")
    time.sleep(1)
    page.mouse.move(640, 500)

    def scrolled() -> None:
        for _ in range(SCROLLS):
            page.mouse.wheel(0, 100)
            time.sleep(0.03)

    report.line("gallery: scroll", frames(page, scrolled), FRAME_MS, "ms")
    time.sleep(1)
    opened = []
    for tile in range(5):
        page.goto(there)
        page.evaluate("bench.tiled()")
        time.sleep(1)
        page.locator("li.tile a").nth(tile + 3).click()
        opened.append(page.evaluate(f"bench.drawn('', {BOXES}, () => bench.pressed)"))
    report.line("gallery: click → drawn, p50", p(0.5, opened), OPEN_MS, "ms")
    page.close()


def queue(api: Api, context: BrowserContext, url: str, folder: Path, report: Report) -> None:
    project = api.project("Queue", "detection", ["thing"])
    files = []
    for number in range(2 * NEXTS + SETTLED + IMAGES + 20):
        files.append(folder / f"{number:04}.jpg")
        files[-1].write_bytes(picture(10_000 + number))
    api.upload(project["id"], files)
    there = f"{url}/p/{project['slug']}/label"
    page = context.new_page()
    loads(page, there, report)
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    for trip, (half, most) in NEXT_MS.items():
        line.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": trip, "downloadThroughput": -1, "uploadThroughput": -1},
        )
        finish_one(page)
        seconds = [finish_one(page) for _ in range(NEXTS)]
        report.line(f"Next → drawn at {trip} ms, p50", p(0.5, seconds), half, "ms")
        report.line(f"Next → drawn at {trip} ms, p95", p(0.95, seconds), most, "ms")
    calm = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", calm)
    held = []
    for images in (SETTLED, IMAGES):
        for _ in range(images):
            finish_one(page, 0.05)
        saved(page)
        line.send("HeapProfiler.collectGarbage")
        held.append(line.send("Runtime.getHeapUsage")["usedSize"] / MEGABYTE)
    print(f"heap after {SETTLED} images {held[0]:.2f} MB, after {IMAGES} more {held[1]:.2f} MB")
    report.line("heap: growth over 200 images", held[1] - held[0], HEAP_MB, "MB")
    page.close()
    done = api.get(f"projects/{project['id']}/")["counts"]
    expected = 2 * (NEXTS + 1) + SETTLED + IMAGES
    if done["labelled"] < expected:
        raise SystemExit(f"{expected} images were finished, {done['labelled']} are labelled")


def loads(page: Page, there: str, report: Report) -> None:
    """Of the workbench by its address: nothing in the browser's cache, then all; what it loads."""
    drawn = "bench.drawn('', 0, () => 0)"
    cold, warm = [], []
    cleared = page.context.new_cdp_session(page)
    for _ in range(5):
        cleared.send("Network.clearBrowserCache")
        page.goto(there)
        cold.append(page.evaluate(drawn))
        script: float = page.evaluate(
            """performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".js"))
              .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"""
        )
        asked: int = page.evaluate(
            """performance.getEntriesByType("resource")
              .filter(({ name }) => name.includes("/projects/?slug=")).length"""
        )
        time.sleep(0.5)
        page.goto(there)
        warm.append(page.evaluate(drawn))
        time.sleep(0.5)
    report.line("cold navigation → drawn, p50", p(0.5, cold), COLD_MS, "ms")
    report.line("warm navigation → drawn, p50", p(0.5, warm), WARM_MS, "ms")
    report.line("script of the workbench, gz", script / 1000, SCRIPT_KB, "KB")
    report.line("the project asked for", asked, 1, "")


def finish_one(page: Page, pause: float = BETWEEN_S) -> float:
    """A box, then Enter; ms until the next picture is drawn."""
    before = page.evaluate("bench.shown()")
    page.keyboard.press("i")
    time.sleep(pause * random.uniform(0.5, 1.5))
    page.keyboard.press("Enter")
    drawn: float = page.evaluate("(before) => bench.drawn(before, 0, () => bench.pressed)", before)
    time.sleep(pause * random.uniform(0.5, 1.5))
    return drawn


PARTS: dict[str, Callable[[Api, BrowserContext, str, Path, Report], None]] = {
    "crowd": crowd,
    "gallery": gallery,
    "queue": queue,
}


@contextmanager
def signed_in(browser: Browser, url: str) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(WATCH)
    page = context.new_page()
    sign_in(page, url)
    expect(page.get_by_role("navigation", name="Main").first).to_be_attached()
    page.close()
    yield context
    context.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    names: list[str] = parser.parse_args().only
    report = Report()
    with tempfile.TemporaryDirectory() as place, running_server() as link, chromium() as browser:
        url, _ = parts_of(link)
        with Api.first_visit(*parts_of(link)) as api, signed_in(browser, url) as context:
            for name in names:
                PARTS[name](api, context, url, Path(place), report)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
