from collections.abc import Callable
from pathlib import Path

from tests.training.engine.exporters.damage.said import MOVED


def lose_weights(folder: Path) -> None:
    """A kilobyte of weights in the first shard, gone."""
    shard = next(folder.glob("group1-shard1of*.bin"))
    content = bytearray(shard.read_bytes())
    content[2000:3024] = bytes(1024)
    shard.write_bytes(content)


DAMAGE: dict[Callable[[Path], None], str] = {lose_weights: MOVED}
