"""Databases as older installations have them, for tests of what migrations carry over."""

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def back_before(app: str, migration: str) -> Any:
    """Undo this migration and what builds on it; the apps with their models as they were then."""
    executor = MigrationExecutor(connection)
    parents = executor.loader.graph.node_map[(app, migration)].parents
    return executor.migrate([(parent.key[0], parent.key[1]) for parent in parents]).apps


def forward() -> None:
    """Every migration there is."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
