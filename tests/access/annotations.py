"""Images, annotations, queues, imports, snapshots."""

from tests.access.table import Row, World

ROWS: list[Row] = []


def build(world: World) -> None:
    """Nothing yet."""
