"""The splits of a Pascal VOC set: from the lists in ImageSets/Main, else by the names of folders."""

from functools import partial
from posixpath import dirname, splitext

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import Split
from annotations.formats.errors import FormatError
from annotations.formats.image_names import stem
from annotations.formats.layout import ReadLimits
from annotations.formats.listing import Listing, is_image
from annotations.formats.paths import split_above
from annotations.formats.split_lists import read_list
from annotations.formats.voc.writing import LISTS, SPLITS

BOTH = "trainval"
"""A list of the images in train and in val; alone it does not tell which is in which."""

Key = tuple[str, str]
"""The folder of a list, which holds "ImageSets", and the stem of an image."""


class Splits:
    def __init__(self, listing: Listing, limits: ReadLimits) -> None:
        self.listing, self.limits = listing, limits
        self.findings: list[Finding] = []
        self.found: dict[Key, Split] = {}
        lists = [(name, split) for split in SPLITS for name in _lists(listing, split)]
        lists += self._undivided({_top(name) for name, split in lists if split != "test"})
        self.stems = {stem(name) for name in (*listing.images, *listing.texts_ending(".xml"))} if lists else set()
        for name, split in lists:
            self._read(name, split)
        self.has_lists = bool(lists)

    def of(self, name: str) -> Split | None:
        """Of the image that an XML is about."""
        return self.found.get((dirname(dirname(name)), stem(name))) if self.has_lists else split_above(name)

    def _undivided(self, divided: set[str]) -> list[tuple[str, Split]]:
        both = _lists(self.listing, BOTH)
        for name in both:
            self.listing.see(name)
        alone = [name for name in both if _top(name) not in divided]
        reason = "names images for training and validation together; taken as train"
        self.findings += [Finding(Rule.ONE_SPLIT, name, reason) for name in alone]
        return [(name, "train") for name in alone]

    def _read(self, name: str, split: Split) -> None:
        key_of = partial(self._key, _top(name))
        try:
            self.findings += read_list(self.listing, name, split, key_of, self.found, self.limits.text_bytes)
        except FormatError as error:
            self.findings.append(Finding(Rule.UNREADABLE, name, error.reason, error.line))

    def _key(self, folder: str, line: str) -> Key | None:
        own = splitext(line)[0] if is_image(line) and line not in self.stems else line
        return (folder, own) if own in self.stems else None


def _lists(listing: Listing, called: str) -> list[str]:
    return list(listing.texts_ending(f"{LISTS}/{called}.txt".lower()))


def _top(name: str) -> str:
    return dirname(dirname(dirname(name)))
