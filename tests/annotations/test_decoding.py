"""One budget of pixels for all who send pictures."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from annotations import stored_images
from annotations.decoding import PixelBudget
from boxwright import limits
from tests.services.processes import wait_until

SECONDS = 20.0


class Decoder:
    """A picture whose decoding takes as long as the test says."""

    def __init__(self, budget: PixelBudget, pixels: int, threads: ThreadPoolExecutor) -> None:
        self.budget, self.pixels = budget, pixels
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.work: Future[None] = threads.submit(self._decode)

    def _decode(self) -> None:
        with self.budget.spend(self.pixels):
            self.begun.set()
            assert self.go_on.wait(SECONDS)

    def finish(self) -> None:
        self.go_on.set()
        self.work.result(SECONDS)


def waiting(budget: PixelBudget, count: int) -> None:
    wait_until(lambda: len(budget._waiting) == count, "somebody who waits")


def test_what_fits_is_decoded_together_and_the_rest_waits() -> None:
    budget = PixelBudget(60)
    with ThreadPoolExecutor(3) as threads:
        first, second = (Decoder(budget, 30, threads) for _ in range(2))
        assert first.begun.wait(SECONDS)
        assert second.begun.wait(SECONDS)
        third = Decoder(budget, 1, threads)
        waiting(budget, 1)
        assert not third.begun.is_set()
        first.finish()
        assert third.begun.wait(SECONDS)
        second.finish()
        third.finish()


def test_a_large_one_is_not_overtaken_for_ever() -> None:
    budget = PixelBudget(60)
    with ThreadPoolExecutor(3) as threads:
        first = Decoder(budget, 10, threads)
        assert first.begun.wait(SECONDS)
        large = Decoder(budget, 60, threads)
        waiting(budget, 1)
        small = Decoder(budget, 10, threads)
        waiting(budget, 2)
        first.finish()
        assert large.begun.wait(SECONDS)
        assert not small.begun.is_set()
        large.finish()
        assert small.begun.wait(SECONDS)
        small.finish()


def test_a_process_has_one_budget() -> None:
    assert stored_images._budget.total == limits.PIXELS_AT_ONCE


def test_one_beyond_all_has_all_of_it() -> None:
    budget = PixelBudget(60)
    with ThreadPoolExecutor(1) as threads:
        with budget.spend(1_000):
            other = Decoder(budget, 1, threads)
            waiting(budget, 1)
            assert not other.begun.is_set()
        assert other.begun.wait(SECONDS)
        other.finish()


def test_a_broken_one_gives_back_what_it_had() -> None:
    budget = PixelBudget(60)
    with pytest.raises(ValueError, match="broken"), budget.spend(60):
        raise ValueError("broken")
    with budget.spend(60):
        assert budget._left == 0
