from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    name = "annotations"

    def ready(self) -> None:
        from annotations import holdings, removal
        from boxwright.projects.removal import register
        from boxwright.storage import needs

        needs.register(holdings)
        register(removal.remove_pictures)
