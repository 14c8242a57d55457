"""Which library opens what we write, and whose files we read: what tests/peers runs and docs/formats.md tells."""

from dataclasses import dataclass
from typing import Literal

TITLES = {
    "datasets": "Hugging Face datasets",
    "datumaro": "Datumaro",
    "fiftyone": "FiftyOne",
    "globox": "globox",
    "labelstudio": "label-studio-sdk",
    "supervision": "supervision",
    "tensorflow": "TensorFlow",
}
"""By the name of its file in `libraries`: ask_<name>.py."""

Told = Literal["names", "splits", "labels"]
Kept = Literal["splits", "labels", "negatives"]

FLOAT32 = 1e-5
"""Pixels that a share of these small pictures loses as a number of 32 bits."""


@dataclass(frozen=True)
class Opens:
    """`called`: what the library calls the format. `within`: pixels.

    `shifted`: left and top come by so much more, as it counts pixels from 1. `tells`: what it says beside labels and
    boxes.
    """

    library: str
    format: str
    called: str
    within: float = 1e-9
    shifted: float = 0
    tells: frozenset[Told] = frozenset({"names", "splits"})
    task: Literal["detection", "classification"] = "detection"


@dataclass(frozen=True)
class Writes:
    """`keeps`: what its files hold beside labels and boxes; `findings`: keys of the rules that they meet here."""

    library: str
    format: str
    called: str
    within: float = 1e-9
    first_pixel: Literal[0, 1] = 0
    keeps: frozenset[Kept] = frozenset({"splits", "negatives"})
    findings: frozenset[str] = frozenset()
    task: Literal["detection", "classification"] = "detection"


NAMES: frozenset[Told] = frozenset({"names"})
SPLITS: frozenset[Told] = frozenset({"splits"})
ALL_TOLD: frozenset[Told] = frozenset({"names", "splits", "labels"})
NOTHING: frozenset[Kept] = frozenset()
NEGATIVES: frozenset[Kept] = frozenset({"negatives"})
LABELS: frozenset[Kept] = frozenset({"labels"})
SPLITS_AND_LABELS: frozenset[Kept] = frozenset({"splits", "labels"})
ALL_KEPT: frozenset[Kept] = frozenset({"splits", "labels", "negatives"})

OPENS = (
    Opens("datumaro", "coco", "coco", tells=ALL_TOLD),
    Opens("datumaro", "voc", "voc", tells=ALL_TOLD),
    Opens("datumaro", "voc", "voc_detection", tells=ALL_TOLD),
    Opens("datumaro", "yolo", "yolo", tells=ALL_TOLD),
    Opens("datumaro", "darknet", "yolo", tells=ALL_TOLD),
    Opens("datumaro", "cvat", "cvat", tells=ALL_TOLD),
    Opens("datumaro", "openimages", "open_images", within=FLOAT32),
    Opens("datumaro", "tfrecord", "tf_detection_api", within=FLOAT32),
    Opens("datumaro", "folders", "imagenet_with_subset_dirs", tells=ALL_TOLD, task="classification"),
    Opens("fiftyone", "coco", "COCODetectionDataset"),
    Opens("fiftyone", "voc", "VOCDetectionDataset", within=0.5, tells=NAMES),
    Opens("fiftyone", "yolo", "YOLOv5Dataset"),
    Opens("fiftyone", "cvat", "CVATImageDataset", within=0.5, tells=NAMES),
    Opens("fiftyone", "tfrecord", "TFObjectDetectionDataset", within=FLOAT32, tells=SPLITS),
    Opens("fiftyone", "folders", "ImageClassificationDirectoryTree", task="classification"),
    Opens("supervision", "coco", "coco", tells=ALL_TOLD),
    Opens("supervision", "voc", "voc", shifted=-1, tells=NAMES),
    Opens("supervision", "yolo", "yolo", within=FLOAT32, tells=ALL_TOLD),
    Opens("supervision", "createml", "createml"),
    Opens("supervision", "labelme", "labelme"),
    Opens("supervision", "folders", "folders", tells=ALL_TOLD, task="classification"),
    Opens("globox", "coco", "coco"),
    Opens("globox", "voc", "voc", tells=NAMES),
    Opens("globox", "yolo", "yolo"),
    Opens("globox", "darknet", "darknet"),
    Opens("globox", "labelme", "labelme"),
    Opens("globox", "cvat", "cvat", tells=NAMES),
    Opens("globox", "via", "via", tells=NAMES),
    Opens("labelstudio", "labelstudio", "labelstudio"),
    Opens("labelstudio", "labelstudio", "labelstudio", task="classification"),
    Opens("datasets", "imagefolder", "imagefolder"),
    Opens("datasets", "imagefolder", "imagefolder", task="classification"),
    Opens("tensorflow", "tfrecord", "tfrecord", within=FLOAT32),
    Opens("tensorflow", "tfrecord", "tfrecord", within=FLOAT32, task="classification"),
)

OPENED_IN_EACH_RUN = {
    "coco": ("pycocotools",),
    "tfrecord": ("tfrecord",),
    "voc": ("torchvision",),
}
"""By libraries that are light enough for `make test`: in tests/annotations/formats."""

SIX_DIGITS, FIVE_DIGITS = 1e-4, 1e-3
"""Pixels that shares with so many digits lose on these small pictures."""

WRITES = (
    Writes("datumaro", "coco", "coco", keeps=ALL_KEPT, findings=frozenset({"second_file"})),
    Writes("datumaro", "coco", "coco_instances", keeps=ALL_KEPT),
    Writes("datumaro", "voc", "voc", keeps=SPLITS_AND_LABELS, findings=frozenset({"attribute"})),
    Writes("datumaro", "voc", "voc_detection", keeps=SPLITS_AND_LABELS, findings=frozenset({"attribute"})),
    Writes("datumaro", "darknet", "yolo", within=SIX_DIGITS, keeps=ALL_KEPT),
    Writes("datumaro", "yolo", "yolo_ultralytics", within=SIX_DIGITS, keeps=ALL_KEPT),
    Writes("datumaro", "cvat", "cvat", keeps=ALL_KEPT),
    Writes("datumaro", "openimages", "open_images", keeps=ALL_KEPT),
    Writes("datumaro", "openimages", "open_images", keeps=ALL_KEPT, task="classification"),
    Writes("datumaro", "tfrecord", "tf_detection_api", within=FLOAT32, keeps=ALL_KEPT),
    Writes("datumaro", "folders", "imagenet_with_subset_dirs", task="classification"),
    Writes("fiftyone", "coco", "COCODetectionDataset", keeps=ALL_KEPT),
    Writes("fiftyone", "voc", "VOCDetectionDataset", within=0.5),
    Writes("fiftyone", "yolo", "YOLOv5Dataset", within=SIX_DIGITS, keeps=ALL_KEPT),
    Writes("fiftyone", "yolo", "YOLOv4Dataset", within=SIX_DIGITS, keeps=ALL_KEPT),
    Writes("fiftyone", "cvat", "CVATImageDataset", within=0.5),
    Writes("fiftyone", "tfrecord", "TFObjectDetectionDataset", within=FLOAT32),
    Writes("fiftyone", "folders", "ImageClassificationDirectoryTree", task="classification"),
    Writes("supervision", "coco", "coco", keeps=ALL_KEPT, findings=frozenset({"attribute"})),
    Writes("supervision", "voc", "voc", within=0.5, first_pixel=1),
    Writes("supervision", "yolo", "yolo", within=FIVE_DIGITS, keeps=ALL_KEPT),
    Writes("supervision", "createml", "createml"),
    Writes("supervision", "labelme", "labelme"),
    Writes("globox", "coco", "coco", keeps=NEGATIVES),
    Writes("globox", "voc", "voc", keeps=NEGATIVES),
    Writes("globox", "yolo", "yolo", keeps=LABELS | NEGATIVES),
    Writes("globox", "labelme", "labelme", keeps=NEGATIVES),
    Writes("globox", "cvat", "cvat", keeps=NEGATIVES),
    Writes("globox", "via", "via", keeps=NEGATIVES, findings=frozenset({"label_field"})),
    Writes("globox", "openimages", "openimages", keeps=NOTHING),
    Writes("labelstudio", "labelstudio", "labelstudio", keeps=LABELS | NEGATIVES),
    Writes("labelstudio", "labelstudio", "JSON_MIN", keeps=NEGATIVES),
    Writes("labelstudio", "coco", "COCO", keeps=NEGATIVES),
    Writes("labelstudio", "yolo", "YOLO", keeps=NEGATIVES),
    Writes("datasets", "imagefolder", "imagefolder"),
    Writes("tensorflow", "tfrecord", "tfrecord", within=FLOAT32, keeps=ALL_KEPT),
)
