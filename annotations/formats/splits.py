"""What tools call the parts of a data set."""

from annotations.dataset.records import Split

_NAMES: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validate": "val",
    "validation": "val",
    "dev": "val",
    "test": "test",
    "testing": "test",
}


def split_named(text: str) -> Split | None:
    """By its name alone, whatever its case and the blanks around it; None where it names none."""
    return _NAMES.get(text.strip().casefold())
