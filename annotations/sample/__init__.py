"""The sample project: made at once (`project`), its pictures drawn in an import (`drawing`, pure)."""

from annotations.sample.project import create, lay_images

__all__ = ["create", "lay_images"]
