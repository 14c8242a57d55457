"""The images of one file of VIA as entries: gone through twice, as the label's attribute is to be found first."""

from collections.abc import Callable, Iterator
from typing import Any

from annotations.dataset.findings import Rule
from annotations.formats.gathered import gathered
from annotations.formats.json_stream import shown
from annotations.formats.layout import Entry, Parsed, RawAnnotation, ReadLimits, Unreadable
from annotations.formats.listing import Listing
from annotations.formats.notes import Notes
from annotations.formats.splits import split_named
from annotations.formats.texts import encoding_of
from annotations.formats.via.fields import Fields, regions_of
from annotations.formats.via.projects import ProjectFile
from annotations.formats.via.shapes import annotation, label_in, score_in
from annotations.formats.via.tables import gather, images_of

Images = Callable[[], Iterator[tuple[str, Any]]]


def entries(listing: Listing, limits: ReadLimits, name: str) -> Iterator[Parsed]:
    """Raises FormatError, also while drawn."""
    if name.lower().endswith(".json"):
        project = ProjectFile(listing, name, limits)
        if project.file.finding:
            yield project.file.finding
        declared = [project.attributes(kind) for kind in ("region", "file")]
        options = frozenset(field for one in declared for field, of_it in one.items() if of_it)
        yield from _entries(name, project.images, options)
        return
    encoding, finding = encoding_of(listing, name)
    if finding:
        yield finding
    with gathered(listing) as rows:
        gather(listing, name, encoding, limits, rows)
        yield from _entries(name, lambda: images_of(rows), frozenset())


def _entries(file: str, images: Images, options: frozenset[str]) -> Iterator[Parsed]:
    fields, notes = Fields(options=options), Notes(file)
    for _, image in images():
        if isinstance(image, dict):
            fields.count(image)
    of_regions, of_files = fields.label_of_regions(notes), fields.label_of_files(notes)
    yield from notes.findings()
    for place, image in images():
        yield _entry(file, place, image, of_regions, of_files)


def _entry(file: str, place: str, image: Any, of_regions: str, of_files: str) -> Parsed:
    filename = image.get("filename") if isinstance(image, dict) else None
    if not isinstance(filename, str) or not filename.strip():
        return Unreadable(file, f"{place} is no image: {shown(image)}")
    regions = image.get("regions", [])
    if not isinstance(regions, list | dict):
        return Unreadable(file, f"{place}: its regions are no list: {shown(regions)}", names=(filename,))
    notes = Notes(file, filename)
    if image.get("base64_img_data"):
        notes.add(Rule.EMBEDDED, "the picture in the file (base64_img_data) is not read")
    found = tuple(
        annotation(region, f"{filename} regions[{number}]", of_regions, notes)
        for number, region in enumerate(regions_of(image))
    )
    said = image.get("file_attributes")
    said = said if isinstance(said, dict) else {}
    label = label_in(said, of_files, notes) if of_files else ""
    whole = (RawAnnotation(label, score=score_in(said)),) if label else ()
    split, group = said.get("split"), said.get("group")
    return Entry(
        file,
        (filename,),
        found + whole,
        split=split_named(split) if isinstance(split, str) else None,
        group=group if isinstance(group, str) else "",
        findings=notes.findings(),
    )
