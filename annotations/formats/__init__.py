"""The file layouts that others use. A new one: copy the nearest sibling, change it, add its line."""

from annotations.formats.format import Format, Found, Part, ReadLimits
from annotations.formats.voc import VOC

FORMATS: dict[str, Format] = {layout.name: layout for layout in (VOC,)}

__all__ = ["FORMATS", "Format", "Found", "Part", "ReadLimits"]
