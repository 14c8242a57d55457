"""Decoded pictures: in a mapped file as far as they fit, beyond that decoded when they are asked for."""

import math
import mmap
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Self, overload

import numpy as np
import numpy.typing as npt

from training.engine.tiles import starts

RESIDENT = 2**27
"""Bytes of the mapped file that are touched before its pages are let go: they stay in the system's cache."""

Square = npt.NDArray[np.uint8]
"""One image [S, S, 3], RGB, stretched without letterbox."""


class Squares:
    """Squares [S, S, 3] in their order: the first ones are `kept` [k, S, S, 3], each of the others is `decode(i)`."""

    def __init__(self, count: int, kept: npt.NDArray[np.uint8], decode: Callable[[int], Square], threads: int) -> None:
        self._count, self._kept, self._decode = count, kept, decode
        self._pool = ThreadPoolExecutor(threads)
        self._ahead: dict[int, Future[Square]] = {}
        self._touched = 0

    @classmethod
    def streaming(cls, count: int, decode: Callable[[int], Square], image_size: int) -> Self:
        """None of them kept."""
        return cls(count, np.zeros((0, image_size, image_size, 3), np.uint8), decode, threads=1)

    def chosen(self, indices: Sequence[int]) -> "Squares":
        """Some of them, as they are asked for."""
        return Squares(len(indices), self._kept[:0], lambda k: self[indices[k]], threads=1)

    @classmethod
    def kept(cls, squares: npt.NDArray[np.uint8]) -> Self:
        """All of them in memory."""
        return cls(len(squares), squares, squares.__getitem__, threads=1)

    def __len__(self) -> int:
        return self._count

    @property
    def shape(self) -> tuple[int, ...]:
        return (self._count, *self._kept.shape[1:])

    @property
    def streamed(self) -> int:
        """How many are decoded anew each time."""
        return self._count - len(self._kept)

    @overload
    def __getitem__(self, i: int) -> Square: ...

    @overload
    def __getitem__(self, i: slice) -> npt.NDArray[np.uint8]: ...

    def __getitem__(self, i: int | slice) -> npt.NDArray[np.uint8]:
        """One, or some [n, S, S, 3]."""
        if isinstance(i, slice):
            return self._some(range(self._count)[i])
        if not 0 <= i < self._count:
            raise IndexError(i)
        if i < len(self._kept):
            self._touch(1)
            kept: Square = self._kept[i]
            return kept
        coming = self._ahead.pop(i, None)
        return coming.result() if coming else self._decode(i)

    def _touch(self, count: int) -> None:
        self._touched += count
        if self._touched * math.prod(self._kept.shape[1:]) > RESIDENT:
            let_go(self._kept)
            self._touched = 0

    def prepare(self, indices: Iterable[int]) -> None:
        """Begin to decode what will be asked for next; what was prepared and not asked for is dropped."""
        wanted = {i for i in indices if i >= len(self._kept)}
        for i in self._ahead.keys() - wanted:
            self._ahead.pop(i).cancel()
        for i in wanted - self._ahead.keys():
            self._ahead[i] = self._pool.submit(self._decode, i)

    def _some(self, wanted: range) -> npt.NDArray[np.uint8]:
        if not wanted or wanted[-1] < len(self._kept):
            self._touch(len(wanted))
            return self._kept[wanted.start : wanted.stop : wanted.step]
        self.prepare(wanted)
        return np.stack([self[i] for i in wanted])


def cut(squares: npt.NDArray[np.uint8], tile: int, count: int) -> npt.NDArray[np.uint8]:
    """The `count`² tiles [n * count², tile, tile, 3] of each square [n, S, S, 3], in the order of `tiles.windows`."""
    if count == 1:
        return squares
    first = starts(tile, count)
    parts = [squares[:, y : y + tile, x : x + tile] for y in first for x in first]
    return np.stack(parts, 1).reshape(-1, tile, tile, 3)


def room_for(count: int, image_size: int, folder: Path) -> npt.NDArray[np.uint8]:
    """Squares backed by a nameless file: the system may page them out, and they vanish with the process."""
    shape = (count, image_size, image_size, 3)
    if count == 0:
        return np.zeros(shape, np.uint8)
    with tempfile.TemporaryFile(dir=folder) as file:
        if hasattr(os, "posix_fallocate"):  # a full disk is told now, not by a killed process; macOS has none
            os.posix_fallocate(file.fileno(), 0, math.prod(shape))
        return np.memmap(file, np.uint8, "w+", shape=shape)


def let_go(squares: npt.NDArray[np.uint8]) -> None:
    """Take a mapped file's pages out of the process's memory; what is in them is read again from the file."""
    mapped = getattr(squares, "_mmap", None)
    if isinstance(mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)
