"""A run that begins with an uploaded file: sent over HTTP, read by the child alone, told in the lineage."""

import hashlib
import io
import os
import pickle
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient
from safetensors.torch import save

from annotations.models import Snapshot
from boxwright.jobs.attempt import attempt
from boxwright.teams.models import User
from tests.services.installation import MODEL, SMALL, brings_its_own
from tests.services.server import server
from training.engine.catalog import model_info
from training.engine.families import build_network
from training.models import Run

AsUser = Callable[[User], APIClient]


def state(labels: int = 3) -> dict[str, torch.Tensor]:
    """As torchvision would save it."""
    network = build_network(model_info(MODEL), labels, SMALL["image_size"])
    prefix = network.parameter_prefix
    return {name.removeprefix(prefix): value.contiguous() for name, value in network.state_dict().items()}


def begun(client: APIClient, snapshot: Snapshot, name: str, content: bytes) -> dict[str, Any]:
    """A run from the uploaded file, after its first attempt."""
    file = {"file": SimpleUploadedFile(name, content)}
    sent = client.post("/api/v1/teams/plates/base-files/", file, format="multipart")
    assert sent.status_code == 201, sent.json()
    body = {"snapshot": snapshot.pk, "model": MODEL, "base": f"file:{sent.json()['id']}", "config": SMALL}
    asked = client.post(f"/api/v1/projects/{snapshot.project_id}/runs/", body, format="json").json()
    attempt(Run, asked["id"])
    run: dict[str, Any] = client.get(f"/api/v1/runs/{asked['id']}/").json()
    return run


@pytest.mark.full
def test_a_run_learns_from_an_uploaded_file(as_user: AsUser, mona: User, drawn_snapshot: Snapshot) -> None:
    client, content = as_user(mona), save(state())
    run = begun(client, drawn_snapshot, "mine.safetensors", content)
    assert run["status"] == "succeeded", run["error"]
    here = f"/api/v1/runs/{run['id']}"
    told = f"weights from mine.safetensors (sha256 {hashlib.sha256(content).hexdigest()[:12]}), of unknown licence"
    assert client.get(f"{here}/evaluation/").json()["start"]["lineage"] == [told]
    log = "\n".join(line["text"] for line in client.get(f"{here}/log/").json()["lines"])
    assert told in log
    assert "Labels: raccoon from " in log
    assert client.delete(f"/api/v1/teams/plates/base-files/{run['base_file']['id']}/").status_code == 204


@brings_its_own
def test_one_file_that_comes_several_times_at_once_is_kept_once(tmp_path: Path) -> None:
    content = save({"a": torch.arange(100_000)})
    with server(tmp_path) as running, running.client(running.set_up()) as client:

        def send(number: int) -> tuple[int, int]:
            answer = client.post("teams/plates/base-files/", files={"file": (f"{number}.safetensors", content)})
            return answer.status_code, answer.json()["id"]

        with ThreadPoolExecutor(4) as people:
            statuses, ids = zip(*people.map(send, range(4)), strict=True)
    assert sorted(statuses) == [200, 200, 200, 201]
    assert len(set(ids)) == 1


class Bomb:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch {self.path}",)


def armed(path: Path) -> bytes:
    """A zip as torch saves it, whose pickle would run a command."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Bomb(path), protocol=2))
        archive.writestr("archive/version", "3\n")
    return file.getvalue()


def cut(_: Path) -> bytes:
    return save(state())[:-1000]


def other(_: Path) -> bytes:
    return save(state() | {"backbone.features.0.0.0.weight": torch.zeros(16, 3, 5, 5)})


@pytest.mark.parametrize(
    ("name", "made", "said"),
    [
        ("bomb.pth", armed, "bomb.pth can't be read"),
        pytest.param("cut.safetensors", cut, "cut.safetensors can't be read", marks=pytest.mark.full),
        pytest.param(
            "other.safetensors",
            other,
            "features.0.0.0.weight is [16, 3, 5, 5] in other.safetensors and",
            marks=pytest.mark.full,
        ),
    ],
)
def test_what_does_not_fit_or_would_run_ends_the_run_with_a_sentence(
    as_user: AsUser,
    mona: User,
    drawn_snapshot: Snapshot,
    tmp_path: Path,
    name: str,
    made: Callable[[Path], bytes],
    said: str,
) -> None:
    failed = begun(as_user(mona), drawn_snapshot, name, made(tmp_path / "exploded"))
    assert (failed["status"], failed["error"]["code"], failed["attempt"]) == ("failed", "bad_base", 1)
    assert said in failed["error"]["detail"]
    assert not (tmp_path / "exploded").exists()
