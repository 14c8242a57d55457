"""Presence reaches who watches through another web process. SQLite has one."""

import json
from pathlib import Path

import httpx
import pytest
from django.db import connection

from tests.annotations.images import picture
from tests.platform.test_event_stream import Stream
from tests.services.processes import PATIENCE
from tests.services.server import FIRST, server, started


@pytest.mark.skipif(connection.vendor == "sqlite", reason="two web processes need PostgreSQL")
def test_who_looks_at_an_image_is_told_through_another_process(tmp_path: Path) -> None:
    drawn = {"label": 1, "x_min": 1.5, "y_min": 2.0, "x_max": 30.0, "y_max": 40.0}
    with server(tmp_path) as one, started(tmp_path, one.environment) as other:
        token = one.set_up()
        with one.client() as client:
            sign_in(client)
            made = client.post("projects/", json={"team": "plates", "name": "Cars", "task": "detection"})
            project = made.raise_for_status().json()["id"]
            answer = client.post(f"projects/{project}/images/", files={"files": ("one.jpg", picture())})
            image = answer.raise_for_status().json()["created"][0]["id"]
            stream = Stream(other, token, project)
            try:
                stream.opened()
                client.post(f"images/{image}/presence/", json={"drawn": drawn}).raise_for_status()
                client.delete(f"images/{image}/presence/").raise_for_status()
                told = [heard(stream) for _ in range(2)]
            finally:
                stream.close()
    assert [(one["id"], one["is_here"], one["drawn"]) for one in told] == [(image, True, drawn), (image, False, None)]


def sign_in(client: httpx.Client) -> None:
    """No token tells where somebody looks."""
    client.get("auth/session/").raise_for_status()
    client.headers["X-CSRFToken"] = client.cookies["csrftoken"]
    client.post("auth/login/", json=FIRST).raise_for_status()
    client.headers["X-CSRFToken"] = client.cookies["csrftoken"]


def heard(stream: Stream) -> dict[str, object]:
    while (frame := stream.frames.get(timeout=PATIENCE)).get("event") != "presence":
        """Of something else."""
    said: dict[str, object] = json.loads(frame["data"])
    return said
