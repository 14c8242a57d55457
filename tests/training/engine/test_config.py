import subprocess
import sys

import pytest

from training.engine.catalog import MODELS, epochs_of
from training.engine.config import Config
from training.engine.errors import ConfigError


def test_a_config_survives_json() -> None:
    config = Config(model="mobilenet_v2", epochs=3, freeze="trunk")
    assert Config.from_dict(config.to_dict()) == config


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("epochs", 2.5),
        ("epochs", True),
        ("batch_size", "16"),
        ("learning_rate", 0),
        ("learning_rate", float("nan")),
        ("learning_rate", None),
        ("image_size", 32),
        ("image_size", 224.0),
        ("optimizer", "rmsprop"),
        ("base", "imagenet"),
        ("freeze", "all"),
        ("seed", -1),
        ("threads", 10_000),
        ("fit", "best"),
        ("fine_anchors", 3),
        ("fine_anchors", [[0.1]]),
        ("fine_anchors", [[0.1, 0.0]]),
        ("fine_anchors", [[0.1, 0.1]] * 9),
        ("anchor_scale", 0),
        ("crop", 400),
        ("magnify", 0),
        ("magnify", 3),
        ("tiles", 0),
        ("tiles", 9),
        ("tiles", 2.5),
        ("tiles", "3"),
        ("tiles", True),
        ("model", ""),
        ("iterations", -1),
        ("reference_batch", 2.5),
        ("schedule", "linear"),
        ("warmup_steps", -1),
        ("warmup_epochs", "2"),
        ("momentum", 1.0),
        ("weight_decay", -0.1),
        ("average_decay", 1.0),
        ("average_decay", None),
        ("zoom_min", 0.0),
        ("zoom_min", 2.0),
        ("zoom_max", float("inf")),
        ("flip_chance", 1.1),
        ("colour_chance", True),
        ("mosaic_chance", 1.1),
        ("rare_share", -1),
        ("train_share", 0),
        ("train_share", 1.5),
        ("replay", -0.1),
        ("replay", 1.0),
        ("precision", "fp8"),
        ("patience", 1.5),
        ("score_threshold", 1.0),
        ("nms_threshold", 0.0),
    ],
)
def test_a_bad_setting_is_named(name: str, value: object) -> None:
    with pytest.raises(ConfigError, match=name):
        Config.from_dict({"model": "mobilenet_v2", name: value})


def test_tiles_make_no_picture_that_does_not_fit_into_memory() -> None:
    assert Config(model="any", image_size=1024, tiles=2).picture_size == 1843
    with pytest.raises(ConfigError, match="tiles: 4 of 1024 px along a side make an image of 3481 px; 3072 px"):
        Config(model="any", image_size=1024, tiles=4)


def test_a_warm_up_is_in_steps_or_in_epochs() -> None:
    with pytest.raises(ConfigError, match="give one of them"):
        Config(model="mobilenet_v2", warmup_steps=3, warmup_epochs=1.0)


def test_iterations_make_epochs() -> None:
    config = Config(model="mobilenet_v2", iterations=25, batch_size=16)
    assert epochs_of(config, 160) == 3  # of ten steps each
    assert epochs_of(config, 3) == 5  # of six
    assert epochs_of(Config(model="mobilenet_v2", epochs=7), 160) == 7


def test_a_share_of_the_images_makes_fewer_steps() -> None:
    config = Config(model="mobilenet_v2", iterations=24, batch_size=10, train_share=0.4)
    assert [config.learning_images(images) for images in (0, 1, 200)] == [0, 1, 80]
    assert epochs_of(config, 200) == 3  # of eight steps


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(ConfigError, match="lerning_rate"):
        Config.from_dict({"model": "mobilenet_v2", "lerning_rate": 0.1})


def test_a_random_trunk_is_not_frozen() -> None:
    with pytest.raises(ConfigError, match="random"):
        Config(model="mobilenet_v2", base="none", freeze="trunk")


def test_the_web_process_gets_config_and_catalogue_without_torch() -> None:
    code = (
        "import sys; from training.engine import config, catalog, errors; "
        f"catalog.estimate_seconds({next(iter(MODELS))!r}, 20, 2); "
        "assert not {'torch', 'torchvision', 'numpy', 'PIL'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
