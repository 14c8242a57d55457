"""What `manage.py backup` and `restore` do where objects, or originals, lie in buckets: real processes."""

from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.annotations.buckets import SET, put_raccoons
from tests.services.bucket import CONFIG, make_bucket
from tests.services.commands import done, refused
from tests.services.moto import moto
from tests.services.processes import free_port
from tests.services.server import installed


def test_objects_of_a_bucket_are_in_it_and_go_to_a_bucket(tmp_path: Path) -> None:
    with moto() as url, installed(tmp_path / "from") as first, installed(tmp_path / "to") as second:
        for place, bucket in ((first, "bucket-1"), (second, "bucket-2")):
            make_bucket(url, "key", "secret", bucket)
            keys = {"BOXWRIGHT_S3_ACCESS_KEY": "key", "BOXWRIGHT_S3_SECRET_KEY": "secret"}
            place |= {"BOXWRIGHT_S3_BUCKET": bucket, "BOXWRIGHT_S3_ENDPOINT": url, **keys}
        client: Any = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="k",
            aws_secret_access_key="s",
            config=CONFIG,
        )
        client.put_object(Bucket="bucket-1", Key="teams/1/Übung", Body=b"pixels")
        done(first, "backup", tmp_path / "backup.tar")
        done(second, "restore", tmp_path / "backup.tar")
        assert client.get_object(Bucket="bucket-2", Key="teams/1/Übung")["Body"].read() == b"pixels"
        assert "There are objects in this store already (teams/1/Übung)" in refused(
            second, "restore", tmp_path / "backup.tar"
        )
        client.close()
        away = first | {"BOXWRIGHT_S3_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
        assert "The object store does not answer" in refused(away, "backup", tmp_path / "another.tar")
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["backup.tar"]


MADE = f"""
from django.core.management import call_command
from boxwright.teams.models import Membership, Role, Team, User
from tests.conftest import make_project
team = Team.objects.create(slug="plates", name="Plates")
alice = User.objects.create_user("alice@example.org", "correct horse battery", name="Alice")
Membership.objects.create(team=team, user=alice, role=Role.OWNER)
make_project(team, alice)
call_command("importdataset", {SET!r}, project="plates/raccoons", leave_images=True)
"""


@pytest.mark.full
def test_originals_that_were_left_in_a_bucket_are_not_in_it_and_that_is_said(tmp_path: Path) -> None:
    with moto() as url, installed(tmp_path / "from") as first, installed(tmp_path / "to") as second:
        make_bucket(url, "key", "secret", "scans")
        client: Any = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="k",
            aws_secret_access_key="s",
            config=CONFIG,
        )
        put_raccoons(client)
        client.close()
        keys = {"BOXWRIGHT_IMPORT_S3_ACCESS_KEY": "key", "BOXWRIGHT_IMPORT_S3_SECRET_KEY": "secret"}
        allowed = {"BOXWRIGHT_IMPORT_BUCKETS": "s3://scans", "BOXWRIGHT_IMPORT_S3_ENDPOINT": url, **keys}
        first |= allowed
        done(first, "shell", "-v", "0", "-c", MADE)
        said = "2 originals were left in s3://scans and are not in it"
        assert said in done(first, "backup", tmp_path / "backup.tar")
        assert said in done(second, "restore", tmp_path / "backup.tar")
        assert "This server may no longer read s3://scans/" in refused(second, "verify")
        second |= allowed
        assert done(second, "verify") == "0 missing, 0 damaged, 0 extra, 0 wrong"
