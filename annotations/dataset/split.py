"""Which split an image belongs to: a function of its sha256 and the project's seed, so adding images moves none."""

import hashlib

from annotations.dataset.records import Split


def split_of(sha256: str, seed: int, val_percent: int = 20, test_percent: int = 0) -> Split:
    """The split of an image, or of a group by its name. `sha256` is 64 hex digits; percentages are of the whole."""
    digest = hashlib.sha256(f"{seed}:{sha256}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") % 10_000
    if place < val_percent * 100:
        return "val"
    if place < (val_percent + test_percent) * 100:
        return "test"
    return "train"
