"""What timm's own hub and timm's lists of labels say of published weights."""

import re

from huggingface_hub import get_hf_file_metadata, hf_hub_url
from timm.data import ImageNetInfo

FILE = "model.safetensors"
SUBSETS = {
    1000: "imagenet-1k",
    11221: "imagenet-21k-miil",
    11821: "imagenet-12k",
    21841: "imagenet-22k",
    21842: "imagenet-22k-ms",
    21843: "imagenet-21k-goog",
}
"""timm's lists by the number of their labels."""


def newest(name: str) -> tuple[str, str | None, int]:
    """URL of the newest revision of the file, which stays the same; its hash; bytes. Raises OSError."""
    try:
        found = get_hf_file_metadata(hf_hub_url(f"timm/{name}", FILE))
    except Exception as error:  # of three libraries, no common class
        raise OSError(f"timm's hub: {error}") from error
    etag = found.etag or ""
    is_hash = re.fullmatch("[0-9a-f]{64}", etag) is not None  # of large files; small ones have git's
    url = hf_hub_url(f"timm/{name}", FILE, revision=found.commit_hash)
    return url, etag if is_hash else None, found.size or 0


def label_names(count: int) -> list[str]:
    """Of a published head with so many rows; numbers where timm has no list of them."""
    if count not in SUBSETS:
        return [f"label {i}" for i in range(1, count + 1)]
    described = ImageNetInfo(SUBSETS[count])
    return [described.index_to_description(i).partition(",")[0] for i in range(count)]
