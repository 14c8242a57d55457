"""Files of base weights: only those whose names a model's row states are taken for its weights."""

from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from boxwright.jobs import Beat
from boxwright.storage import store
from tests.training.conftest import MODEL, MakeRun
from training import base_weights
from training.engine.catalog import MODELS, model_info
from training.engine.model_zoo import imagenet
from training.models import Run
from training.work.inputs import Site
from training.work.train import Training

VGG11 = replace(
    MODELS["mobilenet_v2"], name="vgg11", weights=imagenet("vgg11", "VGG11_Weights.IMAGENET1K_V1", "8a719046", 5)
)


@pytest.fixture(autouse=True)
def _vgg11(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model whose name is the beginning of another's."""
    monkeypatch.setitem(MODELS, "vgg11", VGG11)


@pytest.fixture
def site(make_run: MakeRun, tmp_path: Path) -> Site:
    (tmp_path / "folder").mkdir()
    return Site(Beat(make_run(status="running"), tmp_path / "folder"), store())


def laid(site: Site, run: Run) -> list[str]:
    base_weights.lay(run, site)
    return sorted(path.name for path in (site.folder / "weights").glob("*"))


def test_the_store_gives_a_model_its_own_weights(site: Site, make_run: MakeRun) -> None:
    for name in ("vgg11-8a719046.pth", "vgg11_bn-6002323d.pth", "mobilenet_v2-b0353104.pth"):
        store().put(f"weights/{name}", b"weights")
    assert laid(site, make_run(model="vgg11")) == ["vgg11-8a719046.pth"]


def test_weights_of_a_model_with_a_longer_name_are_not_taken(
    site: Site, make_run: MakeRun, settings: Settings, tmp_path: Path
) -> None:
    settings.WEIGHTS_DIR = tmp_path
    for name in ("vgg11_bn-6002323d.pth", "vgg11_bn.pth", "vgg11-another.pth"):
        (tmp_path / name).touch()
        store().put(f"weights/{name}", b"weights")
    assert "vgg11" not in base_weights.available_models()
    assert laid(site, make_run(model="vgg11")) == []
    (tmp_path / "vgg11.pth").touch()
    assert "vgg11" in base_weights.available_models()


def test_weights_of_this_machine_are_not_fetched(
    site: Site, make_run: MakeRun, settings: Settings, tmp_path: Path
) -> None:
    settings.WEIGHTS_DIR = tmp_path
    store().put(f"weights/{MODEL}.pth", b"weights")
    (tmp_path / f"{MODEL}_coco-a79551df.pth").touch()
    assert laid(site, make_run()) == []


@pytest.mark.parametrize("base", ["none", "checkpoint"])
def test_a_run_on_other_weights_gets_none(site: Site, make_run: MakeRun, base: str) -> None:
    store().put(f"weights/{MODEL}.pth", b"weights")
    assert laid(site, make_run(base=base)) == []


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (MODEL, f"{MODEL}_coco-a79551df.pth"),
        ("ssd_mobilenet_v1_075", "detect.tflite"),
        ("resnet18.a1_in1k", "resnet18.a1_in1k.safetensors"),
    ],
)
def test_weights_that_were_downloaded_are_kept_for_the_next_run(
    site: Site, make_run: MakeRun, model: str, name: str
) -> None:
    (site.folder / "weights").mkdir()
    (site.folder / "weights" / name).write_bytes(b"weights")
    (site.folder / "weights" / f"{name}.0f.partial").write_bytes(b"wei")
    run, info = make_run(model=model), model_info(model)
    assert base_weights.available_models([info]) == set()
    base_weights.keep(run, site)
    assert base_weights.available_models([info]) == {model}
    (site.folder / "weights" / name).unlink()
    assert laid(site, run) == [name, f"{name}.0f.partial"]
    assert [Path(key).name for key in store().list("weights/")] == [name]


def test_they_are_kept_as_soon_as_the_run_learns(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run(status="running")
    training = Training(run, Beat(run, tmp_path))
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / f"{MODEL}_coco-a79551df.pth").write_bytes(b"weights")
    training.take({"event": "log", "line": "Base weights: 5 MB"})
    assert not list(store().list("weights/"))
    training.take({"event": "step", "epoch": 1, "epochs": 8, "step": 1, "steps": 9, "loss": 1.0, "eta_seconds": 2.0})
    assert [Path(key).name for key in store().list("weights/")] == [f"{MODEL}_coco-a79551df.pth"]
