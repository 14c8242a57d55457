"""Any folder or zip of a known format as a run folder: manifest, `snapshot.json`, images under their hashes."""

import hashlib
import json
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.manifest import write_manifest
from annotations.dataset.records import ImageRecord, Task
from annotations.dataset.split import split_of
from annotations.formats import FORMATS, Format
from annotations.formats.errors import FormatError
from annotations.formats.layout import Header, ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, read
from annotations.formats.recognition import recognise
from annotations.imaging import Refused, probe
from training.engine.errors import DataError
from training.engine.progress import Progress, stop_if_asked

ABOUT, MANIFEST, IMAGES = "snapshot.json", "manifest.jsonl", "images"
SEED = 0
"""Of the splits of images whose files name none."""
LIMITS = ReadLimits(text_bytes=2**30, annotations=100_000)
"""Wider than a server's: whoever calls this reads files of their own."""


def is_run_folder(folder: Path) -> bool:
    return (folder / ABOUT).is_file() and (folder / MANIFEST).is_file()


def lay_run_folder(source: Path, folder: Path, task: Task | None, format_name: str, progress: Progress) -> None:
    """Make `folder` a run folder of what `source` holds: a folder or a zip, of a known format or a snapshot.

    Pictures of a folder are linked, not copied. `format_name`: "auto", or a row of FORMATS. Raises DataError.
    """
    if not source.exists():
        raise DataError(f"There is no {source}: give a run folder, a zip, or a folder of pictures and annotations.")
    folder.mkdir(parents=True, exist_ok=True)
    place = source if source.is_dir() else _unpacked(source, folder / "source")
    if is_run_folder(place):
        link_run_folder(place, folder)
    else:
        _lay(place, folder, task, format_name, progress)


def link_run_folder(source: Path, folder: Path) -> None:
    """The same data set in another run folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (ABOUT, MANIFEST, IMAGES):
        _remove(folder / name)
        (folder / name).symlink_to((source / name).resolve())


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _unpacked(source: Path, folder: Path) -> Path:
    _remove(folder)
    try:
        with zipfile.ZipFile(source) as archive:
            archive.extractall(folder)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise DataError(f"{source} is no folder and no zip that can be read: {error}.") from error
    return folder


def _lay(source: Path, folder: Path, task: Task | None, format_name: str, progress: Progress) -> None:
    listing = Listing(source)
    chosen = _format(listing, task, format_name, progress)
    images = folder / IMAGES
    _remove(images)
    images.mkdir()
    try:
        reading = read(chosen.layout, listing, LIMITS)
        laid = _Laying(listing, images, reading.header).taken(reading.records, progress)
    except FormatError as error:
        raise DataError(f"{error.file or source} can't be read as {chosen.title}: {error.reason}.") from error
    laid.expect_validation(progress)
    laid.write(folder, source.name, task or laid.task(chosen))
    laid.tell(progress)


def _format(listing: Listing, task: Task | None, name: str, progress: Progress) -> Format:
    if name != "auto":
        return FORMATS[name]
    found = recognise(listing, task or "", FORMATS.values())
    if found.format is None:
        known = ", ".join(row.title for row in FORMATS.values())
        raise DataError(f"{listing.root} has the files of no known format: {known}.")
    progress.on_log(f"Reading as {found.format.title}: {found.reason}")
    return found.format


@dataclass
class _Laying:
    """What was taken so far, each picture once."""

    listing: Listing
    folder: Path
    header: Header
    images: dict[str, ImageRecord] = field(default_factory=dict)
    counts: Counter[Rule] = field(default_factory=Counter)
    first: dict[Rule, Finding] = field(default_factory=dict)

    def taken(self, records: Iterator[Found], progress: Progress) -> "_Laying":
        for found in records:
            stop_if_asked(progress)
            self._note(*found.findings)
            if found.image:
                self._take(found, found.image)
        return self

    def task(self, chosen: Format) -> Task:
        """What the files carry."""
        annotations = [one for image in self.images.values() for one in image.annotations]
        if self.header.task or not annotations:
            return self.header.task or chosen.tasks[0]
        return "detection" if any(one.box for one in annotations) else "classification"

    def expect_validation(self, progress: Progress) -> None:
        """Where the files name other splits but no validation, a fifth of the training images validates."""
        splits = Counter(image.split for image in self.images.values() if image.is_labelled)
        if splits["val"] or not splits["train"]:
            return
        progress.on_log("The files name no validation images: a fifth of the training images is taken.")
        for sha256, image in self.images.items():
            if image.split == "train":
                self.images[sha256] = replace(image, split=split_of(image.group or sha256, SEED))

    def write(self, folder: Path, name: str, task: Task) -> None:
        images = [_of_task(self.images[sha256], task) for sha256 in sorted(self.images)]
        labels = dict.fromkeys(label.strip() for label in self.header.labels)
        labels |= dict.fromkeys(one.label for image in images for one in image.annotations)
        about = {"project": {"name": name, "task": task, "seed": SEED}, "labels": [{"name": one} for one in labels]}
        (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")
        write_manifest(folder / MANIFEST, images)

    def tell(self, progress: Progress) -> None:
        splits = Counter(image.split for image in self.images.values() if image.is_labelled)
        counted = ", ".join(f"{count} {split}" for split, count in sorted(splits.items())) or "none"
        progress.on_log(f"{len(self.images)} images; labelled: {counted}")
        for rule, count in self.counts.items():
            first = self.first[rule]
            progress.on_log(f"{rule.title}: {count}, first {first.file}: {first.reason}")

    def _take(self, found: Found, name: str) -> None:
        path = self.listing.path(name)
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            if sha256 in self.images:
                self._note(Finding(Rule.SAME_PICTURE, name, f"the same as {self.images[sha256].name}"))
                return
            try:
                size = probe(file, LIMITS.picture)
            except Refused as refusal:
                self._note(Finding(Rule.IMAGE_REFUSED, name, refusal.reason))
                return
        self._place(path, sha256, is_inside=name in self.listing.inside)
        queue = "labelled" if found.annotated and (found.annotations or not found.left_out) else "unlabelled"
        split = found.split or split_of(found.group or sha256, SEED)
        self.images[sha256] = ImageRecord(
            found.name or path.name,
            sha256,
            size.width,
            size.height,
            path.stat().st_size,
            queue,
            split,
            found.annotations,
            found.group,
        )

    def _place(self, path: Path, sha256: str, *, is_inside: bool) -> None:
        if is_inside:
            shutil.copyfile(path, self.folder / sha256)
        else:
            (self.folder / sha256).symlink_to(path.resolve())

    def _note(self, *findings: Finding) -> None:
        for finding in findings:
            self.counts[finding.rule] += 1
            self.first.setdefault(finding.rule, finding)


def _of_task(image: ImageRecord, task: Task) -> ImageRecord:
    """With the annotations that say something to the task; of a whole image the first."""
    kept = tuple(one for one in image.annotations if bool(one.box) == (task == "detection"))
    return replace(image, annotations=kept[:1] if task == "classification" else kept)
