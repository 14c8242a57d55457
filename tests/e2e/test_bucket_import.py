"""A folder of a bucket, chosen on the page: its images are left there, and shown."""

import re
import shutil
from collections.abc import Iterator

import boto3
import pytest
from playwright.sync_api import Page, expect

from tests.annotations.archives import voc
from tests.annotations.buckets import put
from tests.e2e.api import Api
from tests.e2e.conftest import Server, free_port
from tests.e2e.drawings import picture
from tests.e2e.steps import bring_in, came_in, import_dialog
from tests.services.bucket import CONFIG, make_bucket
from tests.services.moto import moto
from tests.services.server import migrated_file


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with moto() as url:
        make_bucket(url, "key", "secret", "scans")
        yield url


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, endpoint: str) -> Iterator[Server]:
    """One that may read the bucket."""
    keys = {"BOXWRIGHT_IMPORT_S3_ACCESS_KEY": "key", "BOXWRIGHT_IMPORT_S3_SECRET_KEY": "secret"}
    allowed = {"BOXWRIGHT_IMPORT_BUCKETS": "s3://scans", "BOXWRIGHT_IMPORT_S3_ENDPOINT": endpoint}
    made = Server(tmp_path_factory.mktemp("var"), free_port(), {**allowed, **keys})
    shutil.copyfile(migrated_file(), made.folder / "boxwright.sqlite3")
    made.start()
    yield made
    made.stop()


def test_images_are_left_in_their_bucket(server: Server, api: Api, ada: Page, endpoint: str) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        config=CONFIG,
    )
    put(client, "zoo/a.png", picture(1))
    put(client, "zoo/a.xml", voc("a.png", ("zebra", 10, 10, 90, 90), size=(320, 240)))
    client.close()
    project = api.project("Zoo", "detection", [])

    dialog = import_dialog(ada, server.url, project["slug"])
    dialog.get_by_label("Or a folder in a bucket").fill("s3://scans/zoo/")
    expect(dialog.get_by_label("Copy the images")).to_be_checked()
    dialog.get_by_label("Leave them there").check()
    dialog.get_by_role("button", name="Read and look").click()
    expect(ada).to_have_url(re.compile(rf"/p/{project['slug']}/imports/\d+$"))
    expect(ada.get_by_text("images stay in the bucket")).to_be_visible()
    bring_in(ada)

    assert came_in(ada) == {"Images added": "1", "Annotations added": "1"}
    (image,) = api.get(f"projects/{project['id']}/images/")["results"]
    assert api.http.get(f"images/{image['id']}/file/").raise_for_status().content == picture(1)
    kept = [path for path in (server.folder / "objects").rglob("*") if image["sha256"] in path.name]
    assert {path.parent.name for path in kept} == {"previews", "thumbnails"}
    (job,) = api.get(f"projects/{project['id']}/imports/")["results"]
    assert job["leave_images"] is True
