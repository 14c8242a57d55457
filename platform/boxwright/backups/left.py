"""What no backup holds: originals that were left in buckets of others."""

from boxwright.storage import registry


def left_text() -> str:
    """To go behind a line about a backup; empty where nothing was left."""
    counts = registry.left()
    where = ", ".join(f"s3://{bucket}" for bucket in sorted(counts))
    return f"; {counts.total():,} originals were left in {where} and are not in it" if counts else ""
