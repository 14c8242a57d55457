"""Checkpoints on their way into the object store, while training goes on."""

import os
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from boxwright.errors import DomainError
from boxwright.jobs import stopping
from boxwright.storage import ObjectStore
from training import keys
from training.hold import Hold
from training.models import Run

NAMES = ("best.pt", "evaluation.json", "last.pt")
"""In this order: whoever finds `last.pt` finds the others."""

LAST_TRIES = 4
Version = tuple[int, int]


class Uploads:
    """Sends what changed in `out/`, one batch at a time; of checkpoints that come meanwhile, the newest."""

    def __init__(self, run: Run, folder: Path, objects: ObjectStore) -> None:
        self._keys = {name: keys.run_file(run, name) for name in NAMES}
        self._out, self._outbox = folder / "out", folder / "outbox"
        self._objects = objects
        self._sent: dict[str, Version] = {}
        self._pool = ThreadPoolExecutor(1)
        self._batch: Future[None] | None = None
        self._wanted = False
        self.problem = ""

    def offer(self) -> None:
        """There is a new checkpoint in `out/`."""
        self._wanted = True
        self.tend()

    def tend(self) -> None:
        """Begin the next batch when the last one is done; a failed one is tried again with the next checkpoint."""
        if self._batch is not None and self._batch.done():
            self._settle()
        if self._batch is None and self._wanted:
            self._wanted = False
            self._batch = self._pool.submit(self._send, self._stage())

    def finish(self, hold: Hold | None) -> None:
        """Wait until all is sent, keeping the job if `hold` is given. Raises what the last try failed with."""
        for tries in range(LAST_TRIES):
            stopping.wait(tries)
            self.offer()
            while self._batch is not None:
                if hold is not None:
                    hold.check()
                self._await()
            if not self.problem:
                return
        raise DomainError(f"The checkpoint could not be stored: {self.problem}")

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _await(self) -> None:
        assert self._batch is not None
        try:
            self._batch.exception(timeout=0.2)
        except TimeoutError:
            return
        self._settle()
        self.tend()

    def _settle(self) -> None:
        """Note how the batch ended. What is no refusal by the store is a bug, and is raised."""
        assert self._batch is not None
        batch, self._batch = self._batch, None
        self.problem = ""
        try:
            batch.result()
        except DomainError as error:
            self.problem = error.detail

    def _stage(self) -> dict[str, Version]:
        """Hold on to the files as they are now: the engine replaces them, and never writes into them."""
        shutil.rmtree(self._outbox, ignore_errors=True)
        self._outbox.mkdir()
        staged = {}
        for name in NAMES:
            source = self._out / name
            if source.exists() and (version := _version(source)) != self._sent.get(name):
                os.link(source, self._outbox / name)
                staged[name] = version
        return staged

    def _send(self, staged: dict[str, Version]) -> None:
        for name, version in staged.items():
            with (self._outbox / name).open("rb") as file:
                self._objects.put(self._keys[name], file)
            self._sent[name] = version


def _version(path: Path) -> Version:
    stat = path.stat()
    return stat.st_ino, stat.st_mtime_ns
