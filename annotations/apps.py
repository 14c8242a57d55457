from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class AnnotationsConfig(AppConfig):
    name = "annotations"

    def ready(self) -> None:
        from annotations import name_index, needed_objects, removal, split_places
        from boxwright.projects.removal import register
        from boxwright.storage import needs
        from boxwright.teams.members import role_lost

        needs.register(needed_objects)
        register(removal.remove_images)
        role_lost.connect(_end_what_is_theirs)
        connection_created.connect(split_places.teach)
        post_migrate.connect(name_index.make, sender=self)


def _end_what_is_theirs(*, team: Any, user: Any, role: str | None, **_signal: Any) -> None:
    """Whoever may not label any more holds no image, and sends no archive on."""
    from annotations.imports.uploads import delete_uploads_of
    from annotations.queue import release_all
    from boxwright.teams.models import Role
    from boxwright.teams.queries import is_at_least

    if role is None or not is_at_least(role, Role.ANNOTATOR):
        release_all(team=team, user=user)
        delete_uploads_of(team=team, user=user)
