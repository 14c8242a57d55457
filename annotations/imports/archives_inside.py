"""Archives that lie in an archive: never unpacked, and told."""

from annotations.dataset.findings import Finding, Rule
from annotations.formats.listing import Listing

ENDINGS = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar")


def archives_inside(listing: Listing) -> tuple[Finding, ...]:
    reason = "an archive inside the archive is not unpacked; send it as an import of its own"
    found = tuple(Finding(Rule.UNREADABLE, name, reason) for name in listing.texts_ending(*ENDINGS))
    for finding in found:
        listing.see(finding.file)
    return found
