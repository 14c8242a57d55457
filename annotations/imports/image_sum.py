"""What a project's images are, as one number: a sum of hashes, one an image.

Their order does not matter, and an import that changes some of them knows the new sum without reading the others. A
revision never comes back and an id never does, so that the same sum says that nothing happened in between.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, Self

from annotations.imports.known_images import KnownImage
from annotations.imports.planning import PlannedImage
from annotations.models import Image

COLUMNS = KnownImage._fields[:-3]
MODULUS = 2**256


class ImageSum:
    """`is_searched`: whether names were looked up among the images, so that one more may be found the next time."""

    def __init__(self, total: int = 0, *, is_searched: bool = False) -> None:
        self.total, self.is_searched = total, is_searched

    @classmethod
    def of(cls, project_id: int, check: Callable[[], None]) -> Self:
        """All that it has now. Calls `check` between them."""
        images = cls()
        for row in Image.objects.filter(project=project_id).values_list(*COLUMNS).iterator():
            images.add(row)
            check()
        return images

    def add(self, row: tuple[Any, ...]) -> None:
        """Its COLUMNS."""
        self.total = (self.total + _number(row)) % MODULUS

    def change(self, planned: Iterable[PlannedImage]) -> None:
        """Those that the project has, as the plan leaves them."""
        for one in planned:
            if one.image:
                before = tuple(one.image[: len(COLUMNS)])
                after = (*before[:-4], one.queue, one.split, one.group, one.revision)
                self.total = (self.total + _number(after) - _number(before)) % MODULUS

    def copy(self) -> "ImageSum":
        return ImageSum(self.total, is_searched=self.is_searched)


def _number(row: tuple[Any, ...]) -> int:
    return int.from_bytes(hashlib.sha256(repr(row).encode()).digest())
