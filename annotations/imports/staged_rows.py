"""What an import has read, as rows that wait: deleted in short transactions, so that nobody waits for them."""

from django.db import transaction

from annotations.models import Import, StagedImage, StagedLabel
from annotations.object_keys import keys_of_image
from boxwright.storage import registry

AT_ONCE = 500


def delete_staged(job: Import) -> None:
    """All of it; may stop in the middle and run again. The collector looks at pictures that nothing names any more."""
    rows = StagedImage.objects.filter(job=job).order_by("pk")
    while batch := list(rows.values_list("pk", "sha256", "is_known")[:AT_ONCE]):
        with transaction.atomic():
            StagedImage.objects.filter(pk__in=[pk for pk, _, _ in batch]).delete()
            stored = (sha256 for _, sha256, is_known in batch if not is_known)
            registry.release(key for sha256 in stored for key in keys_of_image(job.project.team_id, sha256))
    StagedLabel.objects.filter(job=job).delete()
