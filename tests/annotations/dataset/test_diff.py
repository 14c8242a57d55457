from annotations.dataset.diff import diff
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord


def image(sha: str, *annotations: AnnotationRecord, queue: str = "labelled") -> ImageRecord:
    return ImageRecord("x.jpg", sha, 10, 10, queue=queue, annotations=annotations)


def annotation(id_: str, x: float = 0) -> AnnotationRecord:
    return AnnotationRecord("cat", Box(x, 0, 9, 9), id_)


def test_nothing_changed() -> None:
    state = [image("a", annotation("1")), image("b")]
    assert diff(state, state).images_changed == 0


def test_each_change_is_counted_once() -> None:
    old = [image("a", annotation("1"), annotation("2")), image("b", annotation("3")), image("d")]
    new = [image("a", annotation("1", 1), annotation("4")), image("c", annotation("5")), image("d", queue="done")]
    found = diff(old, new)
    assert (found.images_added, found.images_removed, found.images_changed) == (1, 1, 2)
    assert (found.annotations_added, found.annotations_removed, found.annotations_changed) == (2, 2, 1)
