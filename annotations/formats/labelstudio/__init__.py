"""Label Studio: tasks with their annotations as JSON, boxes in percent; its short form JSON_MIN is read too.

`label_config.xml`, the project's labelling interface, tells the labels in their order where it lies beside.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import ImageRecord
from annotations.formats.each_file import each_file
from annotations.formats.errors import FormatError
from annotations.formats.labelstudio.tasks import entries
from annotations.formats.labelstudio.writing import CONFIG, losses_of_labels, write
from annotations.formats.layout import Header, Layout, Parsed, Part, ReadLimits, Recognition
from annotations.formats.listing import Listing
from annotations.formats.xml_texts import elements

HEAD_BYTES = 2**16
MOST_LOOKED_AT = 50
ANSWERS = re.compile(rb'"(annotations|completions)"\s*:')
RESULT = re.compile(rb'"result"\s*:\s*\[')
DATA = re.compile(rb'"data"\s*:\s*\{\s*"')
SHORT = re.compile(rb'"(annotation_id|annotator|rectanglelabels)"\s*:')


class LabelStudio(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        names = [name for name, _ in zip(listing.texts_ending(".json"), range(MOST_LOOKED_AT), strict=False)]
        sure = max(((_confidence(listing.head(name, HEAD_BYTES)), name) for name in names), default=(0.0, ""))
        if not sure[0]:
            return Recognition(0.0, "no JSON file is a list of tasks" if names else "there is no JSON file")
        return Recognition(sure[0], f"{sure[1]} is a list of tasks, as Label Studio exports them")

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        names = tuple(listing.texts_ending(".json"))
        labels, findings = _labels(listing, limits)
        return Header(labels=labels), chain(findings, each_file(names, partial(entries, listing, limits)))

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        return write(header, images)

    def loses_of_labels(self, header: Header) -> Iterable[str]:
        return losses_of_labels(header)


def _confidence(head: bytes) -> float:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith((b"[", b"{")):
        return 0.0
    if RESULT.search(text) and ANSWERS.search(text):
        return 1.0 if text.startswith(b"[") else 0.9
    if text.startswith(b"[") and SHORT.search(text):
        return 0.9
    return 0.5 if text.startswith(b"[") and DATA.search(text) else 0.0


def _labels(listing: Listing, limits: ReadLimits) -> tuple[tuple[str, ...], list[Finding]]:
    """In the order of the labelling interface."""
    labels: dict[str, None] = {}
    findings = []
    for name in listing.texts_ending(CONFIG):
        try:
            for node in elements(listing, name, "View", ("Label", "Choice"), limits.text_bytes):
                parent = node.getparent()
                if parent is None or parent.get("perRegion") != "true":
                    labels.setdefault((node.get("value") or "").strip())
                if len(labels) > limits.labels:
                    break
        except FormatError as error:
            findings.append(Finding(Rule.UNREADABLE, name, error.reason, error.line))
    labels.pop("", None)
    return tuple(labels), findings
