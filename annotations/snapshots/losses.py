"""What a format can't hold of a snapshot, by count: said before the download."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from annotations.dataset.records import ImageRecord
from annotations.formats import Format
from annotations.formats.layout import Header


@dataclass(frozen=True, slots=True)
class Loss:
    """`text` follows the count: "3" + "images without annotations"."""

    count: int
    text: str


def losses_of(row: Format, header: Header, images: Iterable[ImageRecord]) -> list[Loss]:
    """What follows from the format's row. Reads each image once."""
    found: Counter[str] = Counter()
    carried: set[str] = set()
    for image in images:
        found.update(_of_image(row, image))
        carried.update(annotation.label for annotation in image.annotations)
    if "labels" not in row.keeps:
        found["labels that nothing carries"] = len(set(header.labels) - carried)
    return [Loss(count, text) for text, count in sorted(found.items()) if count]


def _of_image(row: Format, image: ImageRecord) -> Iterable[str]:
    if image.is_labelled and not image.annotations and "negatives" not in row.keeps:
        yield "images that were looked at and carry nothing: they come back as unlabelled"
    if image.is_labelled and image.split != "train" and "splits" not in row.keeps:
        yield "images whose split is lost"
    if image.queue in {"review", "done"}:
        yield "images in review or done: they come back as labelled"
    if image.queue == "skipped":
        yield "skipped images: they come back as unlabelled"
    if row.precision:
        yield from (_rounded(row.precision) for box in image.annotations if box.box is not None)


def _rounded(precision: float) -> str:
    return f"boxes whose sides may move by up to {precision:g} px"
