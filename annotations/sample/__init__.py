"""The sample project: made with its labels at once (`project`), its pictures drawn by our own code (`drawing`, pure)."""

from annotations.sample.project import create

__all__ = ["create"]
