"""The file layouts that others use. A new one: copy the nearest sibling, change it, add its line."""

from annotations.formats.layout import Format

_ROWS = (
    Format("voc", "Pascal VOC", "annotations.formats.voc.Voc", ("detection",), 0.0, frozenset({"negatives", "splits"})),
)
FORMATS: dict[str, Format] = {row.name: row for row in _ROWS}

__all__ = ["FORMATS", "Format"]
