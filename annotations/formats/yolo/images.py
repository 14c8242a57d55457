"""Which image a label file is about, which split an image is in, and which texts are label files."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property, partial
from posixpath import basename, dirname, splitext

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import Split
from annotations.formats.layout import ReadLimits
from annotations.formats.listing import Listing, is_image
from annotations.formats.paths import ending_of, folders_around, is_absolute, mirrored, split_above
from annotations.formats.split_lists import read_list
from annotations.formats.splits import split_named
from annotations.formats.yolo.descriptions import Description

LABEL_LINE = re.compile(rb"\s*\d+(\.0*)?([ \t]+-?(\d++([.,]\d++)?|[.,]\d++)([eE]-?\d++)?){4,}[ \t]*(\r|\n|$)")
HEAD_BYTES = 4096
NO_LABELS = re.compile(
    r"classes\.txt|predefined_classes\.txt|readme.*\.txt|licen[sc]e.*\.txt|notes\.txt", re.IGNORECASE
)


class Images:
    """Of a listing, by their paths without suffix."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing

    def of(self, text: str) -> tuple[str, ...]:
        """Images of which the label file may speak: those that share its name, where tools expect them."""
        for stem in self._stems(text):
            if found := tuple(self._at(stem)):
                return found
        return ()

    def _stems(self, text: str) -> Iterator[str]:
        stem = splitext(text)[0]
        if image := mirrored(stem):
            yield image
        yield stem

    def _at(self, stem: str) -> Iterator[str]:
        images, start = self.listing.images, f"{stem}."
        place = bisect_left(images, start)
        while place < len(images) and images[place].startswith(start):
            if splitext(images[place])[0] == stem:
                yield images[place]
            place += 1

    def expected(self, text: str) -> str:
        """What the image of a label file would be called, were it here."""
        return (mirrored(splitext(text)[0]) or splitext(text)[0]) + ".jpg"

    @cached_property
    def folders(self) -> frozenset[str]:
        """That hold images, or did where the label files were made, at any depth."""
        holding = {dirname(name) for name in self.listing.images}
        holding |= {dirname(self.expected(name)) for name in self.listing.texts_ending(".txt") if mirrored(name)}
        return frozenset(above for folder in holding for above in folders_around(f"{folder}/x"))

    @cached_property
    def stems(self) -> frozenset[str]:
        here = {splitext(name)[0] for name in self.listing.images}
        return frozenset(here | {splitext(self.expected(name))[0] for name in self.listing.texts_ending(".txt")})


class LabelFiles:
    """Texts with boxes; `others`: those that something else is known of."""

    def __init__(self, listing: Listing, images: Images, others: frozenset[str]) -> None:
        self.listing, self.images, self.others = listing, images, others

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.listing.texts_ending(".txt") if self._is_one(name))

    def _is_one(self, name: str) -> bool:
        if name in self.others or NO_LABELS.fullmatch(basename(name)):
            return bool(self.images.of(name)) and name not in self.others
        if mirrored(name) or self.images.of(name):
            return True
        return has_boxes(self.listing, name) or self._is_bare_negative(name)

    def _is_bare_negative(self, name: str) -> bool:
        return not self.listing.images and not self.listing.head(name, 1)


def has_boxes(listing: Listing, name: str) -> bool:
    return LABEL_LINE.match(listing.head(name, HEAD_BYTES).removeprefix(b"\xef\xbb\xbf")) is not None


class Splits:
    """By what the description says, else by a folder's name. `lists`: the texts that it names, or that name splits."""

    def __init__(self, listing: Listing, images: Images, description: Description | None, limits: ReadLimits) -> None:
        self.listing, self.images = listing, images
        self.findings: list[Finding] = list(description.findings) if description else []
        self.by_folder: dict[str, Split] = {}
        self.by_stem: dict[str, Split] = {}
        self.lists: dict[str, Split] = {}
        for split, path in description.splits if description else ():
            self._place(split, path, description.source if description else "")
        if not self.lists:
            self.lists = dict(lists_named_after_splits(listing))
        for name, split in self.lists.items():
            key_of = partial(self._stem, name)
            self.findings += read_list(listing, name, split, key_of, self.by_stem, limits.text_bytes)

    def of(self, image: str) -> Split | None:
        if split := self.by_stem.get(splitext(image)[0]):
            return split
        said = (self.by_folder[folder] for folder in folders_around(image) if folder in self.by_folder)
        return next(said, None) or split_above(image)

    def _place(self, split: Split, path: str, source: str) -> None:
        if path.lower().endswith(".txt"):
            found, places = ending_of(path, source, frozenset(self.listing.texts_ending(".txt"))), self.lists
        else:
            parts = [part for part in path.split("/") if part not in {"", ".", ".."}]
            least = 1 if is_absolute(path) else min(2, len(parts))
            found, places = ending_of(path, source, self.images.folders, least), self.by_folder
        if found is None:
            self._note(source, f"there is no {path[:200]}, which {split} is said to be")
        elif (other := places.get(found)) is None:
            places[found] = split
        elif other != split:
            places[found] = split if split_named(basename(found)) == split else other
            self._note(source, f"{found or 'the whole'} is said to be {other} and {split}; {places[found]} counts")

    def _stem(self, name: str, line: str) -> str | None:
        return ending_of(splitext(line)[0], name, self.images.stems)

    def _note(self, source: str, reason: str) -> None:
        self.findings.append(Finding(Rule.ONE_SPLIT, source, reason))


def lists_named_after_splits(listing: Listing) -> Iterator[tuple[str, Split]]:
    for name in listing.texts_ending(".txt"):
        split = split_named(splitext(basename(name))[0])
        if split and not mirrored(name) and _lists_images(listing, name):
            yield name, split


def _lists_images(listing: Listing, name: str) -> bool:
    first = listing.head(name, HEAD_BYTES).decode(errors="replace").lstrip("\ufeff").strip().splitlines()[:1]
    return any(is_image(line.strip()) for line in first)
