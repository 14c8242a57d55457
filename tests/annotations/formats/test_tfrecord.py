"""TFRecord: records that others wrote, others that read ours, and files that are none."""

import random
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import google_crc32c
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tfrecord.reader import tfrecord_loader
from tfrecord.writer import TFRecordWriter

from annotations.dataset.findings import Rule
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.errors import FormatError
from annotations.formats.inside import KEPT
from annotations.formats.layout import Header, ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, read
from annotations.formats.recognition import recognise
from annotations.formats.tfrecord.framing import masked
from annotations.formats.tfrecord.label_maps import items_of
from annotations.formats.tfrecord.writing import SHARD, write
from annotations.imaging import ImageLimits
from tests.annotations.formats.depth import examples
from tests.annotations.formats.laying import lay, picture_of
from tests.annotations.formats.memory import Many, growth
from tests.annotations.images import picture

TFRECORD = FORMATS["tfrecord"]
CAT, DOG = Box(16, 12, 32, 24), Box(0, 0, 64, 48)
LABEL_MAP = """# from the tutorial
item {
  id: 2
  name: '/m/01yrx'
  display_name: "Cat"
}
item { name: "dog", id: 1 }
"""


def example(**features: tuple[Any, str]) -> dict[str, tuple[Any, str]]:
    """As create_pascal_tf_record.py makes it, with a cat and a dog."""
    two: dict[str, tuple[Any, str]] = {
        "image/height": (48, "int"),
        "image/width": (64, "int"),
        "image/filename": (b"a.jpg", "byte"),
        "image/source_id": (b"a.jpg", "byte"),
        "image/encoded": (picture(1), "byte"),
        "image/format": (b"jpeg", "byte"),
        "image/object/bbox/xmin": ([0.25, 0.0], "float"),
        "image/object/bbox/xmax": ([0.5, 1.0], "float"),
        "image/object/bbox/ymin": ([0.25, 0.0], "float"),
        "image/object/bbox/ymax": ([0.5, 1.0], "float"),
        "image/object/class/text": ([b"/m/01yrx", b"dog"], "byte"),
        "image/object/class/label": ([2, 1], "int"),
        "image/object/difficult": ([0, 1], "int"),
        "image/object/view": ([b"Unspecified", b"Left"], "byte"),
    }
    return {**two, **{f"image/{name.replace('__', '/')}": value for name, value in features.items()}}


def put(path: Path, *examples: dict[str, tuple[Any, str]]) -> Path:
    """By a writer that is not ours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = TFRecordWriter(str(path))
    for one in examples:
        writer.write(one)
    writer.close()
    return path


def found_in(folder: Path, limits: ReadLimits | None = None) -> list[Found]:
    return list(read(TFRECORD.layout, Listing(folder), limits or ReadLimits()).records)


def reasons(found: list[Found]) -> list[tuple[str, str]]:
    return [(said.file, said.reason) for one in found for said in one.findings]


def test_what_another_writer_wrote_is_read(tmp_path: Path) -> None:
    put(tmp_path / "valid/pets.tfrecord", example())
    (tmp_path / "valid/pets_label_map.pbtxt").write_text(LABEL_MAP)
    listing = Listing(tmp_path)
    assert recognise(listing, "detection", FORMATS.values()).format == TFRECORD
    reading = read(TFRECORD.layout, listing, ReadLimits())
    assert (reading.header.task, reading.header.labels) == ("detection", ("dog", "Cat"))
    (found,) = reading.records
    assert found.annotations == (
        AnnotationRecord("Cat", CAT, source="import"),
        AnnotationRecord("dog", DOG, source="import", attributes={"difficult": True, "pose": "Left"}),
    )
    assert (found.name, found.split, found.findings) == ("a.jpg", "val", ())
    assert found.image
    assert listing.path(found.image).read_bytes() == picture(1)


def test_labels_by_number_only_are_named_by_the_map(tmp_path: Path) -> None:
    put(tmp_path / "train.record", example(object__class__text=([], "byte"), object__class__label=([2, 7], "int")))
    (tmp_path / "map.pbtxt").write_text(LABEL_MAP)
    (found,) = found_in(tmp_path)
    assert [one.label for one in found.annotations] == ["Cat", "class 7"]
    assert [said.rule for said in found.findings] == [Rule.NO_NAMES]


def test_labels_of_whole_images(tmp_path: Path) -> None:
    record = {name: value for name, value in example().items() if "object" not in name}
    put(
        tmp_path / "train-00000-of-00001",
        {**record, "image/class/text": (b"cat", "byte"), "image/class/label": (1, "int")},
    )
    assert read(TFRECORD.layout, Listing(tmp_path), ReadLimits()).header.task == "classification"
    (found,) = found_in(tmp_path)
    assert found.annotations == (AnnotationRecord("cat", source="import"),)


def test_record_of_no_picture_means_one_of_the_archive(tmp_path: Path) -> None:
    record = {name: value for name, value in example().items() if name != "image/encoded"}
    put(tmp_path / "train.record", record)
    (tmp_path / "images").mkdir()
    (tmp_path / "images/a.jpg").write_bytes(picture())
    assert [(one.image, len(one.annotations)) for one in found_in(tmp_path)] == [("images/a.jpg", 2)]


def test_record_of_a_mere_picture_is_one_that_nobody_has_labelled(tmp_path: Path) -> None:
    put(tmp_path / "train.record", {"image/encoded": (picture(), "byte")})
    assert [(one.name, one.annotated) for one in found_in(tmp_path)] == [("00000001.jpg", False)]


def test_lists_that_do_not_go_together_and_features_without_a_place_are_told(tmp_path: Path) -> None:
    odd = example(object__bbox__xmax=([0.5], "float"), object__mask=([b"png", b"png"], "byte"))
    put(tmp_path / "train.record", odd, example(filename=(b"../../b?.jpg", "byte"), encoded=(picture(2), "byte")))
    found = found_in(tmp_path)
    assert reasons(found) == [
        ("train.record", "record 1: box 2 lacks a side; left out"),
        ("train.record", "there is no place for image/object/mask (1 records)"),
    ]
    assert [one.name for one in found if one.image] == ["a.jpg", "b_.jpg"]


def test_records_of_one_name_are_two_pictures(tmp_path: Path) -> None:
    put(tmp_path / "train.record", example(), example(encoded=(picture(2), "byte")))
    assert [one.name for one in found_in(tmp_path)] == ["a.jpg", "a-00000002.jpg"]


def test_damage_is_told_and_costs_no_other_record(tmp_path: Path) -> None:
    path = put(
        tmp_path / "train.record", *(example(filename=(name, "byte")) for name in (b"a.jpg", b"b.jpg", b"c.jpg"))
    )
    data = bytearray(path.read_bytes())
    size = len(data) // 3
    data[size // 2] ^= 1
    path.write_bytes(data[:-5])
    found = found_in(tmp_path)
    assert [one.image for one in found if one.image] == ["train.record/b.jpg"]
    told = [reason for _, reason in reasons(found)]
    assert told[0] == "record 1 is damaged: its sum is another"
    assert told[1].startswith("left out with")
    assert told[2].startswith("record 3 is cut off")


def frame(data: bytes, length: int | None = None) -> bytes:
    head = struct.pack("<Q", len(data) if length is None else length)
    sums = (struct.pack("<I", masked(google_crc32c.value(one))) for one in (head, data))
    return head + next(sums) + data + next(sums)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (frame(b"", 2**64 - 1), "record 1 is cut off"),
        (frame(b"", 2**63), "record 1 is cut off"),
        (b"\x1f\x8b\x08" + b"0" * 50, "the length of record 1 is damaged"),
        (frame(b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), "reaches beyond its end"),
        (frame(b"\x0a" + b"\xff" * 20), "a number of more than ten bytes"),
        (frame(b"\x0b"), "a field of kind 3"),
        (frame(b"\x02\x00"), "a field without a number"),
        (frame(b"\x0a\x03\x0a\x01\x0a"), "a number that is cut off"),
        (b"short", "record 1 is cut off"),
        (b"", "the file is empty"),
    ],
)
def test_hostile_records_are_refused_with_a_reason(data: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / "train.record").write_bytes(data)
    found = found_in(tmp_path)
    assert [one.image for one in found] == [None]
    assert reason in reasons(found)[0][1]


def test_record_with_too_many_boxes_or_too_large_a_picture_is_left_out(tmp_path: Path) -> None:
    sides = {f"object__bbox__{side}": ([0.1] * 5_000, "float") for side in ("xmin", "ymin", "xmax", "ymax")}
    put(tmp_path / "train.record", example(**sides), example(filename=(b"b.jpg", "byte")))
    small = ReadLimits(picture=ImageLimits(max_bytes=100), annotations=10)
    told = [said.rule for one in found_in(tmp_path, small) for said in one.findings]
    assert told == [Rule.TOO_MANY, Rule.HELD_BACK, Rule.IMAGE_REFUSED]


def test_too_many_pictures_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotations.formats.tfrecord.reading.MOST_PICTURES", 1)
    put(tmp_path / "train.record", example(), example())
    with pytest.raises(FormatError, match="more than 1 pictures"):
        found_in(tmp_path)


def test_label_map_with_escapes_and_one_that_is_not_closed() -> None:
    ((line, item),) = items_of('item {\n id: 1\n name: "caf\\303\\251 \\"x\\" \\\\ }" # }\n}')
    assert (line, item["name"]) == (1, 'café "x" \\ }')
    with pytest.raises(FormatError):
        list(items_of("item {\n id: 1"))


def images() -> list[ImageRecord]:
    found = (AnnotationRecord("cat", CAT, score=0.5), AnnotationRecord("dog", DOG, attributes={"crowd": True}))
    return [
        ImageRecord("a.jpg", "1" * 64, 64, 48, queue="labelled", annotations=found, group="film"),
        ImageRecord("b.jpg", "2" * 64, 64, 48, queue="labelled"),
        ImageRecord("c.jpg", "3" * 64, 64, 48),
    ]


def test_another_reader_reads_what_is_written(tmp_path: Path) -> None:
    lay(TFRECORD, Header("detection", ("dog", "cat"), "Pets"), images(), tmp_path)
    first, second = tfrecord_loader(str(tmp_path / "train-00000-of-00001.tfrecord"), None)
    assert bytes(first["image/encoded"]) == picture_of(images()[0])
    assert bytes(first["image/format"]) == b"jpeg"
    assert list(first["image/object/class/label"]) == [2, 1]
    assert [bytes(one) for one in first["image/object/class/text"]] == [b"cat", b"dog"]
    assert list(first["image/object/bbox/xmin"]) == [0.25, 0.0]
    assert list(first["image/object/bbox/ymax"]) == [0.5, 1.0]
    assert list(first["image/object/group_of"]) == [0, 1]
    assert (int(first["image/width"][0]), int(first["image/height"][0])) == (64, 48)
    assert len(second["image/object/bbox/xmin"]) == 0
    assert (tmp_path / "label_map.pbtxt").read_text().startswith('item {\n  id: 1\n  name: "dog"\n}\n')
    assert (tmp_path / "unlabelled/c.jpg").is_file()


def test_group_score_and_negatives_come_back(tmp_path: Path) -> None:
    lay(TFRECORD, Header("detection", ("dog", "cat"), "Pets"), images(), tmp_path)
    first, second, third = found_in(tmp_path)
    assert (first.group, [one.score for one in first.annotations]) == ("film", [0.5, None])
    assert (second.annotated, second.annotations, third.annotated) == (True, (), False)


def test_pictures_that_tensorflow_does_not_decode_are_told() -> None:
    header = Header("detection")
    told = [list(TFRECORD.layout.loses(header, ImageRecord(name, "", 1, 1))) for name in ("a.webp", "a.JPG", "a.png")]
    assert [len(one) for one in told] == [1, 0, 0]


def test_shards_hold_so_many_images() -> None:
    paths = [path for path, _ in write(Header("detection", ("cat",)), Many(2 * SHARD + 1))]
    assert paths == ["label_map.pbtxt", *(f"val-{shard:05}-of-00003.tfrecord" for shard in range(3))]


def test_few_pictures_are_out_at_once(tmp_path: Path) -> None:
    names = [f"{number}.jpg".encode() for number in range(KEPT + 5)]
    put(tmp_path / "train.record", *(example(filename=(name, "byte")) for name in names))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    listing = Listing(tmp_path / ".", scratch)
    assert len(list(read(TFRECORD.layout, listing, ReadLimits()).records)) == KEPT + 5
    assert len(list(scratch.rglob("inside-*/*"))) == KEPT


def damaged(data: bytes, chance: random.Random, put_in: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + put_in + data[start + chance.choice([0, 1, 4, len(put_in), 1000]) :]


@examples(25, 300)
@given(st.randoms(use_true_random=False), st.binary(max_size=12), st.booleans())
def test_damaged_records_give_findings_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random, put_in: bytes, fix_sums: bool
) -> None:
    """With sums that fit the damage as well: then the parser of examples meets it."""
    folder = tmp_path_factory.mktemp("record")
    data = put(folder / "train.record", example(encoded=(b"\xff\xd8\xff", "byte"))).read_bytes()
    data = frame(damaged(data[12:-4], chance, put_in)) if fix_sums else damaged(data, chance, put_in)
    (folder / "train.record").write_bytes(data)
    (folder / "map.pbtxt").write_bytes(damaged(LABEL_MAP.encode(), chance, put_in))
    TFRECORD.layout.recognise(Listing(folder))
    with suppress(FormatError):
        found_in(folder)


@pytest.mark.full
def test_twenty_thousand_images_take_little_memory(tmp_path: Path) -> None:
    assert growth("tfrecord", tmp_path) < 60 * 2**20


def test_a_record_without_the_lists_of_boxes_is_a_negative_beside_others_with_boxes(tmp_path: Path) -> None:
    """As Datumaro writes one: TensorFlow's Object Detection API trains on it as on an image with nothing in it."""
    empty = {name: value for name, value in example().items() if "object" not in name}
    put(tmp_path / "train.tfrecord", example(), {**empty, "image/filename": (b"b.jpg", "byte")})
    found = {one.image: one.annotated for one in found_in(tmp_path)}
    assert found == {"train.tfrecord/a.jpg": True, "train.tfrecord/b.jpg": True}


def test_shards_are_called_as_those_look_for_them_who_go_by_the_suffix(tmp_path: Path) -> None:
    """Datumaro, and so CVAT, takes `*.tfrecord` and nothing else."""
    lay(TFRECORD, Header("detection", ("dog", "cat"), "Pets"), images(), tmp_path)
    assert [path.name for path in tmp_path.glob("*.tfrecord")] == ["train-00000-of-00001.tfrecord"]
