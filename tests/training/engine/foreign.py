"""Folders of foreign formats, made of a run folder by the formats' own writers."""

from pathlib import Path

from annotations.dataset.manifest import read_dataset
from annotations.dataset.records import ImageRecord
from annotations.formats import FORMATS
from annotations.formats.layout import Header, Stream


def write_as(name: str, run: Path, folder: Path) -> Path:
    """The run folder's data set as the format `name` lays it out."""
    dataset = read_dataset(run)

    def original(image: ImageRecord) -> bytes:
        return (run / "images" / image.sha256).read_bytes()

    for path, content in FORMATS[name].layout.write(Header(dataset.task, dataset.labels, "drawn"), dataset.images):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Stream):
            target.write_bytes(b"".join(content.pieces(original)))
        else:
            target.write_bytes(content if isinstance(content, bytes) else original(content))
    return folder
