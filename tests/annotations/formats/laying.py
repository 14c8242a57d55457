"""Writing a format's files into a folder, with real pictures in the place of the project's."""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from annotations.dataset.records import ImageRecord
from annotations.formats import Format
from annotations.formats.layout import Header, Stream
from tests.annotations.images import picture

BytesOf = Callable[[ImageRecord], bytes]


def picture_of(image: ImageRecord) -> bytes:
    """Another one for each hash, of the size that the record says."""
    return _picture_of(image.sha256, image.width, image.height)


@cache
def _picture_of(sha256: str, width: int, height: int) -> bytes:
    return picture(int(sha256[:6], 16), (width, height), comment=sha256)


def lay(
    row: Format, header: Header, images: Iterable[ImageRecord], folder: Path, bytes_of: BytesOf = picture_of
) -> None:
    for path, content in row.layout.write(header, list(images)):
        target = (folder / path).resolve()
        assert target.is_relative_to(folder)
        assert not target.exists()
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, ImageRecord):
            target.write_bytes(bytes_of(content))
        elif isinstance(content, Stream):
            pieces = b"".join(content.pieces(bytes_of))
            assert pieces == b"".join(content.pieces(bytes_of))
            target.write_bytes(pieces)
        else:
            target.write_bytes(content)
