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
        name="cvat",
        title="CVAT for images",
        layout_path="annotations.formats.cvat.Cvat",
        tasks=("detection", "classification"),
        precision=0.0,
        keeps=frozenset({"negatives", "unlabelled", "splits", "labels"}),
        attributes=frozenset({"*"}),
    ),
    Format(
        name="labelstudio",
        title="Label Studio",
        layout_path="annotations.formats.labelstudio.LabelStudio",
        tasks=("detection", "classification"),
        precision=1e-9,
        keeps=frozenset({"negatives", "unlabelled", "splits", "labels", "scores", "groups"}),
        attributes=frozenset({"*"}),
    ),
    Format(
        name="labelme",
        title="LabelMe",
        layout_path="annotations.formats.labelme.LabelMe",
        tasks=("detection", "classification"),
        precision=0.0,
        keeps=frozenset({"negatives", "unlabelled", "splits", "labels", "scores"}),
        attributes=frozenset({"*"}),
    ),
    Format(
        name="via",
        title="VGG Image Annotator",
        layout_path="annotations.formats.via.Via",
        tasks=("detection", "classification"),
        precision=1e-9,
        keeps=frozenset({"negatives", "unlabelled", "splits", "labels", "scores", "groups"}),
        attributes=frozenset({"*"}),
    ),
)
FORMATS: dict[str, Format] = {row.name: row for row in _ROWS}

__all__ = ["FORMATS", "Format"]
