"""The annotations of one label, side by side: what a page for review shows, in the order that one looks in."""

from collections.abc import Mapping

from django.db.models import F, Q, QuerySet

from annotations.models import AREA, Annotation
from boxwright.errors import Invalid
from boxwright.projects.models import Label

ORDERS: Mapping[str, tuple[str, ...]] = {
    "newest": ("-created_at", "-image_id", "-id"),
    "oldest": ("created_at", "image_id", "id"),
    "smallest": ("area", "image_id", "id"),
    "largest": ("-area", "-image_id", "-id"),
    "unsure": ("score", "image_id", "id"),
    "author": ("created_by_id", "image_id", "id"),
}
"""Each over an index that begins with the label; a page costs the same wherever it is."""

HAVING: Mapping[str, Q] = {
    "smallest": Q(area__isnull=False),
    "largest": Q(area__isnull=False),
    "unsure": Q(score__isnull=False),
    "author": Q(created_by__isnull=False),
}
"""What an order leaves out has nothing to be ordered by: no box, no score, or an author whose account is gone."""


def labelled(label: Label, order: str) -> QuerySet[Annotation]:
    """Boxes of the label, or the labels of whole images; each with its image and its author's name."""
    if order not in ORDERS:
        raise Invalid("There is no such order.", {"order": f"expected one of {', '.join(ORDERS)}"})
    rows = Annotation.objects.filter(label=label).annotate(area=AREA, created_by_name=F("created_by__name"))
    return rows.select_related("image").filter(HAVING.get(order, Q()))
