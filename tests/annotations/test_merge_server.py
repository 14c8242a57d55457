"""A merge of labels beside people who save, over HTTP against a really running server."""

import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.annotations.images import picture
from tests.services.server import ROOT, Server, server

PEOPLE, IMAGES = 4, 4


def mark(label: int) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "label": label, "x_min": 1, "y_min": 1, "x_max": 9, "y_max": 9}


def test_a_merge_during_saves_is_an_answer_to_everybody(tmp_path: Path) -> None:
    with server(tmp_path) as running:
        token = running.set_up()
        with running.client(token) as client:
            asked = {"team": "plates", "name": "P", "task": "detection", "labels": [{"name": "cat"}, {"name": "dog"}]}
            project = client.post("projects/", json=asked).json()
            cat, dog = (label["id"] for label in project["labels"])
            sent = [("files", (f"{n}.jpg", picture(n))) for n in range(IMAGES)]
            created = client.post(f"projects/{project['id']}/images/", files=sent).json()["created"]
        images = [image["id"] for image in created]

        def work(person: int) -> list[int]:
            with running.client(token) as client:
                if person == 0:
                    return [client.post(f"labels/{cat}/merge/", json={"into": dog}).status_code]
                saves = [{"base_revision": 0, "upsert": [mark(cat), mark(dog)]} for _ in range(3)]
                return [
                    client.patch(f"images/{pk}/annotations/", json=body).status_code for body in saves for pk in images
                ]

        with ThreadPoolExecutor(PEOPLE) as people:
            statuses = [status for done in people.map(work, range(PEOPLE)) for status in done]
        with running.client(token) as client:
            after = client.get(f"projects/{project['id']}/").json()
        assert statuses == [200] * (1 + (PEOPLE - 1) * 3 * IMAGES)
        boxes = (PEOPLE - 1) * 3 * IMAGES * 2
        assert [(label["name"], label["annotation_count"]) for label in after["labels"]] == [("dog", boxes)]
        assert after["counts"]["annotations"] == boxes
        assert recounted(running) == "0 counters differ."


def recounted(running: Server) -> str:
    command = [sys.executable, str(ROOT / "manage.py"), "recount"]
    return subprocess.run(command, env=running.environment, check=True, capture_output=True, text=True).stdout.strip()
