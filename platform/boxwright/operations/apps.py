import gc

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "boxwright.operations"

    def ready(self) -> None:
        """What was imported until now stays for ever: nothing looks through it again."""
        gc.freeze()
        gc.enable()
