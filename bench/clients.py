"""What runs an artifact's file at a user's: MediaPipe, and Chromium with TensorFlow.js."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image, ImageOps
from playwright.sync_api import Browser, Request, expect, sync_playwright

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from tests.e2e.steps import sign_in
from tests.services.browser import CHROMIUM
from tests.services.static_site import served
from training.engine.exporters.node_runtime import FOLDER as NODE

FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader"]
WEBGL = NODE / "node_modules" / "@tensorflow" / "tfjs-backend-webgl" / "dist" / "tf-backend-webgl.es2017.min.js"
CPU = NODE / "node_modules" / "@tensorflow" / "tfjs-backend-cpu" / "dist" / "tf-backend-cpu.es2017.min.js"
EXIF_ORIENTATION, QUARTER_TURN = 0x0112, 6

Labelled = tuple[list[Path], list[ImageRecord]]
Annotations = list[list[AnnotationRecord]]

PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<script src="tfjs/tf-core.es2017.min.js"></script><script src="tfjs/tf-converter.es2017.min.js"></script>
<script src="tfjs/tf-backend-wasm.es2017.min.js"></script><script src="cpu.js"></script><script src="webgl.js"></script>
<script type="module">
import { ask, load, on } from "./detector.js";
const model = await load();
window.look = async (backend, addresses) => {
  const loaded = await on(backend, model);
  const seen = [];
  for (const address of ["sample.png", ...addresses]) { // the first one compiles shaders
    const picture = await createImageBitmap(await (await fetch(address)).blob());
    const began = performance.now();
    const { scores, boxes } = await ask(loaded, picture);
    const milliseconds = performance.now() - began;
    seen.push({ backend: tf.getBackend(), milliseconds, scores: [...scores], boxes: [...boxes] });
  }
  return seen.slice(1);
};
</script>"""


def strange_kinds(
    paths: Sequence[Path], records: Sequence[ImageRecord], folder: Path
) -> Iterator[tuple[str, Labelled]]:
    """The same pictures as phones and scanners save them: lying, with an orientation in EXIF; grey; twice as wide."""
    for name, make in {"turned by EXIF": turned, "grey": grey, "twice as wide": wide}.items():
        place = folder / name
        place.mkdir()
        made: Labelled = ([], [])
        for number, (path, record) in enumerate(zip(paths, records, strict=True)):
            file = place / f"{number}.jpg"
            made[0].append(file)
            made[1].append(make(upright(path), record, file))
        yield name, made


def upright(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return ImageOps.exif_transpose(picture).convert("RGB")


def turned(picture: Image.Image, record: ImageRecord, file: Path) -> ImageRecord:
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = QUARTER_TURN
    picture.transpose(Image.Transpose.ROTATE_90).save(file, quality=95, exif=exif)
    return record


def grey(picture: Image.Image, record: ImageRecord, file: Path) -> ImageRecord:
    picture.convert("L").save(file, quality=95)
    return record


def wide(picture: Image.Image, record: ImageRecord, file: Path) -> ImageRecord:
    width, height = picture.size
    picture.resize((2 * width, height), Image.Resampling.BILINEAR).save(file, quality=95)
    annotations = tuple(replace(one, box=one.box and twice(one.box)) for one in record.annotations)
    return replace(record, width=2 * record.width, annotations=annotations)


def twice(box: Box) -> Box:
    return Box(2 * box.x_min, box.y_min, 2 * box.x_max, box.y_max)


def in_mediapipe(model: Path, paths: Sequence[Path], least_score: float, most: int) -> Annotations:
    """What MediaPipe's ObjectDetector, given upright pixels as our samples do, finds in each picture."""
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    base = BaseOptions(model_asset_path=str(model))
    options = vision.ObjectDetectorOptions(base_options=base, score_threshold=least_score, max_results=most)
    with vision.ObjectDetector.create_from_options(options) as task:
        return [
            [annotation(one) for one in task.detect(image).detections]
            for image in (
                mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.array(upright(path))) for path in paths
            )
        ]


def annotation(found: Any) -> AnnotationRecord:
    box, best = found.bounding_box, found.categories[0]
    sides = Box(box.origin_x, box.origin_y, box.origin_x + box.width, box.origin_y + box.height)
    return AnnotationRecord(best.category_name, sides, score=best.score, source="model")


@dataclass(frozen=True, slots=True)
class Looked:
    """`gaps`: pixels of the network's square by which the worst box of a score over 0.4 differs from wasm's."""

    gaps: dict[str, float]
    milliseconds: float
    """The median of a picture on wasm."""


def in_chromium(bundle: Path, pictures: Sequence[Path], few: int) -> Looked:
    """All pictures on wasm, and `few` of them on WebGL and in plain JavaScript, which are slow here."""
    (bundle / "bench.html").write_text(PAGE, encoding="utf-8")
    for name, file in (("webgl.js", WEBGL), ("cpu.js", CPU)):
        (bundle / name).write_bytes(file.read_bytes())
    for number, path in enumerate(pictures):
        (bundle / f"{number}.jpg").write_bytes(path.read_bytes())
    side = json.loads((bundle / "contract.json").read_text(encoding="utf-8"))["image_size"]
    with served(bundle) as url, chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(600_000)
        page.goto(f"{url}bench.html")
        page.wait_for_function("() => Boolean(window.look)")
        said = {
            backend: page.evaluate(
                "([name, n]) => look(name, [...Array(n).keys()].map((i) => `${i}.jpg`))", [backend, n]
            )
            for backend, n in {"wasm": len(pictures), "webgl": few, "cpu": few}.items()
        }
    assert all(one["backend"] == backend for backend, seen in said.items() for one in seen)
    gaps = {
        name: max(gap(one, other) for one, other in zip(said[name], said["wasm"], strict=False)) * side
        for name in ("webgl", "cpu")
    }
    return Looked(gaps, float(np.median([one["milliseconds"] for one in said["wasm"]])))


def gap(given: dict[str, Any], wanted: dict[str, Any]) -> float:
    """Between the boxes whose label is surer than 0.4 in either; infinite where a score differs by 0.01."""
    boxes = [np.array(one["boxes"]).reshape(-1, 4) for one in (given, wanted)]
    scores = [np.array(one["scores"]).reshape(len(boxes[0]), -1) for one in (given, wanted)]
    if np.abs(scores[0] - scores[1]).max() > 0.01:
        return float("inf")
    sure = np.maximum(*scores)[:, 1:].max(1) > 0.4
    return float(np.abs(boxes[0] - boxes[1])[sure].max(initial=0))


def first_load(bundle: Path) -> int:
    """Bytes that the page of a bundle takes from its server until it has checked itself, in a browser that has none."""
    with served(bundle) as url, chromium() as browser:
        page, taken = browser.new_page(), list[Request]()
        page.on("requestfinished", lambda request: taken.append(request))  # its worker's too
        page.goto(url)
        expect(page.locator("#check")).to_contain_text("it should", timeout=120_000)
        return sum(one.sizes()["responseHeadersSize"] + one.sizes()["responseBodySize"] for one in taken)


def blocked(url: str, run_page: str, pictures: Sequence[Path]) -> float:
    """Milliseconds of the longest task of a run's page while it loads its model and looks at the pictures."""
    with chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(120_000)
        sign_in(page, url)
        page.goto(f"{url}{run_page}")
        expect(page.get_by_test_id("try-open")).to_be_visible()
        page.evaluate(
            """() => {
              window.longest = 0;
              const note = (tasks) => tasks.getEntries().forEach(({ duration }) => {
                longest = Math.max(longest, duration);
              });
              new PerformanceObserver(note).observe({ type: "longtask" });
            }"""
        )
        page.get_by_test_id("try-open").click()
        with TemporaryDirectory() as name:  # paths: bytes that Playwright hands over would be decoded by the page
            files = [shutil.copy(one, Path(name) / f"{i}.jpg") for i, one in enumerate(pictures)]
            page.get_by_test_id("try-files").set_input_files(files)
            expect(page.get_by_test_id("tried-figures")).to_have_count(len(pictures), timeout=120_000)
        expect(page.get_by_test_id("tried-figures").last).to_contain_text("found,", timeout=120_000)
        longest: float = page.evaluate("longest")
        return longest


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
