"""Which split an image belongs to: a function of its sha256 and the project's seed, so adding images moves none."""

import hashlib

from annotations.dataset.records import Split

PLACES = 10_000
VAL_PERCENT = 20


def split_of(sha256: str, seed: int, val_percent: int = VAL_PERCENT, test_percent: int = 0) -> Split:
    """The split of an image, or of a group by its name. `sha256` is 64 hex digits; percentages are of the whole."""
    place = place_of(f"{seed}:{sha256}")
    if place < val_percent * 100:
        return "val"
    if place < (val_percent + test_percent) * 100:
        return "test"
    return "train"


def place_of(text: str) -> int:
    """From 0 to 9,999."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % PLACES
