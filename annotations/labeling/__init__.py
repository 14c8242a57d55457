"""The annotations of one image: saved, merged with what others saved, restored; each change a revision."""

from annotations.labeling.saving import restore, save

__all__ = ["restore", "save"]
