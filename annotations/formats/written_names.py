"""Names for the images that a format writes."""

import re
from pathlib import PurePosixPath

from annotations.dataset.records import ImageRecord

UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\ud800-\udfff\ufffe\uffff]')


class WrittenNames:
    """File names that are safe everywhere, and whose stems are used once."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def of(self, image: ImageRecord) -> str:
        path = PurePosixPath(UNSAFE.sub("_", image.name) or "image")
        stem, suffix = path.stem.strip(". ") or "image", path.suffix or ".jpg"
        if stem.lower() in self.used:
            stem = f"{stem}-{image.sha256[:12]}"
        self.used.add(stem.lower())
        return stem + suffix
