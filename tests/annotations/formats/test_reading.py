"""What is the same for all formats: boxes brought onto their image, and what is said of those that are left out."""

from collections.abc import Iterator
from pathlib import Path

from annotations.dataset.findings import Rule
from annotations.dataset.records import AnnotationRecord, Box
from annotations.formats.layout import Entry, Header, Layout, Parsed, RawAnnotation, ReadLimits, Recognition, Unreadable
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, read
from tests.annotations.images import picture


class Said(Layout):
    """A layout whose files say what the test wants."""

    def __init__(self, *entries: Parsed) -> None:
        self.entries = entries

    def recognise(self, listing: Listing) -> Recognition:
        return Recognition(1.0, "the test says so")

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        return Header(), iter(self.entries)


def records(folder: Path, *entries: Parsed, most: int = 9) -> list[Found]:
    (folder / "a.jpg").write_bytes(picture())
    return list(read(Said(*entries), Listing(folder), ReadLimits(annotations=most)).records)


def reasons(found: Found) -> list[tuple[str, str, int | None, str]]:
    return [(one.severity, one.file, one.line, one.reason) for one in found.findings]


def test_boxes_in_shares_of_the_image_become_pixels(tmp_path: Path) -> None:
    cat = RawAnnotation("cat", Box(0.25, 0.5, 0.75, 1.125), 3, score=0.5)
    (found,) = records(tmp_path, Entry("a.txt", ("a.jpg",), (cat,), unit="shares", split="val", group="film"))
    assert found.annotations == (AnnotationRecord("cat", Box(16, 24, 48, 48), score=0.5, source="import"),)
    assert (found.lines, found.split, found.group) == ((3,), "val", "film")
    assert reasons(found) == [("warning", "a.txt", 3, "the box of 'cat' reached outside the image of 64×48; cut to it")]


def test_size_that_a_file_does_not_tell_is_no_finding(tmp_path: Path) -> None:
    (found,) = records(tmp_path, Entry("a.json", ("a.jpg",), (RawAnnotation("cat", Box(1, 2, 3, 4)),)))
    assert (found.annotations[0].box, found.findings) == (Box(1, 2, 3, 4), ())


def test_each_annotation_that_is_left_out_has_its_reason_and_line(tmp_path: Path) -> None:
    said = (
        RawAnnotation("cat", problem="five numbers expected", line=1),
        RawAnnotation(" ", Box(1, 1, 2, 2), 2),
        RawAnnotation("cat", Box(3, 3, 3, 9), 3),
        RawAnnotation("cat", Box(float("nan"), 3, 3, 9), 4),
        RawAnnotation("cat", Box(64, 0, 99, 9), 5),
        RawAnnotation(" cat ", None, 6),
    )
    (found,) = records(tmp_path, Entry("a.txt", ("a.jpg",), said))
    assert (found.annotations, found.left_out) == ((AnnotationRecord("cat", source="import"),), 5)
    assert reasons(found) == [
        ("error", "a.txt", 1, "five numbers expected; left out"),
        ("error", "a.txt", 2, "an annotation without a label; left out"),
        ("error", "a.txt", 3, "the box of 'cat' has no area: (3, 3) to (3, 9); left out"),
        ("error", "a.txt", 4, "a side of the box of 'cat' is no number: (nan, 3) to (3, 9); left out"),
        ("error", "a.txt", 5, "the box of 'cat' lies (64, 0) to (99, 9) outside the image of 64×48; left out"),
    ]


def test_an_image_is_taken_once(tmp_path: Path) -> None:
    first, second = records(tmp_path, Entry("a.csv", ("a.jpg",)), Entry("b.csv", ("A.JPG",)))
    assert (first.image, first.annotated, second.image) == ("a.jpg", True, None)
    assert reasons(second) == [("error", "b.csv", None, "a.jpg already has annotations from a.csv; these are left out")]


def test_line_that_can_not_be_read_costs_no_image(tmp_path: Path) -> None:
    said, plain = records(tmp_path, Unreadable("all.csv", "five columns expected", 7))
    assert reasons(said) == [("error", "all.csv", 7, "five columns expected")]
    assert (plain.image, plain.annotated) == ("a.jpg", False)


def test_image_with_too_many_annotations_is_held_back(tmp_path: Path) -> None:
    boxes = tuple(RawAnnotation("cat", Box(1, 1, 2, 2)) for _ in range(3))
    (found,) = records(tmp_path, Entry("a.txt", ("a.jpg",), boxes), most=2)
    assert [reason for *_, reason in reasons(found)] == [
        "3 annotations; an image may carry 2",
        "left out with its annotation file a.txt",
    ]
    (taken,) = records(tmp_path, Entry("a.txt", ("a.jpg",), boxes), most=3)
    assert len(taken.annotations) == 3


def test_attribute_that_no_number_holds_is_told(tmp_path: Path) -> None:
    cat = RawAnnotation("cat", Box(1, 2, 3, 4), attributes={"huge": 10**400, "worn": True})
    (found,) = records(tmp_path, Entry("a.json", ("a.jpg",), (cat,)))
    assert found.annotations[0].attributes == {"worn": True}
    assert [one.rule for one in found.findings] == [Rule.ATTRIBUTE]
