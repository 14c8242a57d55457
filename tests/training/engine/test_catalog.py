import pytest

from training.engine import catalog
from training.engine.errors import ConfigError


def test_every_model_builds_and_gives_an_export_form() -> None:
    for info in catalog.MODELS.values():
        module = catalog.load_module(info.module)
        network = module.build(info, 2, 96)
        assert network.label_count == 2
        assert module.export_form(network) is not network
        assert info.default_config.model == info.name


def test_a_config_is_completed_by_the_models_defaults() -> None:
    config = catalog.complete_config({"model": "mobilenet_v2", "epochs": 3})
    assert (config.image_size, config.epochs) == (224, 3)


def test_an_unknown_model_lists_the_known() -> None:
    with pytest.raises(ConfigError, match="ssdlite320"):
        catalog.complete_config({"model": "yolo"})


def test_more_images_or_fewer_cores_take_longer() -> None:
    model = catalog.default_model("detection").name
    estimate = catalog.estimate_seconds(model, 160, 8, 2)
    assert catalog.estimate_seconds(model, 320, 8, 2) > estimate
    assert catalog.estimate_seconds(model, 160, 8, 1) > estimate
