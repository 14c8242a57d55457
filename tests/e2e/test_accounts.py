"""One person's account: the first visit by its link, browsers and tokens in sight, a forgotten password by mail."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.api import EMAIL, PASSWORD
from tests.e2e.conftest import Server, free_port
from tests.e2e.steps import first_visit, sign_in
from tests.services.processes import wait_until
from tests.services.smtp import Sink, mail_server


@pytest.fixture(scope="module")
def mails() -> Iterator[Sink]:
    with mail_server() as sink:
        yield sink


@pytest.fixture(scope="module")
def server(mails: Sink, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("var"), free_port(), mails.settings)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def ada(server: Server, visitor: Page) -> Page:
    """Ada, who came by the link that `make run` shows."""
    visitor.goto(server.url)
    expect(visitor.get_by_text("Open the link that the server shows")).to_be_visible()
    first_visit(visitor, server.url, server.setup_code)
    return visitor


@pytest.fixture
def elsewhere(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """Another browser."""
    context = browser.new_context(**browser_context_args)
    yield context.new_page()
    context.close()


def status_with(server: Server, token: str, path: str = "me/") -> int:
    headers = {"Authorization": f"Token {token}"}
    return httpx.get(f"{server.url}/api/v1/{path}", headers=headers, timeout=30).status_code


def test_an_invitation_to_a_server_that_nobody_set_up(server: Server, elsewhere: Page) -> None:
    """First of this file: Ada has no account yet."""
    elsewhere.goto(f"{server.url}/join#0123456789abcdef")
    expect(elsewhere.get_by_role("heading", name="This invitation cannot be used")).to_be_visible()
    expect(elsewhere.get_by_text("This server is not set up yet")).to_be_visible()
    expect(elsewhere.get_by_role("textbox")).to_have_count(0)


def test_a_browser_elsewhere_is_signed_out(server: Server, ada: Page, elsewhere: Page) -> None:
    sign_in(elsewhere, server.url)
    ada.goto(f"{server.url}/account")
    panel = ada.get_by_role("region", name="Signed in")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    expect(panel.get_by_text("This one")).to_have_count(1)
    panel.get_by_role("button", name=re.compile("^Sign out Chrome on")).click()
    expect(panel.get_by_role("listitem")).to_have_count(1)
    elsewhere.reload()
    expect(elsewhere.get_by_role("heading", name="Sign in")).to_be_visible()


def test_everywhere_else_at_once(server: Server, ada: Page, elsewhere: Page) -> None:
    sign_in(elsewhere, server.url)
    ada.goto(f"{server.url}/account")
    ada.get_by_role("button", name="Sign out everywhere else").click()
    ada.get_by_role("dialog").get_by_role("button", name="Sign out everywhere else").click()
    expect(ada.get_by_role("region", name="Signed in").get_by_role("listitem")).to_have_count(1)
    elsewhere.reload()
    expect(elsewhere.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_token_is_made_used_and_revoked(server: Server, ada: Page) -> None:
    ada.goto(f"{server.url}/account")
    panel = ada.get_by_role("region", name="Tokens for scripts")
    panel.get_by_role("button", name="Make token").click()
    dialog = ada.get_by_role("dialog", name="Make token")
    dialog.get_by_label("Name").fill("Nightly import")
    dialog.get_by_label("Upload images and import archives").check()
    dialog.get_by_label("Your password").fill(PASSWORD)
    dialog.get_by_role("button", name="Make token").click()
    key = panel.get_by_label("Token", exact=True).input_value()
    assert status_with(server, key) == 200
    assert status_with(server, key, "teams/plates/invitations/") == 403
    expect(panel.get_by_role("listitem")).to_contain_text("Nightly import read, ingest")
    expect(panel.get_by_role("listitem")).to_contain_text("ends in 90 days")
    panel.get_by_role("button", name="Revoke Nightly import").click()
    ada.get_by_role("dialog").get_by_role("button", name="Revoke token").click()
    expect(panel.get_by_role("listitem")).to_have_count(0)
    assert status_with(server, key) == 401


def test_an_invitation_begins_with_its_link(server: Server, ada: Page, mails: Sink, elsewhere: Page) -> None:
    """Nothing that anybody wrote comes before it; the token leaves the address."""
    ada.goto(f"{server.url}/t/plates")
    panel = ada.get_by_role("region", name="Invite")
    panel.get_by_label("Email").fill("eve@example.org")
    panel.get_by_role("button", name="Send invitation").click()
    expect(panel.get_by_text("Sent to eve@example.org")).to_be_visible()
    message = mails.messages[-1]
    text = str(message.get_payload())
    link = re.match(rf"Join: ({re.escape(server.url)}/join#\S+)\s", text)
    assert link, text
    assert message["Subject"] == "Invitation to a team on Boxwright"
    elsewhere.goto(link[1])
    expect(elsewhere.get_by_role("heading", name="Join Plates")).to_be_visible()
    assert elsewhere.url == f"{server.url}/join"


def test_a_forgotten_password_by_mail(server: Server, ada: Page, mails: Sink, elsewhere: Page) -> None:
    elsewhere.goto(server.url)
    elsewhere.get_by_role("link", name="Forgot your password?").click()
    elsewhere.get_by_label("Email").fill(EMAIL)
    before = len(mails.messages)
    elsewhere.get_by_role("button", name="Send link").click()
    expect(elsewhere.get_by_text("a link is on its way")).to_be_visible()
    wait_until(lambda: len(mails.messages) > before, "the mail")
    link = re.search(r"http://\S+/reset#\S+", str(mails.messages[-1].get_payload()))
    assert link
    elsewhere.goto(link[0])
    elsewhere.get_by_label("New password").fill("another horse battery")
    assert elsewhere.url == f"{server.url}/reset"
    elsewhere.get_by_role("button", name="Set password").click()
    expect(elsewhere.get_by_role("navigation", name="Main").first).to_be_visible()
    ada.reload()
    expect(ada.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(ada, server.url, EMAIL, "another horse battery")


def test_the_log_tells_who_did_what(server: Server, ada: Page) -> None:
    ada.goto(f"{server.url}/t/plates")
    log = ada.get_by_role("region", name="Log")
    expect(log.get_by_role("row", name=re.compile("Ada invited eve@example.org"))).to_be_visible()
    ada.goto(f"{server.url}/account")
    activity = ada.get_by_role("region", name="Activity")
    expect(activity.get_by_role("row", name=re.compile("changed password"))).to_be_visible()
