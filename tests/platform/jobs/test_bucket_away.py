"""A bucket that is away fails no job: it waits, says for what, and goes on when the bucket is back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from tests.annotations.images import picture
from tests.e2e.api import Api, Json, setup_code
from tests.services.bucket import make_bucket
from tests.services.installation import Installation, brings_its_own
from tests.services.processes import free_port, wait_until

pytestmark = [brings_its_own, pytest.mark.full]


@pytest.fixture
def bucket() -> Iterator[ThreadedMotoServer]:
    """Its objects stay with this process: started again, it has what it had."""
    server = ThreadedMotoServer("127.0.0.1", port=free_port(), verbose=False)
    server.start()
    make_bucket(endpoint(server), "key", "secret", "away")
    yield server
    server.stop()


def endpoint(server: ThreadedMotoServer) -> str:
    return f"http://127.0.0.1:{server._port}"


def test_a_snapshot_waits_for_the_bucket_until_it_is_back_or_somebody_cancels_it(
    bucket: ThreadedMotoServer, tmp_path: Path
) -> None:
    store = {"BUCKET": "away", "ENDPOINT": endpoint(bucket), "ACCESS_KEY": "key", "SECRET_KEY": "secret"}
    here = Installation(tmp_path, environment={f"BOXWRIGHT_S3_{name}": value for name, value in store.items()})
    here.start()
    try:
        with Api.first_visit(here.url, setup_code(here.folder / "up.log")) as api:
            project = api.project("Away", "detection", ["cat"])
            (tmp_path / "a.jpg").write_bytes(picture(1))
            api.upload(project["id"], [tmp_path / "a.jpg"])
            bucket.stop()
            made, unwanted = [api.post(f"projects/{project['id']}/snapshots/") for _ in range(2)]

            seen: list[Json] = []

            def look() -> Json:
                seen.append(api.get(f"snapshots/{made['id']}/"))
                return seen[-1]

            wait_until(lambda: look()["waiting_for"] != "", "what it waits for")
            assert (seen[-1]["status"], seen[-1]["waiting_for"]) == ("queued", "The object store does not answer.")
            at = f"snapshots/{unwanted['id']}/"
            wait_until(lambda: api.get(at)["waiting_for"] != "", "what the other waits for")
            assert api.post(f"{at}cancel/")["status"] == "canceled"
            bucket.start()
            wait_until(lambda: look()["status"] == "succeeded", "the bucket's return")
            assert (seen[-1]["waiting_for"], seen[-1]["image_count"]) == ("", 1)
            assert (api.get(at)["status"], api.get(at)["waiting_for"]) == ("canceled", "")
            assert not [row for row in seen if row["status"] == "failed"]
    finally:
        here.stop()
