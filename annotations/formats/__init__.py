"""The file layouts that others use. A new one: copy the nearest sibling, change it, add its line."""

from annotations.formats.layout import Format

_ROWS = (
    Format(
        name="voc",
        title="Pascal VOC",
        layout_path="annotations.formats.voc.Voc",
        tasks=("detection",),
        precision=0.0,
        keeps=frozenset({"negatives", "unlabelled", "splits"}),
        attributes=frozenset({"difficult", "truncated", "occluded", "pose"}),
    ),
    Format(
        name="coco",
        title="COCO",
        layout_path="annotations.formats.coco.Coco",
        tasks=("detection",),
        precision=1e-9,
        keeps=frozenset({"negatives", "unlabelled", "splits", "labels", "scores", "groups"}),
        attributes=frozenset({"*"}),
    ),
    Format(
        name="cloud_annotations",
        title="Cloud Annotations",
        layout_path="annotations.formats.cloud_annotations.CloudAnnotations",
        tasks=("detection", "classification"),
        precision=1e-9,
        keeps=frozenset({"negatives", "unlabelled", "labels"}),
    ),
    Format(
        name="createml",
        title="CreateML",
        layout_path="annotations.formats.createml.CreateML",
        tasks=("detection", "classification"),
        precision=1e-9,
        keeps=frozenset({"negatives", "unlabelled", "splits"}),
    ),
    Format(
        name="yolo",
        title="YOLO (Ultralytics)",
        layout_path="annotations.formats.yolo.Yolo",
        tasks=("detection",),
        precision=1e-9,
        keeps=frozenset({"negatives", "unlabelled", "splits", "labels"}),
    ),
    Format(
        name="darknet",
        title="YOLO (Darknet)",
        layout_path="annotations.formats.yolo.Darknet",
        tasks=("detection",),
        precision=1e-9,
        keeps=frozenset({"negatives", "unlabelled", "splits", "labels"}),
    ),
    Format(
        name="folders",
        title="Folders by label",
        layout_path="annotations.formats.folders.Folders",
        tasks=("classification",),
        precision=0.0,
        keeps=frozenset({"unlabelled", "splits", "labels"}),
    ),
    Format(
        name="imagefolder",
        title="Hugging Face ImageFolder",
        layout_path="annotations.formats.imagefolder.ImageFolder",
        tasks=("detection", "classification"),
        precision=1e-9,
        keeps=frozenset({"negatives", "unlabelled", "splits", "scores"}),
        attributes=frozenset({"difficult", "truncated", "occluded", "crowd", "depiction", "inside", "pose"}),
    ),
)
FORMATS: dict[str, Format] = {row.name: row for row in _ROWS}

__all__ = ["FORMATS", "Format"]
