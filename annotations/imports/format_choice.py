"""Which format an import's archive is read as: the one that was chosen, else the surest."""

from annotations.dataset.findings import Finding, Rule
from annotations.file_names import one_line
from annotations.formats import FORMATS, Format
from annotations.formats.listing import Listing
from annotations.formats.recognition import recognise
from annotations.imports.archives import ArchiveRefused
from annotations.models import Import

LONGEST_REASON = 300


def as_chosen(name: str) -> str:
    return f"Read as {FORMATS[name].title}, as chosen." if name else ""


def format_of(job: Import, listing: Listing) -> Format:
    """Written to the row, so that whoever goes on after a worker's death reads the same. Raises ArchiveRefused."""
    chosen = FORMATS.get(job.format) or _recognised(job, listing)
    if fault := chosen.mismatch(job.project.task):
        raise ArchiveRefused(fault)
    return chosen


def misfit(job: Import, listing: Listing, reason: str) -> str:
    """`reason`, where the format was chosen: with its title, and what the archive was recognised as instead."""
    if not job.format or job.format_reason != as_chosen(job.format):
        return reason
    chosen = FORMATS[job.format]
    if chosen.title not in reason:
        reason = f"{chosen.title} was chosen, and it can't be read so: {reason}"
    found = recognise(listing, job.project.task, FORMATS.values())
    if found.format in (None, chosen):
        return reason
    return f"{reason}. The archive looks like {found.format.title}: {found.reason}"


def _recognised(job: Import, listing: Listing) -> Format:
    found = recognise(listing, job.project.task, FORMATS.values())
    if found.format is None:
        known = ", ".join(found.reasons)
        reasons = tuple(
            Finding(Rule.NOT_THIS_FORMAT, "", f"not {title}: {reason}") for title, reason in found.reasons.items()
        )
        raise ArchiveRefused(f"the archive holds no format that is known here ({known})", reasons)
    job.format = found.format.name
    job.format_reason = one_line(f"Recognised as {found.format.title}: {found.reason}.", LONGEST_REASON)
    Import.objects.filter(pk=job.pk).update(format=job.format, format_reason=job.format_reason)
    return found.format
