"""The page of a TF.js bundle, from a static server, in a real browser with a camera that is none."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.services.browser import CHROMIUM
from tests.services.static_site import served
from tests.training.engine.exporters.conftest import CLASSIFIER, DETECTOR, MakeArtifact

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
SLOW = 60_000  # ms
HOSTILE = "</script><img src=x onerror=alert(1)> \"'$(rm) 🦝"


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Page, list[str]]]:
    """The page, and what the browser complains about or asks of others."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there")
    faults: list[str] = []
    with served(folder) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(permissions=["camera"])
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda one: None if one.url.startswith((url, "data:", "blob:")) else faults.append(one.url))
        page.goto(url)
        yield page, faults
        browser.close()


@pytest.mark.parametrize("model", [DETECTOR, pytest.param(CLASSIFIER, marks=pytest.mark.full)])
def test_the_page_finds_what_is_expected_in_pictures_and_the_camera(
    model: str, make_artifact: MakeArtifact, tmp_path: Path
) -> None:
    with zipfile.ZipFile(make_artifact(model, "tfjs") / "artifact.zip") as archive:
        archive.extractall(tmp_path)
    contract = json.loads((tmp_path / "contract.json").read_text())
    expected = json.loads((tmp_path / "expected.json").read_text())
    assert expected["found"]
    labels = [HOSTILE if label == expected["found"][0]["label"] else label for label in contract["labels"]]
    for one in expected["found"]:
        one["label"] = labels[contract["labels"].index(one["label"])]
    (tmp_path / "contract.json").write_text(json.dumps(contract | {"labels": labels, "shown_score": 0.0}))
    (tmp_path / "expected.json").write_text(json.dumps(expected))

    with opened(tmp_path) as (page, faults):
        count = len(expected["found"]) + len(expected["raw"])
        expect(page.locator("#check")).to_contain_text(f"gives the {count} answers", timeout=SLOW)
        expect(page.locator("#found li").first).to_contain_text(f"{HOSTILE}:", timeout=SLOW)
        page.locator("#file").set_input_files(tmp_path / "labels.txt")
        expect(page.locator("#check")).to_contain_text("could not be decoded", timeout=SLOW)
        page.locator("#file").set_input_files(tmp_path / "sample.png")
        expect(page.locator("#check")).to_contain_text(f"gives the {count} answers", timeout=SLOW)
        expect(page.locator("#took")).to_contain_text("ms")
        assert [worker.url.rpartition("/")[2] for worker in page.workers] == ["worker.js"]  # the page's thread is free
        page.get_by_role("button", name="Start the camera").click()
        expect(page.get_by_role("button", name="Stop the camera")).to_be_visible(timeout=SLOW)
        expect(page.locator("#picture")).to_have_attribute("width", "640", timeout=SLOW)  # of the camera's frames
        page.get_by_role("button", name="Stop the camera").click()
        assert page.locator("main img").count() == 0
    assert faults == []


COMPARE = """async () => {
  for (const part of ["core", "converter", "backend-wasm", "backend-webgl"]) {
    const script = document.createElement("script");
    script.src = `tfjs/tf-${part}.es2017.min.js`;
    await new Promise((loaded) => { script.onload = loaded; document.head.append(script); });
  }
  const { faster, load, on } = await import("./detector.js");
  const picture = await createImageBitmap(await (await fetch("sample.png")).blob());
  const wasm = await load(), webgl = await on("webgl", wasm);
  const wrong = { ...wasm, contract: { ...wasm.contract, mean: [0, 0, 0] } };
  const [slower, quicker, other] = [
    await faster(wasm, webgl, picture), await faster(webgl, wasm, picture), await faster(webgl, wrong, picture),
  ];
  return [slower === wasm, quicker === wasm, other === webgl];
}"""


@pytest.mark.full
def test_another_backend_is_taken_where_it_is_faster_and_finds_the_same(
    make_artifact: MakeArtifact, tmp_path: Path
) -> None:
    """Here WebGL is a program on the processor: wasm is the faster one."""
    with zipfile.ZipFile(make_artifact(DETECTOR, "tfjs") / "artifact.zip") as archive:
        archive.extractall(tmp_path)
    with opened(tmp_path) as (page, _faults):
        page.set_default_timeout(300_000)
        expect(page.locator("#check")).to_contain_text("answers", timeout=SLOW)

        assert page.evaluate(COMPARE) == [True, True, True]
