"""A folder of small files, read by a format of the table."""

from collections.abc import Mapping
from pathlib import Path

from annotations.formats import FORMATS
from annotations.formats.layout import Choices, ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, read
from tests.annotations.images import picture

Files = Mapping[str, str] | Mapping[str, bytes] | Mapping[str, str | bytes]


def put(folder: Path, files: Files) -> Listing:
    """Names and texts; a name without a text is that of a picture of its own, 64×48."""
    for number, (name, said) in enumerate(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = said.encode() if isinstance(said, str) else said
        path.write_bytes(data or picture(number) if path.suffix in {".jpg", ".png"} else data)
    return Listing(folder)


def found_in(format_name: str, folder: Path, files: Files, choices: Choices | None = None) -> list[Found]:
    limits = ReadLimits(choices=choices or Choices())
    return list(read(FORMATS[format_name].layout, put(folder, files), limits).records)


def sure_of(format_name: str, folder: Path, files: Files) -> float:
    return FORMATS[format_name].layout.recognise(put(folder, files)).confidence


def came(found: list[Found]) -> dict[str, tuple[str | None, list[str] | None]]:
    """By image: its split, and its labels; None for one that no file speaks of."""
    return {
        one.image: (one.split, [annotation.label for annotation in one.annotations] if one.annotated else None)
        for one in found
        if one.image
    }


def findings(found: list[Found]) -> list[tuple[str, str, int | None, str]]:
    return [(said.rule.name, said.file, said.line, said.reason) for one in found for said in one.findings]
