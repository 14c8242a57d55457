import pytest

from training.engine.batches import epoch_order
from training.engine.config import FEWEST_STEPS


def test_an_epoch_sees_every_image_once() -> None:
    order = epoch_order(160, 16, seed=0, epoch=1)
    assert len(order) == 10
    assert sorted(i for step in order for i in step) == list(range(160))


def test_order_is_a_function_of_seed_and_epoch() -> None:
    assert epoch_order(50, 4, 3, 2) == epoch_order(50, 4, 3, 2)
    assert epoch_order(50, 4, 3, 2) != epoch_order(50, 4, 3, 3)
    assert epoch_order(50, 4, 3, 2) != epoch_order(50, 4, 4, 2)


def test_a_few_images_are_seen_several_times() -> None:
    order = epoch_order(5, 16, seed=0, epoch=1)
    assert len(order) == FEWEST_STEPS
    assert {i for step in order for i in step} == set(range(5))


@pytest.mark.parametrize("count", [1, 2, 3, 17, 33])
def test_no_batch_of_one(count: int) -> None:
    assert min(len(step) for step in epoch_order(count, 16, 0, 1)) >= 2


def test_a_batch_size_of_one_is_kept() -> None:
    assert {len(step) for step in epoch_order(9, 1, 0, 1)} == {1}
