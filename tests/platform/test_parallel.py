"""Work in other threads: in order, ended before its caller goes on, and charged to it."""

import threading
import time

import pytest

from boxwright.parallel import AT_ONCE, each, seconds_elsewhere


def test_many_are_done_at_once_after_ones_that_came_one_by_one() -> None:
    for number in range(20):
        each(str, [number] * (1 + number % 3))
    together = threading.Barrier(AT_ONCE, timeout=60)
    assert len(each(lambda _: together.wait(), range(AT_ONCE))) == AT_ONCE


def test_results_come_in_order_and_several_are_done_at_once() -> None:
    together = threading.Barrier(AT_ONCE, timeout=60)

    def do(number: int) -> int:
        if number < AT_ONCE:
            together.wait()
        return number * number

    assert each(do, range(20)) == [number * number for number in range(20)]


def test_the_first_error_is_raised_when_all_that_began_have_ended() -> None:
    begun, ended = set[int](), set[int]()

    def do(number: int) -> None:
        begun.add(number)
        time.sleep(0.01)
        ended.add(number)
        if number in {3, 5}:
            raise ValueError(number)

    with pytest.raises(ValueError, match="3"):
        each(do, range(1000))
    assert begun == ended
    assert len(begun) <= 4 + AT_ONCE


def test_what_others_compute_is_charged_to_who_waits() -> None:
    def compute(seconds: float) -> None:
        began = time.thread_time()
        while time.thread_time() - began < seconds:
            pass

    seconds_elsewhere()
    each(compute, [0.02, 0.03])
    assert 0.05 <= seconds_elsewhere() < 1
    assert seconds_elsewhere() == 0
