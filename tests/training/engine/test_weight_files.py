import threading
import urllib.error
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from training.engine import weight_files
from training.engine.catalog import MODELS
from training.engine.errors import WeightsError
from training.engine.model_info import ModelInfo
from training.engine.model_zoo import imagenet
from training.engine.progress import Silent, Stopped

INFO = MODELS["ssdlite320_mobilenet_v3_large"]
VGG11 = replace(
    MODELS["mobilenet_v2"], name="vgg11", weights=imagenet("vgg11", "VGG11_Weights.IMAGENET1K_V1", "8a719046", 5)
)


def no_network(url: str, *_: object, **__: object) -> None:
    raise urllib.error.URLError("no route to host")


@pytest.mark.parametrize("name", ["vgg11_bn-6002323d.pth", "vgg11_bn.pth", "vgg11-another.pth", "vgg11-8a719046.tmp"])
def test_a_file_of_another_name_is_not_found(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert weight_files.find_weights(VGG11, [tmp_path]) is None


@pytest.mark.parametrize("name", ["vgg11-8a719046.pth", "vgg11.pth"])
def test_a_file_is_found_by_its_exact_name(tmp_path: Path, name: str) -> None:
    for other in ("vgg11_bn-6002323d.pth", name):
        (tmp_path / other).touch()
    assert weight_files.find_weights(VGG11, [tmp_path]) == tmp_path / name


def test_the_given_folder_comes_before_the_runs_own(tmp_path: Path) -> None:
    for folder in ("given", "own"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{INFO.name}_coco.pth").touch()
    folders = [tmp_path / "absent", tmp_path / "given", tmp_path / "own"]
    assert weight_files.find_weights(INFO, folders) == tmp_path / "given" / f"{INFO.name}_coco.pth"


def read(path: Path, info: ModelInfo) -> weight_files.State:
    """This module as a `WeightReader`: text, a name and a number a line."""
    if not path.read_text().startswith(info.name):
        raise WeightsError(f"{path.name} holds no {info.name}.")
    return {name: torch.tensor(float(number)) for name, number in map(str.split, path.read_text().splitlines()[1:])}


def test_a_row_may_name_a_reader_of_another_format(tmp_path: Path) -> None:
    source = replace(VGG11.weights, file_name="vgg11-1.txt", reader=__name__)
    info, path = replace(VGG11, weights=source), tmp_path / "vgg11.txt"
    path.write_text("vgg11\nbias 0.5\n")
    assert weight_files.find_weights(info, [tmp_path]) == path
    assert weight_files.read_weights(info, path) == {"bias": torch.tensor(0.5)}
    path.write_text("darknet\n")
    with pytest.raises(WeightsError, match=r"^vgg11\.txt holds no vgg11\.$"):
        weight_files.read_weights(info, path)
    path.write_text("vgg11\nbias\n")
    with pytest.raises(WeightsError, match=r"vgg11\.txt can't be read"):
        weight_files.read_weights(info, path)


def download_by(monkeypatch: pytest.MonkeyPatch, fetch: Callable[..., None]) -> None:
    monkeypatch.setattr(torch.hub, "download_url_to_file", fetch)


def test_a_download_is_reported_and_lands_in_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    class Watching(Silent):
        def on_download(self, done: int, total: int) -> None:
            seen.append(done)

    def slow(url: str, path: str, hash_prefix: str, **_: object) -> None:
        assert hash_prefix == INFO.weights.sha256
        partial = Path(f"{path}.abc.partial")
        partial.write_bytes(b"x" * 1000)
        while not seen:
            pass
        partial.rename(path)

    download_by(monkeypatch, slow)
    path = weight_files.download_weights(INFO, tmp_path / "weights", Watching())
    assert seen[0] == 1000
    assert weight_files.find_weights(INFO, [tmp_path / "weights"]) == path


def test_a_source_may_be_a_url_without_a_known_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    source = replace(INFO.weights, source="https://weights.example/ssd.pth", file_name="ssd.pth", sha256="any")
    download_by(monkeypatch, lambda url, path, hash_prefix, **_: asked.extend((url, path, hash_prefix)))
    weight_files.download_weights(replace(INFO, weights=source), tmp_path, Silent())
    assert asked == ["https://weights.example/ssd.pth", str(tmp_path / "ssd.pth"), None]


def test_a_download_that_fails_names_the_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    download_by(monkeypatch, no_network)
    with pytest.raises(WeightsError, match=r"COCO weights of SSDlite.*no route to host.*coco-a79551df\.pth"):
        weight_files.download_weights(INFO, tmp_path, Silent())


def test_a_download_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopping(Silent):
        def should_stop(self) -> bool:
            return True

    download_by(monkeypatch, no_network)
    monkeypatch.setattr(threading.Thread, "is_alive", lambda _self: True)
    with pytest.raises(Stopped):
        weight_files.download_weights(INFO, tmp_path / "weights", Stopping())


def test_foreign_names_become_ours() -> None:
    theirs = {name: torch.zeros(1) for name in ("module.body.0.weight", "module.fc.bias", "aux1.fc.bias", "step")}
    key_map = ((r"^(aux1\.|step$)", None), (r"^module\.", ""), (r"^body\.(\d+)", r"features.\1.0"))
    assert set(weight_files.renamed(theirs, key_map)) == {"features.0.0.weight", "fc.bias"}
