import subprocess
import sys
from dataclasses import replace

import pytest

from training.engine import catalog, timm_models
from training.engine.errors import ConfigError
from training.engine.model_info import ImageSizes

OWN_TERMS = (
    *("apple-ascl", "cvnets-license", "dinov3-license", "fastvit-license", "gemma", "mobileone-license"),
    *("nvidia-open-model-license", "qwen-community-1.0", "sapiens2-license"),
)
"""Licences that were looked at and left to be read; one that timm adds is looked at first."""


def test_a_config_is_completed_by_the_models_defaults() -> None:
    config = catalog.complete_config({"model": "mobilenet_v2", "epochs": 3})
    assert (config.image_size, config.epochs) == (224, 3)


@pytest.mark.parametrize("size", [100, 48, 1312])
def test_an_image_size_that_the_model_does_not_take_is_named(size: int) -> None:
    with pytest.raises(ConfigError, match="image_size"):
        catalog.complete_config({"model": "mobilenet_v2", "image_size": size})


@pytest.fixture
def strict_model(monkeypatch: pytest.MonkeyPatch) -> str:
    """A model that takes 300 pixels, which no multiple of 32 is, and one optimizer."""
    row = catalog.MODELS["mobilenet_v2"]
    config = replace(row.default_config, model="strict", image_size=300)
    strict = replace(row, name="strict", default_config=config, image_sizes=ImageSizes(300, 300), optimizers=("adamw",))
    monkeypatch.setitem(catalog.MODELS, "strict", strict)
    return "strict"


def test_the_row_says_which_settings_fit(strict_model: str) -> None:
    assert catalog.complete_config({"model": strict_model, "optimizer": "adamw"}).image_size == 300
    with pytest.raises(ConfigError, match="image_size must be 300 for MobileNetV2, not 320"):
        catalog.complete_config({"model": strict_model, "optimizer": "adamw", "image_size": 320})
    with pytest.raises(ConfigError, match="optimizer must be one of adamw for MobileNetV2, not 'sgd'"):
        catalog.complete_config({"model": strict_model, "optimizer": "sgd"})


def test_only_a_detector_looks_at_tiles() -> None:
    config = catalog.complete_config({"model": catalog.default_model("detection").name, "tiles": 3})
    assert (config.tiles, config.picture_size, config.cut_out, config.fit) == (3, 832, 320, "anchors")
    with pytest.raises(ConfigError, match="tiles must be 1 for MobileNetV2: only a detector looks"):
        catalog.complete_config({"model": "mobilenet_v2", "tiles": 2})


def test_only_a_detector_sees_mosaics() -> None:
    with pytest.raises(ConfigError, match="mosaic_chance must be 0 for MobileNetV2: a label of a whole image"):
        catalog.complete_config({"model": "mobilenet_v2", "mosaic_chance": 0.5})


def test_an_unknown_model_lists_the_known() -> None:
    with pytest.raises(ConfigError, match="ssdlite320"):
        catalog.complete_config({"model": "yolo"})


def test_more_images_or_fewer_cores_take_longer() -> None:
    model = catalog.default_model("detection").name
    estimate = catalog.estimate_seconds(model, 1280, 2)
    assert catalog.estimate_seconds(model, 2560, 2) > estimate
    assert catalog.estimate_seconds(model, 1280, 1) > estimate


def test_any_name_of_timms_is_a_model() -> None:
    config = catalog.complete_config({"model": "mobilenetv3_small_050"})
    assert (config.model, config.optimizer, config.image_size) == ("mobilenetv3_small_050.lamb_in1k", "sgd", 224)
    row = catalog.model_info("vit_tiny_patch16_224.augreg_in21k_ft_in1k")
    assert (row.task, row.mean, row.weights.label_count) == ("classification", (127.5, 127.5, 127.5), 1000)
    assert (row.default_config.optimizer, str(row.image_sizes)) == ("adamw", "224")
    assert catalog.model_info("resnet18").module.endswith("resnet")  # the zoo's own


def test_a_name_that_is_nearly_timms_is_told_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"nearest are .*mobilenetv3_small_050\.lamb_in1k"):
        catalog.model_info("mobilenetv3_smal_050")


def test_timms_names_are_found_by_their_parts() -> None:
    found = [info.name for info in timm_models.search("RESNET in1k 18")]
    assert "resnet18.a1_in1k" in found
    assert found[0].startswith("resnet18")
    assert all("18" in name and "in1k" in name for name in found)
    assert len(timm_models.search("")) == len(timm_models.rows())


def test_a_licence_says_what_it_forbids() -> None:
    rows = timm_models.rows().values()
    assert {info.licence for info in rows if info.forbids_commerce} >= {"cc-by-nc-4.0: forbids commercial use"}
    assert any(info.licence.startswith("Unknown licence") for info in rows)
    own = {info.licence for info in rows if info.licence.endswith("to be read first")}
    assert own <= {f"{name}: terms of its own, to be read first" for name in OWN_TERMS}


def test_the_table_knows_no_torch() -> None:
    program = (
        "import sys; from training.engine import timm_models; timm_models.rows(); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_every_row_of_timms_is_a_config_that_is_valid() -> None:
    for info in timm_models.rows().values():
        assert catalog.complete_config({"model": info.name}) == info.default_config
        assert info.name not in catalog.MODELS
        assert len(info.name) <= 60
