"""Making an artifact: a child process that exports and measures, its file stored, its row filled."""

import json
from typing import Any

from django.db import transaction

from boxwright.jobs import Beat
from boxwright.storage import registry, store
from training import object_keys
from training.models import Artifact
from training.work import inputs
from training.work.exits import Killed
from training.work.following import follow
from training.work.process import Child


def make_artifact(artifact: Artifact, beat: Beat) -> None:
    Exporting(artifact, beat).go()


class Exporting:
    """One attempt at an artifact."""

    def __init__(self, artifact: Artifact, beat: Beat) -> None:
        self.artifact, self.beat, self.folder = artifact, beat, beat.folder
        self.site = inputs.Site(beat, store())

    def go(self) -> None:
        inputs.lay_export(self.artifact, self.site)
        try:
            self._make()
        except Killed:
            self._make()  # once more: what takes the memory may be gone
        self._succeed()

    def _make(self) -> None:
        wanted = ["--target", self.artifact.target, "--quantization", self.artifact.quantization]
        if self.artifact.released:
            wanted.append("--released")
        child = Child("export", str(self.folder), *wanted, temporary=self.folder / "tmp")
        follow(child, self.beat, self._failed)

    def _failed(self) -> dict[str, Any]:
        described = self._described()
        parity = described.get("parity")
        return {"parity": parity and parity | {"worst": described.get("worst")}}

    def _succeed(self) -> None:
        described = self._described()
        key = object_keys.artifact(self.artifact, described["sha256"])
        with (self.folder / "out" / "artifact.zip").open("rb") as file:
            self.site.put(key, file)
        fields = ("size", "sha256", "files", "parity", "metrics", "eight_bits", "latency_ms")
        with transaction.atomic():
            registry.confirm([key])
            self.beat.finish(key=key, **{name: described[name] for name in fields})

    def _described(self) -> dict[str, Any]:
        path = self.folder / "out" / "artifact.json"
        described: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return described
