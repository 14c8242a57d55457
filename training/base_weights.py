"""Files of base weights on this machine and in the store: which models have one, and how a run's folder gets it."""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

from boxwright.errors import Unavailable
from boxwright.storage import ObjectStore, store
from boxwright.storage.named import Named
from training import object_keys
from training.engine.catalog import MODELS, model_info
from training.engine.model_info import ModelInfo
from training.models import Run

FOLDER = "weights"
"""Where the engine looks, and downloads to, inside a run's folder."""


class RunFolder(Protocol):
    """A run's folder while it is being filled."""

    @property
    def folder(self) -> Path: ...

    @property
    def objects(self) -> ObjectStore: ...

    def fetch(self, wanted: Named, name: str) -> None: ...

    def put(self, key: str, file: BinaryIO) -> None: ...


def available_models(models: Iterable[ModelInfo] | None = None) -> set[str]:
    """Names of those (else of the zoo's) whose weights lie on this machine or in the store: a run downloads nothing."""
    asked = list(MODELS.values() if models is None else models)
    local = {info.name for info in asked if is_on_this_machine(info)}
    try:
        stored = _stored_files(store())
    except Unavailable:
        return local
    return local | {info.name for info in asked if stored.intersection(info.weight_files)}


def is_on_this_machine(info: ModelInfo) -> bool:
    folder = settings.WEIGHTS_DIR
    return folder is not None and any((folder / name).is_file() for name in info.weight_files)


def lay(run: Run, site: RunFolder) -> None:
    """Fetch the weights that `run` starts from, where the engine will not find them on this machine."""
    info = model_info(run.model)
    if run.base == "catalogue" and not is_on_this_machine(info):
        stored = _stored_files(site.objects)
        for name in [name for name in info.weight_files if name in stored][:1]:
            site.fetch(Named(object_keys.WEIGHTS + name), f"{FOLDER}/{name}")


def keep(run: Run, site: RunFolder) -> None:
    """Store the weights that the engine has downloaded: no machine downloads them again."""
    names = model_info(run.model).weight_files
    for path in sorted(path for path in (site.folder / FOLDER).glob("*") if path.name in names):
        key = object_keys.WEIGHTS + path.name
        if not site.objects.exists(key):
            with path.open("rb") as file:
                site.put(key, file)


def _stored_files(objects: ObjectStore) -> set[str]:
    return {key.removeprefix(object_keys.WEIGHTS) for key in objects.list(object_keys.WEIGHTS)}
