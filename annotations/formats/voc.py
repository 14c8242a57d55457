"""Pascal VOC: an XML file beside each image, with boxes in pixels. As LabelImg and its kin write it.

Coordinates are taken as they stand, as pixels with the origin at 0: the tools that write VOC today count so. Each
XML is hostile until parsed: no DTD, no entity, no network; what it says of the image's size yields to the image.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from annotations.dataset.boxes import fit
from annotations.dataset.findings import Finding, Severity
from annotations.dataset.records import AnnotationRecord
from annotations.formats.format import Format, Found, ReadLimits, TooLong, bounded_bytes, files_in
from annotations.formats.image_lookup import Pictures
from annotations.formats.sizes import bring_onto
from annotations.formats.voc_write import write
from annotations.formats.voc_xml import Page, VocError, parse, show
from annotations.imaging import Probe, Refused, probe

ROOT = re.compile(rb"<annotation[\s>]")


def sniff(folder: Path) -> bool:
    return any(_speaks_voc(path) for path in files_in(folder) if path.suffix.lower() == ".xml")


def _speaks_voc(path: Path) -> bool:
    with path.open("rb") as file:
        return ROOT.search(file.read(4096)) is not None


def read(folder: Path, limits: ReadLimits) -> Iterator[Found]:
    """One Found for each XML, then one for each image that no XML speaks of."""
    pictures = Pictures(folder)
    for path in files_in(folder):
        if path.suffix.lower() == ".xml":
            yield _read_page(path, pictures, limits)
    for path in pictures.unspoken():
        yield Found(path, source=path.relative_to(folder).as_posix())


def _read_page(xml: Path, pictures: Pictures, limits: ReadLimits) -> Found:
    name = xml.relative_to(pictures.folder).as_posix()
    try:
        page = parse(bounded_bytes(xml, limits.text_bytes), limits.annotations)
    except TooLong as error:
        return _refused(xml, name, pictures, VocError(str(error)))
    except VocError as error:
        return _refused(xml, name, pictures, error)
    path = pictures.of(xml, page.filename)
    if path is None:
        missing = page.filename or f"{xml.stem}.jpg"
        return Found(source=name, findings=(Finding("error", name, f"the archive has no image {missing}"),))
    if path in pictures.taken:
        reason = f"{path.name} already has annotations from {pictures.taken[path]}; these are left out"
        return Found(source=name, findings=(Finding("error", name, reason),))
    pictures.taken[path] = name
    try:
        with path.open("rb") as file:
            return _found(path, name, page, probe(file, limits.picture))
    except Refused as refusal:
        return Found(source=name, findings=(Finding("error", _name(path, pictures), refusal.reason),))


def _refused(xml: Path, name: str, pictures: Pictures, error: VocError) -> Found:
    """The image of an unreadable XML is held back too: as it stands it would look unlabelled."""
    findings = [Finding("error", name, error.reason, error.line)]
    path = pictures.of(xml, "")
    if path is not None and path not in pictures.taken:
        pictures.taken[path] = name
        findings.append(Finding("error", _name(path, pictures), f"left out with its annotation file {name}"))
    return Found(source=name, findings=tuple(findings))


def _name(path: Path, pictures: Pictures) -> str:
    return path.relative_to(pictures.folder).as_posix()


def _found(path: Path, name: str, page: Page, picture: Probe) -> Found:
    findings: list[Finding] = []

    def say(severity: Severity, reason: str, line: int | None = None) -> None:
        findings.append(Finding(severity, name, reason, line))

    if page.filename and PurePosixPath(page.filename).stem.lower() != path.stem.lower():
        say("warning", f"names the image {page.filename}, which is not there; {path.name} is taken")
    placed = bring_onto(page.size, picture, say)
    annotations: list[AnnotationRecord] = []
    lines: list[int | None] = []
    for item in page.objects:
        box = placed(item.box) if item.box else None
        inside = fit(box, picture.width, picture.height) if box else None
        if inside is None:
            where = f"{item.box and show(item.box)} outside the image of {picture.width}×{picture.height}"
            say("error", f"{item.problem or f'the box of {item.name!r} lies {where}'}; left out", item.line)
            continue
        if inside != box:
            reason = (
                f"the box of {item.name!r} reached outside the image of {picture.width}×{picture.height}; cut to it"
            )
            say("warning", reason, item.line)
        annotations.append(AnnotationRecord(item.name, inside, source="import"))
        lines.append(item.line)
    left_out = len(page.objects) - len(annotations)
    return Found(path, tuple(annotations), True, left_out, name, tuple(lines), tuple(findings))


VOC = Format("voc", "Pascal VOC", ("detection",), sniff, read, write)
