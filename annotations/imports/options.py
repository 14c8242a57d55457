"""How an import is to be read and applied, as whoever starts it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from annotations.formats import FORMATS
from annotations.formats.layout import Choices
from boxwright.errors import Invalid, NotAllowed
from boxwright.projects.models import Project
from boxwright.projects.queries import may_make_labels
from boxwright.teams.models import User

ON_KNOWN = ("add", "keep", "replace")
"""What becomes of an image that the project has and that carries annotations: theirs come beside ours, ours stay as
they are, or theirs are taken instead."""


@dataclass(frozen=True, slots=True)
class Options:
    """`create_labels`: None: where the author may. `choices` as in `layout.Choices`, by name.

    `leave_images`: of a bucket: originals stay there, and are read there.
    """

    format_name: str = ""
    create_labels: bool | None = None
    review: bool = False
    choices: Mapping[str, Any] = field(default_factory=dict)
    on_known: str = "add"
    leave_images: bool = False

    def columns(self, project: Project, author: User) -> dict[str, Any]:
        """Of the import's row, beside the format. Raises NotAllowed, Invalid."""
        expect_format(self.format_name)
        may_create = may_make_labels(author, project)
        if self.create_labels and not may_create:
            raise NotAllowed("Only managers make labels: import without adding labels, or ask one to do it.")
        return {
            "create_labels": may_create if self.create_labels is None else self.create_labels,
            "review": self.review,
            "leave_images": self.leave_images,
            "choices": dict(self.choices),
            "decisions": {} if self.on_known == "add" else {"on_known": self.on_known},
        }


def expect_format(name: str) -> None:
    if name and (name not in FORMATS or not FORMATS[name].reads):
        raise Invalid("There is no such format.", {"format": f"expected one of {', '.join(FORMATS)}"})


def choices_of(held: Mapping[str, Any]) -> Choices:
    """As a layout takes them, of what an import's row keeps."""
    return Choices(held.get("boxes_on", "auto"), held.get("first_pixel", 0), dict(held.get("table", {})))


AS_USUAL = Options()
