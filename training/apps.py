from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        from boxwright.storage import needs
        from training import needed_objects

        needs.register(needed_objects)
