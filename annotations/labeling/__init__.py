"""The annotations of one image: saved, merged with what others saved, restored; each change a revision."""

from annotations.labeling.revisions import state_at
from annotations.labeling.saving import SameAnnotations, restore, save

__all__ = ["SameAnnotations", "restore", "save", "state_at"]
