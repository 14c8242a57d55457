"""Short names for URLs, unique without asking anybody."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.text import slugify

Row = TypeVar("Row", bound=models.Model)

ATTEMPTS = 8
# Both models allow 60 and more: room for a number at the end.
LENGTH = 50


def create_with_slug(model: type[Row], name: str, fallback: str, create: Callable[[str], Row]) -> Row:
    """`create(slug)` with the first free one of name, name-2, name-3, …; tried anew if it is taken meanwhile."""
    stem = slugify(name)[:LENGTH].strip("-") or fallback
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return create(_free(model, stem))
        except IntegrityError:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _free(model: type[models.Model], stem: str) -> str:
    taken = set(model._default_manager.filter(slug__startswith=stem).values_list("slug", flat=True))
    number = 1
    while (slug := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return slug
