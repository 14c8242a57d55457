"""Django's admin: off, unless somebody turns it on; then for staff who logged in at the one door there is."""

from pathlib import Path

import httpx
from rest_framework.test import APIClient

from tests.services.server import FIRST, server


def test_it_is_off(db: None) -> None:
    assert APIClient().get("/admin/").status_code == 404
    assert APIClient().get("/admin/login/").status_code == 404


def test_it_has_no_login_of_its_own(tmp_path: Path) -> None:
    with server(tmp_path, BOXWRIGHT_ADMIN="true") as running, running.client() as client:
        running.set_up()
        admin = f"{running.url}/admin/"
        guess = {"username": FIRST["email"], "password": FIRST["password"], "next": "/admin/"}
        for _ in range(12):
            client.get("auth/session/")
            csrf = {"X-CSRFToken": client.cookies["csrftoken"]}
            assert client.post(f"{admin}login/", data=guess, headers=csrf).headers["location"] == "/"
        assert client.get(admin).status_code == 302
        assert client.post("auth/login/", json=FIRST, headers=csrf).status_code == 200
        for page in (admin, f"{admin}teams/user/"):
            check_policy(client.get(page))


def check_policy(answer: httpx.Response) -> None:
    """The admin runs its own scripts only."""
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"<script>" not in answer.content
    assert b"style=" not in answer.content
