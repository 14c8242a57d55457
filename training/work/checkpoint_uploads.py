"""Checkpoints on their way into the object store, while training goes on."""

import os
import shutil
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from boxwright.errors import DomainError, Unavailable
from boxwright.jobs import Beat, stopping
from boxwright.storage import ObjectStore, registry
from boxwright.storage.named import Named, sha256_of_path
from training import object_keys
from training.models import Run
from training.run_files import CHECKPOINT, Files, files_of, name_files

LAST_TRIES = 4


class Uploads:
    """Sends what changed in `out/`, one batch at a time; of checkpoints that come meanwhile, the newest.

    The row names a batch once all of it lies there. Rows are written by the caller's thread, bytes by another.
    """

    def __init__(self, run: Run, folder: Path, objects: ObjectStore) -> None:
        self._run = run
        self._out, self._outbox = folder / "out", folder / "outbox"
        self._objects = objects
        self._pool = ThreadPoolExecutor(1)
        self._batch: Future[Files] | None = None
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
            staged = self._stage()
            registry.announce(one.key for one in staged.values())
            self._batch = self._pool.submit(self._send, staged)

    def finish(self, beat: Beat | None) -> None:
        """Wait until all is sent, keeping the job if `beat` is given. Raises what the last try failed with."""
        for tries in range(LAST_TRIES):
            stopping.wait(tries)
            self.offer()
            while self._batch is not None:
                if beat is not None:
                    beat.check()
                self._await()
            if not self.problem:
                return
        raise Unavailable(f"The checkpoint could not be stored: {self.problem}")

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
            if sent := batch.result():
                name_files(self._run, sent)
        except DomainError as error:
            self.problem = error.detail

    def _stage(self) -> Files:
        """Hold on to the files as they are now: the engine replaces them, and never writes into them."""
        shutil.rmtree(self._outbox, ignore_errors=True)
        self._outbox.mkdir()
        named, staged = files_of(self._run), {}
        for name in CHECKPOINT:
            if not (self._out / name).exists():
                continue
            os.link(self._out / name, self._outbox / name)
            sha256 = sha256_of_path(self._outbox / name)
            if name not in named or named[name].sha256 != sha256:
                staged[name] = Named(object_keys.run_file(self._run, sha256, name), sha256)
        return staged

    def _send(self, staged: Mapping[str, Named]) -> Files:
        for name, one in staged.items():
            with (self._outbox / name).open("rb") as file:
                self._objects.put(one.key, file)
        return dict(staged)
