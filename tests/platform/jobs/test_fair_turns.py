"""A team that queues many imports does not make another team wait for them: a real installation, over HTTP."""

from pathlib import Path

import pytest

from tests.annotations.archives import voc, zipped
from tests.annotations.images import picture
from tests.e2e.api import Api, Json, setup_code
from tests.services.installation import Installation, brings_its_own

pytestmark = [brings_its_own, pytest.mark.full]

MANY, PATIENCE = 20, 120


def archive(seed: int) -> bytes:
    files: dict[str, bytes] = {}
    for n in range(seed * 10, seed * 10 + 10):
        files |= {f"{n}.jpg": picture(n, size=(64, 480)), f"{n}.xml": voc(f"{n}.jpg", size=(64, 480))}
    return zipped(files)


def project_of(api: Api, team: str) -> int:
    slug = api.post("teams/", name=team)["slug"]
    asked = {"team": slug, "name": team, "task": "detection", "labels": [{"name": "cat"}]}
    return int(api.post("projects/", **asked)["id"])


def send(api: Api, project: int, data: bytes) -> Json:
    answer = api.http.post(f"projects/{project}/imports/", files={"archive": ("a.zip", data)})
    answer.raise_for_status()
    sent: Json = answer.json()
    return sent


def test_at_most_two_of_another_teams_imports_come_before_ours(tmp_path: Path) -> None:
    archives = [archive(seed) for seed in range(MANY)]
    here = Installation(tmp_path)
    here.start()
    try:
        with Api.first_visit(here.url, setup_code(here.folder / "up.log")) as api:
            busy, ours = project_of(api, "Busy"), project_of(api, "Ours")
            many = [send(api, busy, data) for data in archives]
            one = send(api, ours, archives[0])
            one = api.finish(f"imports/{one['id']}/", PATIENCE)
            many = [api.finish(f"imports/{job['id']}/", PATIENCE) for job in many]
    finally:
        here.stop()
    assert {job["status"] for job in [one, *many]} == {"succeeded"}
    before_ours = [job for job in many if one["created_at"] < job["finished_at"] < one["finished_at"]]
    assert len(before_ours) <= 2
