"""Frozen, numbered states of a project: numbered and queued, built from one consistent read, read again, downloaded."""

from annotations.snapshots.building import build_snapshot, create_snapshot, diff_of, expect_built, records_of

__all__ = ["build_snapshot", "create_snapshot", "diff_of", "expect_built", "records_of"]
