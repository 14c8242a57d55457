"""A run that begins with an uploaded file: sent over HTTP, read by the child alone, told in the lineage."""

import hashlib
import io
import os
import pickle
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from tests.e2e.api import Api, Json, setup_code
from tests.services.installation import (
    MODEL,
    SMALL,
    Installation,
    brings_its_own,
    labelled_project,
    log_of,
    snapshot_of,
    wait_run,
)
from training.engine.catalog import model_info
from training.engine.families import build_network

pytestmark = brings_its_own


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("var"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def api(here: Installation) -> Iterator[Api]:
    with Api.first_visit(here.url, setup_code(here.folder / "up.log")) as made:
        yield made


@pytest.fixture(scope="module")
def project(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """With a snapshot."""
    made = labelled_project(api, tmp_path_factory.mktemp("pictures"))
    return made | {"snapshot": snapshot_of(api, made)["id"]}


def state(labels: int = 3) -> dict[str, torch.Tensor]:
    """As torchvision would save it."""
    network = build_network(model_info(MODEL), labels, SMALL["image_size"])
    prefix = network.parameter_prefix
    return {name.removeprefix(prefix): value.contiguous() for name, value in network.state_dict().items()}


def begun(api: Api, project: Json, name: str, content: bytes) -> Json:
    """A run from the uploaded file."""
    answer = api.http.post("teams/plates/base-files/", files={"file": (name, content)})
    assert answer.status_code == 201, answer.text
    body: Json = {"snapshot": project["snapshot"], "model": MODEL, "base": f"file:{answer.json()['id']}"}
    return api.post(f"projects/{project['id']}/runs/", **body, config=SMALL)


def test_a_run_learns_from_an_uploaded_file(here: Installation, api: Api, project: Json) -> None:
    content = save(state())
    run = api.finish(f"runs/{begun(api, project, 'mine.safetensors', content)['id']}/", 240)
    assert run["status"] == "succeeded", run["error"]
    told = f"weights from mine.safetensors (sha256 {hashlib.sha256(content).hexdigest()[:12]}), of unknown licence"
    assert api.get(f"runs/{run['id']}/evaluation/")["start"]["lineage"] == [told]
    assert told in log_of(api, run)
    assert "Labels: square from " in log_of(api, run)
    assert api.http.delete(f"teams/plates/base-files/{run['base_file']['id']}/").status_code == 204


def test_one_file_that_comes_several_times_at_once_is_kept_once(here: Installation, api: Api) -> None:
    content = save({"a": torch.arange(100_000)})

    def send(number: int) -> tuple[int, int]:
        answer = api.http.post("teams/plates/base-files/", files={"file": (f"{number}.safetensors", content)})
        return answer.status_code, answer.json()["id"]

    with ThreadPoolExecutor(4) as people:
        statuses, ids = zip(*people.map(send, range(4)), strict=True)
    assert sorted(statuses) == [200, 200, 200, 201]
    assert len(set(ids)) == 1
    assert "locked" not in here.log()


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
    api: Api, project: Json, tmp_path: Path, name: str, made: Callable[[Path], bytes], said: str
) -> None:
    run = begun(api, project, name, made(tmp_path / "exploded"))
    failed = wait_run(api, run, lambda row: row["status"] == "failed", 120)
    assert failed["error"]["code"] == "bad_base"
    assert said in failed["error"]["detail"]
    assert failed["attempt"] == 1
    assert not (tmp_path / "exploded").exists()
