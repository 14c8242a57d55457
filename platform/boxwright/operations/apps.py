import gc

from django.apps import AppConfig

from boxwright.lean_imports import import_without

# Before any model is: a client that we don't use, and the fields of a database that may be another, took a quarter of
# each start.
import_without("rest_framework.compat", "requests", "psycopg")


class OperationsConfig(AppConfig):
    name = "boxwright.operations"

    def ready(self) -> None:
        """What was imported until now stays for ever: nothing looks through it again."""
        gc.freeze()
        gc.enable()
