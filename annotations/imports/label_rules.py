"""Whether an import may add labels."""

from annotations.models import Import
from boxwright.projects.queries import may_make_labels


def may_add_labels(job: Import) -> bool:
    """Asked when it runs: its author may have been a manager when it began. Whoever reviewed it was asked then."""
    return job.create_labels and (job.is_decided or may_make_labels(job.created_by, job.project))
