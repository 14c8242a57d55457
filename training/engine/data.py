"""The run folder's images as a network wants them: decoded once, EXIF-oriented, stretched to uint8 squares."""

import hashlib
import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from annotations.dataset.manifest import read_dataset
from annotations.dataset.records import Dataset, ImageRecord
from training.engine.errors import DataError
from training.engine.squares import Square, Squares, let_go, room_for
from training.engine.tasks import TASKS

LET_GO = 256
"""Images decoded before their pages are let go."""
Picture = npt.NDArray[np.uint8]
"""One image [H, W, 3], RGB, as large as it is."""
KEPT_BYTES = 2**30
"""Of decoded images that are kept; those beyond are decoded each time. A run is to need 3 GB at most."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Images with their truth. Per image a square [S, S, 3], `boxes` [k, 4] corners 0..1 and `labels` [k]."""

    images: tuple[ImageRecord, ...]
    squares: Squares
    boxes: list[npt.NDArray[np.float32]]
    labels: list[npt.NDArray[np.int64]]

    def __len__(self) -> int:
        return len(self.images)


def read_run_folder(folder: Path) -> Dataset:
    """The dataset of a run folder. Raises DataError when its snapshot can't be read or speaks of unknown labels."""
    try:
        dataset = read_dataset(folder)
    except FileNotFoundError as error:
        raise DataError(f"The run folder has no {Path(str(error.filename)).name}.") from error
    except (json.JSONDecodeError, KeyError, ValueError, TypeError) as error:
        raise DataError(f"The run folder's snapshot is damaged: {error!r}.") from error
    for image in dataset.images:
        unknown = {annotation.label for annotation in image.annotations} - set(dataset.labels)
        if unknown:
            raise DataError(f"{image.name} carries the label {min(unknown)!r}, which the snapshot does not have.")
    return dataset


def usable_images(dataset: Dataset, images: Sequence[ImageRecord]) -> tuple[ImageRecord, ...]:
    """Those of `images` that say something to the dataset's task."""
    return tuple(image for image in images if TASKS[dataset.task].can_use(image))


def chosen_images(images: Sequence[ImageRecord], count: int, seed: int) -> tuple[ImageRecord, ...]:
    """`count` of the images in their order, by a hash: with the same seed a larger choice holds a smaller one."""
    ranked = sorted(image.sha256 for image in images)
    ranked.sort(key=lambda sha256: hashlib.sha256(f"{seed} {sha256}".encode()).digest())
    chosen = set(ranked[:count])
    return tuple(image for image in images if image.sha256 in chosen)


def read_examples(
    dataset: Dataset,
    images: Sequence[ImageRecord],
    folder: Path,
    image_size: int,
    check_stop: Callable[[], None] = lambda: None,
    threads: int = 1,
) -> Examples:
    """Decode `images` (`folder/images/<sha256>`) into squares of `image_size`. Raises DataError on a damaged file.

    Of more than `KEPT_BYTES` the rest is decoded, and a damaged file found, when it is asked for.
    """

    def decode(image: ImageRecord) -> Square:
        return read_square(folder / "images" / image.sha256, image_size, image.name)

    most = KEPT_BYTES // (image_size * image_size * 3)
    kept = room_for(min(len(images), most), image_size, folder)
    for i, square in enumerate(_decoded(decode, images[:most], threads)):
        check_stop()
        kept[i] = square
        if i % LET_GO == 0:
            let_go(kept)
    squares = Squares(len(images), kept, lambda i: decode(images[i]), threads)
    rules = TASKS[dataset.task].rules
    truths = [rules.truth(image, dataset.labels) for image in images]
    return Examples(tuple(images), squares, [boxes for boxes, _ in truths], [labels for _, labels in truths])


def read_square(path: Path, image_size: int, name: str | None = None) -> Square:
    """Decode one image file, upright by its EXIF tag, into a square. Raises DataError naming the image."""
    upright = _upright(path, name, (image_size, image_size))
    return np.asarray(upright.resize((image_size, image_size), Image.Resampling.BILINEAR))


def read_picture(path: Path, name: str | None = None) -> Picture:
    """Decode one image file, upright by its EXIF tag, as large as it is. Raises DataError naming the image."""
    return np.asarray(_upright(path, name))


def _upright(path: Path, name: str | None, least: tuple[int, int] | None = None) -> Image.Image:
    """In RGB; where it may be as small as `least`, the decoder may leave out what is finer."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                if least:
                    image.draft("RGB", least)
                return ImageOps.exif_transpose(image).convert("RGB")
    except FileNotFoundError as error:
        raise DataError(f"The file of {name or path.name} is missing.") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(f"{name or path.name} can't be decoded: {error}.") from error


def _decoded(decode: Callable[[ImageRecord], Square], images: Sequence[ImageRecord], threads: int) -> Iterator[Square]:
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(images), 64):  # not all at once: only squares in flight are in memory
            yield from pool.map(decode, images[start : start + 64])
