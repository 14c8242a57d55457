"""Which parameters a run's `freeze` holds still: torch-free, so that the web process can check and show it.

auto                        what the run's start chooses, see `transfer`; nothing until then
none                        nothing but what the family itself holds still
trunk                       what the family calls its trunk
early                       the first two thirds of the trunk's layers; the other third begins at random
layers:13                   the first 13 layers from the input, as darknet's users count convolutions
blocks:backbone,head.extra  the parameters under these dotted names
match:(backbone|fpn)        the parameters whose name the regular expression is found in
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import prod
from pathlib import Path
from typing import Any, Literal

from training.engine import patterns
from training.engine.errors import ConfigError

GRAMMAR = "auto, none, trunk, early, layers:<count>, blocks:<name>,<name> or match:<regular expression>"
PLAIN = ("auto", "none", "trunk", "early")
LONGEST = 300
FIRST_NAMES = 3
SHOWN_NAMES = 50
"""Kernels named in a line of log, and on a page."""
Form = Literal["own", "fine", "magnified"]
"""Of a network: as the model comes, with the map of finer anchors, or with it on images that it magnifies."""
TABLES = Path(__file__).parent / "parameter_tables"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a network whose BatchNorm is folded; `share`: of the run's rate, 0 where it never learns."""

    name: str
    shape: tuple[int, ...]
    share: float
    is_trunk: bool

    @property
    def size(self) -> int:
        return prod(self.shape)

    @property
    def is_kernel(self) -> bool:
        """A convolution's or a linear layer's weights; what follows up to the next kernel belongs to the same layer."""
        return len(self.shape) > 1


@dataclass(frozen=True, slots=True)
class Frozen:
    """A network's parameters, from the pixels to the head, and which of them do not learn."""

    parameters: tuple[Parameter, ...]
    still: tuple[Parameter, ...]

    @property
    def size(self) -> int:
        return sum(one.size for one in self.parameters)

    @property
    def still_size(self) -> int:
        return sum(one.size for one in self.still)

    @property
    def layers(self) -> int:
        return sum(one.is_kernel for one in self.parameters)

    @property
    def still_layers(self) -> int:
        return sum(one.is_kernel for one in self.still)

    def to_dict(self) -> dict[str, Any]:
        figures = {"parameters": self.size, "still": self.still_size}
        layers = {"layers": self.layers, "still_layers": self.still_layers}
        return figures | layers | {"names": self._names[:SHOWN_NAMES]}

    @property
    def _names(self) -> list[str]:
        return [one.name for one in self.still if one.is_kernel]

    def __str__(self) -> str:
        layers = f"{self.still_layers} of {self.layers} layers"
        share = f"{self.still_size:,} of {self.size:,} parameters ({self.still_size / self.size:.0%}), {layers}"
        names = ", ".join(self._names[:FIRST_NAMES])
        return f"{share}: {names}{', …' if self.still_layers > FIRST_NAMES else ''}" if names else share


def check(freeze: object) -> None:
    """Raises ConfigError where `freeze` does not follow the grammar."""
    if not isinstance(freeze, str) or len(freeze) > LONGEST:
        raise ConfigError(f"freeze must be {GRAMMAR}, not {freeze!r:.80}.")
    kind, _, value = freeze.partition(":")
    if kind == "layers" and not (value.isascii() and value.isdigit() and 1 <= int(value) <= 10_000):
        raise ConfigError(f"freeze: layers wants a whole number from 1 to 10000, not {value!r}.")
    if kind == "blocks" and not all(_blocks(value)):
        raise ConfigError("freeze: blocks wants names between commas, as backbone,head.")
    if kind == "match" and not value:
        raise ConfigError("freeze: match wants a regular expression.")
    if kind == "match":
        patterns.searcher(value)
    if freeze not in PLAIN and (kind not in ("layers", "blocks", "match")):
        raise ConfigError(f"freeze must be {GRAMMAR}, not {freeze!r}.")


def frozen(freeze: str, parameters: Sequence[Parameter]) -> Frozen:
    """What does not learn, in the order of `parameters`. Raises ConfigError when `freeze` finds nothing, or all."""
    chosen = _chosen(freeze, parameters)
    still = tuple(one for one in parameters if one.share == 0 or one.name in chosen)
    if len(still) == len(parameters):
        raise ConfigError(f"freeze: {freeze} leaves nothing to learn.")
    return Frozen(tuple(parameters), still)


@cache
def parameter_table(model: str, form: Form = "own") -> tuple[Parameter, ...]:
    """A model's parameters at its default config and one label; none of a model that only the worker builds (timm's).

    Finer anchors are of the number of shapes that `anchor_fit` chooses. `parameters.py` writes the tables.
    """
    path = table_path(model, form)
    if not path.exists():
        return ()
    rows: list[Any] = json.loads(path.read_text(encoding="utf-8"))
    return tuple(Parameter(name, tuple(shape), share, is_trunk) for name, shape, share, is_trunk in rows)


def table_path(model: str, form: Form) -> Path:
    return (TABLES if form == "own" else TABLES / form) / f"{model}.json"


def trunk_names(parameters: Sequence[Parameter]) -> set[str]:
    return {one.name for one in parameters if one.is_trunk}


def late_names(parameters: Sequence[Parameter]) -> set[str]:
    """The last third of the trunk's layers: what knows the base's own objects rather than edges and textures."""
    trunk = [one for one in parameters if one.is_trunk]
    layers = sum(one.is_kernel for one in trunk)
    return trunk_names(trunk) - _first_layers(layers - layers // 3, trunk)


def _chosen(freeze: str, parameters: Sequence[Parameter]) -> set[str]:
    check(freeze)
    kind, _, value = freeze.partition(":")
    if kind == "trunk":
        return trunk_names(parameters)
    if kind == "early":
        return trunk_names(parameters) - late_names(parameters)
    if kind == "layers":
        return _first_layers(int(value), parameters)
    if kind == "blocks":
        return set().union(*(_under(block, parameters) for block in _blocks(value)))
    if kind == "match":
        return _matching(value, parameters)
    return set()


def _first_layers(count: int, parameters: Sequence[Parameter]) -> set[str]:
    found, layer = set(), 0
    for one in parameters:
        layer += one.is_kernel
        if layer <= count:
            found.add(one.name)
    return found


def _under(block: str, parameters: Sequence[Parameter]) -> set[str]:
    found = {one.name for one in parameters if one.name == block or one.name.startswith(f"{block}.")}
    if not found:
        tops = ", ".join(dict.fromkeys(one.name.partition(".")[0] for one in parameters))
        raise ConfigError(f"freeze: the model has no block {block!r}; it is made of {tops}.")
    return found


def _matching(pattern: str, parameters: Sequence[Parameter]) -> set[str]:
    finds = patterns.searcher(pattern)
    found = {one.name for one in parameters if finds(one.name)}
    if not found:
        example = parameters[0].name
        raise ConfigError(f"freeze: no parameter's name has a match of {pattern!r}; a name is {example}.")
    return found


def _blocks(value: str) -> list[str]:
    return [name.strip() for name in value.split(",")]
