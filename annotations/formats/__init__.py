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
        name="csv",
        title="CSV",
        layout_path="annotations.formats.csv.Csv",
        tasks=("detection", "classification"),
        precision=0.0,
        keeps=frozenset({"negatives", "unlabelled", "splits", "labels", "scores", "groups"}),
        attributes=frozenset({"*"}),
    ),
    Format(
        name="openimages",
        title="Open Images",
        layout_path="annotations.formats.openimages.OpenImages",
        tasks=("detection", "classification"),
        precision=1e-6,
        keeps=frozenset({"negatives", "unlabelled", "splits", "labels", "scores"}),
        attributes=frozenset({"truncated", "occluded", "crowd", "depiction", "inside"}),
    ),
    Format(
        name="tfrecord",
        title="TFRecord",
        layout_path="annotations.formats.tfrecord.TfRecord",
        tasks=("detection", "classification"),
        precision=0.001,
        keeps=frozenset({"negatives", "unlabelled", "splits", "labels", "scores", "groups"}),
        attributes=frozenset({"difficult", "truncated", "occluded", "crowd", "depiction", "pose"}),
    ),
)
FORMATS: dict[str, Format] = {row.name: row for row in _ROWS}

__all__ = ["FORMATS", "Format"]
