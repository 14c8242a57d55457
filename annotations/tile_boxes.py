"""The boxes of many images at once, as small as a gallery needs them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotations.models import Annotation, Image
from boxwright.projects.models import Project

MOST = 20_000
"""Boxes of one answer, about a megabyte of JSON: what a page draws over its tiles in one go."""

TileBox = Sequence[float | None]
"""Label, x_min, y_min, x_max, y_max, in pixels: none of them is missing."""


@dataclass(frozen=True, slots=True)
class BoxedImage:
    id: int
    revision: int
    boxes: Sequence[TileBox]


def boxes_of_images(project: Project, ids: Sequence[int]) -> list[BoxedImage]:
    """In the order of `ids`: those of the project, as far as MOST boxes go; the first in any case."""
    found = Image.objects.filter(project=project, pk__in=ids).only("id", "revision", "annotation_count").in_bulk()
    images = list(_first([found[pk] for pk in dict.fromkeys(ids) if pk in found]))
    boxes: dict[int, list[TileBox]] = {image.pk: [] for image in images}
    rows = Annotation.objects.filter(image__in=list(boxes), x_min__isnull=False).order_by("pk")
    for row in rows.values_list("image_id", "label_id", "x_min", "y_min", "x_max", "y_max"):
        image, *box = row
        boxes[image].append(box)
    return [BoxedImage(image.pk, image.revision, boxes[image.pk]) for image in images]


def _first(images: Sequence[Image]) -> Iterator[Image]:
    count = 0
    for image in images:
        count += image.annotation_count
        if count > MOST and image is not images[0]:
            return
        yield image
