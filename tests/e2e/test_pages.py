"""Every page: by its address, in both themes, on a phone, by keyboard, and for those who do not see it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, ViewportSize, expect

from tests.annotations.archives import voc, zipped
from tests.e2e.api import Api, Json
from tests.e2e.conftest import ROOT, Server
from tests.e2e.drawings import discs, picture
from tests.e2e.steps import sign_in

shares_server = True
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FIRST_LOAD_BYTES = 150_000
PAGES = {
    "projects": "/",
    "new project": "/?new=1",
    "images": "/p/{slug}/images",
    "review by label": "/p/{slug}/review",
    "trash": "/p/{slug}/trash",
    "import": "/p/{slug}/imports/{ended}",
    "review of an import": "/p/{slug}/imports/{waiting}",
    "workbench": "/p/{slug}/label",
    "workbench of an image": "/p/{slug}/label/{image}",
    "snapshots": "/p/{slug}/snapshots",
    "snapshot": "/p/{slug}/snapshots/1",
    "train": "/p/{slug}/snapshots/1?train=1",
    "download": "/p/{slug}/snapshots/1?download=1",
    "runs": "/p/{slug}/runs",
    "run": "/p/{slug}/runs/1",
    "sweep": "/p/{slug}/runs/sweeps/{sweep}",
    "compare settings": "/p/{slug}/runs?new=sweep",
    "settings": "/p/{slug}/settings",
    "team": "/t/plates",
    "account": "/account",
    "not found": "/nowhere",
}
OPEN_PAGES = {"sign in": "/", "join": "{join}", "forgot": "/reset", "new password": "/reset#a-token"}
PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1440, height=900)
SETTLED = """() => document.querySelector('h1, h2, [data-testid=image-name]') !== null
  && !document.querySelector('[aria-busy=true]:not(button), .sk')"""
SHORTCOMINGS = """async rules => {
  const { violations, passes } = await axe.run(document, { runOnly: rules });
  if (passes.length === 0) throw new Error('axe looked at nothing');
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id}: ${target.join(' ')}: ${failureSummary.replace(/\\s+/g, ' ')}`));
}"""


@pytest.fixture(scope="module")
def world(server: Server, api: Api) -> Json:
    """A project whose import, snapshot and sweep of two runs have ended: every page has something to show."""
    project = api.project("Discs", "detection", ["disc"])
    here = f"projects/{project['id']}/"
    ended = api.send_archive(project["id"], "discs.zip", discs(labelled=8, unlabelled=2))
    api.finish(f"imports/{ended['id']}/", 60)
    snapshot = api.post(f"{here}snapshots/")
    api.finish(f"snapshots/{snapshot['id']}/", 60)
    config = {"epochs": 1, "batch_size": 4, "image_size": 128}
    asked = {"snapshot": snapshot["id"], "model": "ssdlite320_mobilenet_v3_large", "base": "none", "config": config}
    sweep = api.post(f"{here}sweeps/", **asked, axes={"seed": [0, 1]})
    api.wait(f"sweeps/{sweep['id']}/", lambda row: row["runs"]["succeeded"] == 2, 240)
    image = api.get(f"{here}images/", queue="labelled")["results"][0]["id"]
    link = api.post("teams/plates/invitations/", role="viewer")["link"]
    waiting = api.send_archive(project["id"], "findings.zip", with_findings(), review=True)
    api.wait(f"imports/{waiting['id']}/", lambda row: row["status"] == "waiting", 60)
    ids = {"image": image, "ended": ended["id"], "waiting": waiting["id"], "sweep": sweep["id"]}
    return {"slug": project["slug"], "join": link.removeprefix(server.url), **ids}


def with_findings() -> bytes:
    """Two pictures, one box of a label that the project does not know, one box that is left out."""
    boxes = [("zebra", 10, 10, 90, 90), ("zebra", 400, 300, 500, 400)]
    annotations = {"train/a.xml": voc("a.png", *boxes, size=(320, 240))}
    return zipped({"train/a.png": picture(1), "train/b.png": picture(2), **annotations})


@pytest.fixture(scope="module")
def reader(ada: Page) -> Page:
    """Ada's tab, which collects what the console complains of."""
    listen(ada)
    return ada


complaints: list[str] = []


def listen(page: Page) -> None:
    def read(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", read)
    page.on("pageerror", lambda error: complaints.append(str(error)))


@pytest.fixture(autouse=True)
def _console_is_quiet() -> Iterator[None]:
    complaints.clear()
    yield
    assert complaints == []


@pytest.fixture(scope="module")
def stranger(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    listen(page)
    yield page
    context.close()


def show(page: Page, server: Server, path: str, world: Json) -> None:
    page.goto(server.url + path.format(**world))
    page.wait_for_function(SETTLED)


def scan(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA."""
    page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(SHORTCOMINGS, RULES)
    return found


FORMS: dict[str, tuple[Literal["light", "dark"], ViewportSize]] = {
    "light": ("light", DESK),
    "dark": ("dark", DESK),
    "phone": ("dark", PHONE),
}


def in_forms(names: Iterable[str]) -> list[Any]:
    """Each page in one form a day, the forms in turn; in `make test-full` in the others."""
    return [
        pytest.param(name, form, marks=() if number % len(FORMS) == place else pytest.mark.full)
        for number, name in enumerate(names)
        for place, form in enumerate(FORMS)
    ]


def look(page: Page, server: Server, path: str, world: Json, form: str) -> None:
    """As the form has it; at last no wider than a phone."""
    scheme, size = FORMS[form]
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size(size)
    show(page, server, path, world)
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    assert scan(page) == []
    page.set_viewport_size(PHONE)
    too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert too_wide <= 0


@pytest.mark.parametrize(("name", "form"), in_forms(PAGES))
def test_page_opens_by_its_address(server: Server, reader: Page, world: Json, name: str, form: str) -> None:
    look(reader, server, PAGES[name], world, form)
    if name != "not found":
        expect(reader.get_by_role("heading", name=re.compile("Not found|no such page"))).to_have_count(0)


@pytest.mark.parametrize("form", ["light", "phone"])
def test_history_of_an_image(server: Server, reader: Page, world: Json, form: str) -> None:
    look(reader, server, PAGES["workbench of an image"], world, form)
    reader.set_viewport_size(FORMS[form][1])
    reader.keyboard.press("Shift+Y")
    reader.get_by_test_id("history-entry").first.click()
    expect(reader.get_by_test_id("past-bar")).to_contain_text("How it is now")
    assert scan(reader) == []
    assert reader.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize(("name", "form"), in_forms(OPEN_PAGES))
def test_page_before_an_account(server: Server, stranger: Page, world: Json, name: str, form: str) -> None:
    look(stranger, server, OPEN_PAGES[name], world, form)


@pytest.mark.parametrize(
    "name", ["projects", "images", "review of an import", "workbench of an image", "snapshot", "runs", "run", "team"]
)
def test_tab_reaches_the_primary_action(server: Server, reader: Page, world: Json, name: str) -> None:
    reader.set_viewport_size(DESK)
    show(reader, server, PAGES[name], world)
    primary = reader.locator(".btn.primary:visible").first
    expect(primary).to_be_visible()
    for _ in range(80):
        reader.keyboard.press("Tab")
        if reader.evaluate("document.activeElement.matches('.btn.primary')"):
            break
    else:
        pytest.fail(f"80 times Tab on {name} did not reach {primary.inner_text()!r}")
    outline = reader.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    shadow = reader.evaluate("getComputedStyle(document.activeElement).boxShadow")
    assert outline != "none" or shadow != "none", "focus must be seen"


def test_back_goes_the_way_one_came(server: Server, reader: Page, world: Json) -> None:
    slug = world["slug"]
    reader.set_viewport_size(DESK)
    show(reader, server, "/", world)
    reader.get_by_role("link", name=re.compile("Discs")).click()
    expect(reader).to_have_url(f"{server.url}/p/{slug}/images")
    tabs = reader.get_by_role("navigation", name="Project").first
    reader.get_by_role("tab", name=re.compile("^Labelled")).click()
    expect(reader).to_have_url(f"{server.url}/p/{slug}/images?queue=labelled")
    tabs.get_by_role("link", name="Runs").click()
    expect(reader).to_have_url(f"{server.url}/p/{slug}/runs")
    tabs.get_by_role("link", name="Settings").click()
    expect(reader).to_have_url(f"{server.url}/p/{slug}/settings")

    for path in ("runs", "images?queue=labelled", "images"):
        reader.go_back()
        expect(reader).to_have_url(f"{server.url}/p/{slug}/{path}")
        expect(reader.get_by_role("navigation", name="Project").first).to_be_visible()
    reader.go_back()
    expect(reader.get_by_role("heading", name="Projects")).to_be_visible()
    reader.go_forward()
    expect(reader.get_by_role("tab", name=re.compile("^All"))).to_have_attribute("aria-selected", "true")


def test_annotate_page_loads_little(
    server: Server, browser: Browser, browser_context_args: dict[str, Any], world: Json
) -> None:
    """What a first visit transfers as JavaScript until one can draw."""
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    sign_in(page, server.url)
    state = context.storage_state()
    context.close()
    fresh = browser.new_context(**browser_context_args, storage_state=state)
    answers: list[Response] = []
    page = fresh.new_page()
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{server.url}/p/{world['slug']}/label")
    expect(page.get_by_test_id("picture")).to_be_visible()

    scripts = [answer for answer in answers if answer.request.resource_type == "script"]
    assert scripts
    assert {answer.headers.get("content-encoding") for answer in scripts} <= {"gzip", "br"}
    assert sum(answer.request.sizes()["responseBodySize"] for answer in scripts) <= FIRST_LOAD_BYTES
    fresh.close()


HIDDEN = """() => {
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def test_seven_tabs_of_one_project_still_load(server: Server, reader: Page, world: Json) -> None:
    """A browser opens six connections to one address: tabs out of sight must not hold theirs.

    Headless tabs are all in sight, so each is told when it no longer is.
    """
    tabs = [reader.context.new_page() for _ in range(7)]
    try:
        for tab in tabs:
            tab.goto(f"{server.url}/p/{world['slug']}/images")
            expect(tab.get_by_role("tab", name=re.compile(r"^All \d"))).to_be_visible(timeout=30_000)
            tab.evaluate(HIDDEN)
    finally:
        for tab in tabs:
            tab.close()
