from dataclasses import replace

import pytest

from training.engine import catalog
from training.engine.errors import ConfigError
from training.engine.model_info import ImageSizes


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


def test_an_unknown_model_lists_the_known() -> None:
    with pytest.raises(ConfigError, match="ssdlite320"):
        catalog.complete_config({"model": "yolo"})


def test_more_images_or_fewer_cores_take_longer() -> None:
    model = catalog.default_model("detection").name
    estimate = catalog.estimate_seconds(model, 160, 8, 2)
    assert catalog.estimate_seconds(model, 320, 8, 2) > estimate
    assert catalog.estimate_seconds(model, 160, 8, 1) > estimate
