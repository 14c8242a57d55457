from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        from annotations.labeling.revising import revised
        from boxwright.storage import needs
        from training import needed_objects

        needs.register(needed_objects)
        revised.connect(_count_suggestions)


def _count_suggestions(*, project: int, images: Sequence[int], **_signal: Any) -> None:
    from training import fates

    fates.count(project, images)
