"""TensorFlow's own reader and writer of TFRecord, with the features of its Object Detection API."""

from pathlib import Path
from typing import Any

import tensorflow as tf
from answering import Data, answer, by_split, image

SIDES = ("xmin", "ymin", "xmax", "ymax")
FEATURES: dict[str, Any] = {
    "image/encoded": tf.io.FixedLenFeature([], tf.string),
    "image/filename": tf.io.FixedLenFeature([], tf.string),
    "image/source_id": tf.io.FixedLenFeature([], tf.string),
    "image/format": tf.io.FixedLenFeature([], tf.string),
    "image/width": tf.io.FixedLenFeature([], tf.int64),
    "image/height": tf.io.FixedLenFeature([], tf.int64),
    "image/class/text": tf.io.VarLenFeature(tf.string),
    "image/object/class/text": tf.io.VarLenFeature(tf.string),
    "image/object/class/label": tf.io.VarLenFeature(tf.int64),
    **{f"image/object/bbox/{side}": tf.io.VarLenFeature(tf.float32) for side in SIDES},
}
"""As TfExampleDecoder of the Object Detection API names them."""


def opened(folder: Path) -> Data:
    files = sorted(path for path in folder.iterdir() if "record" in path.name)
    return {"images": [_image(path, record) for path in files for record in tf.data.TFRecordDataset([str(path)])]}


def _image(path: Path, record: Any) -> Data:
    said = tf.io.parse_single_example(record, FEATURES)
    height, width, _ = tf.io.decode_image(said["image/encoded"]).shape
    assert (width, height) == (int(said["image/width"]), int(said["image/height"]))
    sides = [said[f"image/object/bbox/{side}"].values.numpy() for side in SIDES]
    texts = _texts(said["image/object/class/text"])
    boxes = [
        [label, float(a) * width, float(b) * height, float(c) * width, float(d) * height]
        for label, a, b, c, d in zip(texts, *sides, strict=True)
    ]
    name = said["image/filename"].numpy().decode()
    made = image(name, path.name.split(".")[0].split("-")[0], boxes, _texts(said["image/class/text"]))
    return {**made, "width": width, "height": height}


def _texts(values: Any) -> list[str]:
    return [text.decode() for text in values.values.numpy()]


def write(folder: Path, data: Data) -> None:
    for split, images in by_split(data).items():
        with tf.io.TFRecordWriter(str(folder / f"{split}.record")) as writer:
            for one in images:
                writer.write(_example(one, data["labels"]).SerializeToString())
    items = (f"item {{\n  id: {number}\n  name: '{label}'\n}}\n\n" for number, label in enumerate(data["labels"], 1))
    (folder / "label_map.pbtxt").write_text("".join(items))


def _example(one: Data, labels: list[str]) -> Any:
    width, height = one["width"], one["height"]
    boxes = one["boxes"]
    name = one["name"].encode()
    features = {
        "image/encoded": _bytes([Path(one["path"]).read_bytes()]),
        "image/filename": _bytes([name]),
        "image/source_id": _bytes([name]),
        "image/format": _bytes([b"jpeg"]),
        "image/width": _ints([width]),
        "image/height": _ints([height]),
        "image/object/class/text": _bytes([box[0].encode() for box in boxes]),
        "image/object/class/label": _ints([labels.index(box[0]) + 1 for box in boxes]),
    }
    for place, side in enumerate(SIDES, 1):
        shares = [box[place] / (height if side[0] == "y" else width) for box in boxes]
        features[f"image/object/bbox/{side}"] = tf.train.Feature(float_list=tf.train.FloatList(value=shares))
    return tf.train.Example(features=tf.train.Features(feature=features))


def _bytes(values: list[bytes]) -> Any:
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))


def _ints(values: list[int]) -> Any:
    return tf.train.Feature(int64_list=tf.train.Int64List(value=values))


if __name__ == "__main__":
    answer({"tfrecord": opened}, {"tfrecord": write})
