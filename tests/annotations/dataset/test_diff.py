from annotations.dataset.diff import diff
from annotations.dataset.records import Box, ImageRecord, Mark


def image(sha: str, *marks: Mark, queue: str = "labelled") -> ImageRecord:
    return ImageRecord("x.jpg", sha, 10, 10, queue=queue, marks=marks)


def mark(id_: str, x: float = 0) -> Mark:
    return Mark("cat", Box(x, 0, 9, 9), id_)


def test_nothing_changed() -> None:
    state = [image("a", mark("1")), image("b")]
    assert diff(state, state).images_changed == 0


def test_each_change_is_counted_once() -> None:
    old = [image("a", mark("1"), mark("2")), image("b", mark("3")), image("d")]
    new = [image("a", mark("1", 1), mark("4")), image("c", mark("5")), image("d", queue="done")]
    found = diff(old, new)
    assert (found.images_added, found.images_removed, found.images_changed) == (1, 1, 2)
    assert (found.annotations_added, found.annotations_removed, found.annotations_changed) == (2, 2, 1)
