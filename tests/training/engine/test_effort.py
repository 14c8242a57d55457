"""How often a run is evaluated."""

from training.engine.catalog import complete_config
from training.engine.config import Config
from training.engine.effort import MOST_JUDGED, Effort

MODEL = "ssdlite320_mobilenet_v3_large"


def effort(training: int, validation: int, epochs: int = 12, **changes: object) -> Effort:
    config: Config = complete_config({"model": MODEL} | changes)
    return Effort.of_run(config, training, validation, epochs)


def evaluated(one: Effort) -> list[int]:
    return [epoch for epoch in range(1, one.epochs + 1) if one.is_evaluated(epoch)]


def test_a_usual_run_is_evaluated_after_every_epoch() -> None:
    assert effort(160, 40).period == 1
    assert effort(4, 12).period == 1  # four images are seen six times
    assert effort(0, 40).period == 1


def test_large_images_seen_in_crops_are_evaluated_seldom_and_at_the_end() -> None:
    assert evaluated(effort(160, 40, image_size=1280, crop=320)) == [6, 12]
    assert evaluated(effort(160, 40, epochs=3, image_size=1280, crop=320)) == [3]
    assert evaluated(effort(160, 40, image_size=1280, crop=160, magnify=2)) == [12]


def test_an_image_costs_what_it_is_magnified_to() -> None:
    assert effort(160, 40, image_size=320, magnify=2) == effort(160, 40, image_size=640)


def test_evaluations_before_the_last_cost_at_most_their_share() -> None:
    for validation in (1, 50, 300, 5000):
        one = effort(100, validation, epochs=100)
        before = one.evaluation * (len(evaluated(one)) - 1)
        assert before <= MOST_JUDGED * one.training * one.epochs


def test_work_is_that_of_training_and_of_evaluations() -> None:
    one = effort(160, 40, image_size=1280, crop=320)
    assert one.of_epochs([1, 6]) == 2 * one.training + one.evaluation
    assert one.of_epochs([]) == 0
