"""CSV: a row for each box, or for each image, in one of the many ways that tools write it.

Recognised are the separator, whether there is a first line of names, which column is what, whether the numbers are
corners, a corner with a size or a centre with a size, and whether they are pixels or shares. `Header.read_as` says what
was assumed; `Choices.table` says otherwise, by the same keys:

`delimiter`: "," ";" "tab" or "|". `header`: "yes" or "no". `coordinates`: "corners", "size" or "centre".
`unit`: "pixels" or "shares". And columns, by their number from 1 or by the name in the first line: `image`, `label`,
`split`, `group`, `score`, `width` and `height` (of the image), `box` (four of them, or one that holds all four
numbers); "-": there is none.

Written: pictures in `images/`, `annotations.csv` with TensorFlow's columns and some more, `classes.csv` with the labels
in their order. What a spreadsheet would take for a formula stands behind an apostrophe, which is not read.
"""

from collections.abc import Iterable, Iterator

from annotations.dataset.records import ImageRecord, Task
from annotations.formats.csv.classes import classes_of
from annotations.formats.csv.plans import Plan, plan_of
from annotations.formats.csv.reading import entries_of
from annotations.formats.csv.writing import losses_of_labels, write
from annotations.formats.errors import FormatError
from annotations.formats.layout import Header, Layout, Parsed, Part, ReadLimits, Recognition, Unreadable
from annotations.formats.listing import Listing


class Csv(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        names = _tables(listing)
        for name in names:
            plan = plan_of(listing, name, {})
            if isinstance(plan, Plan):
                return Recognition(plan.confidence, f"{name} has the columns {plan.told}")
        return Recognition(0.0, "no CSV has a column of images and one of labels or boxes" if names else "no CSV")

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        plans, others, labels = list[Plan](), list[Unreadable](), list[str]()
        for name in _tables(listing):
            plan = plan_of(listing, name, limits.choices.table)
            if isinstance(plan, Plan):
                plans.append(plan)
            elif (found := classes_of(listing, name, limits)) is not None:
                labels += found
            else:
                others.append(Unreadable(name, plan))
        if not plans:
            first = others[0] if others else Unreadable("", "there is no CSV of images")
            raise FormatError(first.reason, file=first.source)
        task: Task = "detection" if any(plan.box for plan in plans) else "classification"
        header = Header(task, tuple(dict.fromkeys(labels)), read_as=plans[0].read_as)
        return header, entries_of(listing, plans, others, limits)

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        return write(header, images)

    def loses_of_labels(self, header: Header) -> Iterable[str]:
        return losses_of_labels(header)


def _tables(listing: Listing) -> list[str]:
    return list(listing.texts_ending(".csv", ".tsv"))
