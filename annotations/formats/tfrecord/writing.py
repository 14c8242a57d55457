"""Writing TFRecord: shards of each split with their pictures inside, and `label_map.pbtxt`.

Pictures that nobody has labelled lie in the folder `unlabelled`, as files.
"""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import PurePosixPath

from annotations.dataset.attributes import POSE
from annotations.dataset.records import AnnotationRecord, ImageRecord, Split
from annotations.formats.layout import BytesOf, Header, Part, Stream
from annotations.formats.tfrecord.examples import BYTES, FLOATS, INTS, Typed, example_chunks
from annotations.formats.tfrecord.framing import framed
from annotations.formats.tfrecord.label_maps import written
from annotations.formats.tfrecord.reading import FLAGS
from annotations.formats.written_names import WrittenNames

SHARD = 10_000
"""Images a file."""
SPLITS: tuple[Split, ...] = ("train", "val", "test")
MAGIC = {b"\xff\xd8\xff": b"jpeg", b"\x89PNG": b"png", b"BM": b"bmp", b"RIFF": b"webp"}
DECODED = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png"})


def write(header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
    written_names, names = WrittenNames(), list[str]()
    counts: dict[Split, int] = dict.fromkeys(SPLITS, 0)
    for image in images:
        names.append(written_names.of(image))
        if image.is_labelled:
            counts[image.split] += 1
        else:
            yield f"unlabelled/{names[-1]}", image
    yield "label_map.pbtxt", written(header.labels)
    for split, count in counts.items():
        shards = -(-count // SHARD)
        for shard in range(shards):
            path = f"{split}-{shard:05}-of-{shards:05}.tfrecord"
            yield path, _shard(header, images, names, split, shard)


def losses_of(image: ImageRecord) -> Iterator[str]:
    if PurePosixPath(image.name).suffix.lower() not in DECODED:
        yield "pictures that are no JPEG or PNG: TensorFlow's Object Detection API reads no others"


def _shard(header: Header, images: Iterable[ImageRecord], names: list[str], split: Split, shard: int) -> Stream:
    numbers = {label: number for number, label in enumerate(header.labels, 1)}

    def pieces(bytes_of: BytesOf) -> Iterator[bytes]:
        named = zip(images, names, strict=True)
        own = (pair for pair in named if pair[0].is_labelled and pair[0].split == split)
        for image, name in islice(own, shard * SHARD, (shard + 1) * SHARD):
            features = _of_image(image, name, bytes_of(image))
            of_task = _labels if header.task == "classification" else _boxes
            yield from framed(example_chunks(features | of_task(image, numbers)))

    return Stream(pieces, embeds=True)


def _of_image(image: ImageRecord, name: str, data: bytes) -> dict[str, Typed]:
    found = {
        "image/filename": Typed(BYTES, [name.encode("utf-8", "replace")]),
        "image/source_id": Typed(BYTES, [name.encode("utf-8", "replace")]),
        "image/width": Typed(INTS, [image.width]),
        "image/height": Typed(INTS, [image.height]),
    }
    if image.group:
        found["image/group"] = Typed(BYTES, [image.group.encode("utf-8", "replace")])
    if data:
        kind = next((kind for magic, kind in MAGIC.items() if data.startswith(magic)), b"")
        found["image/encoded"] = Typed(BYTES, [data])
        found["image/format"] = Typed(BYTES, [kind])
        found["image/key/sha256"] = Typed(BYTES, [hashlib.sha256(data).hexdigest().encode()])
    return found


def _boxes(image: ImageRecord, numbers: dict[str, int]) -> dict[str, Typed]:
    boxed = [one for one in image.annotations if one.box]
    boxes = [one.box for one in boxed if one.box]
    sides = {
        "xmin": [box.x_min / image.width for box in boxes],
        "xmax": [box.x_max / image.width for box in boxes],
        "ymin": [box.y_min / image.height for box in boxes],
        "ymax": [box.y_max / image.height for box in boxes],
    }
    found = {f"image/object/bbox/{side}": Typed(FLOATS, shares) for side, shares in sides.items()}
    found |= _classes("image/object/class", boxed, numbers) | _scores("image/object/score", boxed)
    for name in ("difficult", "truncated", "occluded", "group_of", "depiction"):
        set_ = [int(one.attributes.get(FLAGS[name]) is True) for one in boxed]
        found[f"image/object/{name}"] = Typed(INTS, set_)
    poses = [str(one.attributes.get(POSE) or "Unspecified").encode("utf-8", "replace") for one in boxed]
    return found | {"image/object/view": Typed(BYTES, poses)}


def _labels(image: ImageRecord, numbers: dict[str, int]) -> dict[str, Typed]:
    found = list(image.annotations)
    return _classes("image/class", found, numbers) | _scores("image/class/score", found)


def _classes(where: str, found: list[AnnotationRecord], numbers: dict[str, int]) -> dict[str, Typed]:
    texts = [one.label.encode("utf-8", "replace") for one in found]
    return {
        f"{where}/text": Typed(BYTES, texts),
        f"{where}/label": Typed(INTS, [numbers.get(one.label, 0) for one in found]),
    }


def _scores(where: str, found: list[AnnotationRecord]) -> dict[str, Typed]:
    """Only where there is one; -1 where another annotation has one."""
    if all(one.score is None for one in found):
        return {}
    return {where: Typed(FLOATS, [-1.0 if one.score is None else one.score for one in found])}
