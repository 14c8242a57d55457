"""Where a network's weights come from: the stages before this run, and what each label's row began as."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from training.engine.transfer import Choice

How = Literal["carried", "warm", "mean", "random"]
"""The base's row of that name; of the base's rows, as its boxes made them fire; the mean of all; random numbers."""


@dataclass(frozen=True, slots=True)
class LabelOrigin:
    label: str
    how: How
    base_label: str | None = None
    """Of a warm start: the base's label that fired most, with its share of the new row."""
    share: float | None = None

    def __str__(self) -> str:
        if self.how != "warm":
            return f"{self.label} {SAID[self.how]}"
        share = "" if self.share is None or self.share > 0.995 else f" ({self.share:.0%})"
        return f"{self.label} from {self.base_label}{share}"


SAID: Mapping[How, str] = {"carried": "carried over", "mean": "from the mean of all labels", "random": "random"}


@dataclass(frozen=True, slots=True)
class Origin:
    lineage: tuple[str, ...]
    """What the weights learned from, one line a stage, the first one first; empty: random weights."""
    loaded: int
    """Numbers in the base's weights and biases that were taken over."""
    random: int
    """Those that begin at random."""
    labels: tuple[LabelOrigin, ...]
    known: float | None = None
    """What of the run's images the base knew: see `familiarity`; None where nobody asked."""
    transfer: Choice | None = None
    """What the rule of thumb made of that."""

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        labels = tuple(LabelOrigin(**one) for one in values["labels"])
        choice = values.get("transfer") and Choice.from_dict(values["transfer"])
        return cls(tuple(values["lineage"]), values["loaded"], values["random"], labels, values.get("known"), choice)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"lineage": list(self.lineage), "labels": [asdict(one) for one in self.labels]}

    def __str__(self) -> str:
        said = ", ".join(map(str, self.labels[:MOST_SAID]))
        more = len(self.labels) - MOST_SAID
        return f"Labels: {said}{f' and {more} more' if more > 0 else ''}"


MOST_SAID = 20
"""Labels that a line of log names."""


def label_origins(
    labels: Sequence[str], base_labels: Sequence[str], mix: Sequence[list[float]]
) -> tuple[LabelOrigin, ...]:
    """Of each row [old] of `mix`. A row that prefers nothing is the mean of all, unless there is but one."""
    return tuple(_label_origin(label, base_labels, row) for label, row in zip(labels, mix, strict=True))


def _label_origin(label: str, base_labels: Sequence[str], row: list[float]) -> LabelOrigin:
    share = max(row)
    best = base_labels[row.index(share)]
    if share == 1 and best == label:
        return LabelOrigin(label, "carried")
    if len(row) > 1 and share == min(row):
        return LabelOrigin(label, "mean")
    return LabelOrigin(label, "warm", best, round(share, 4))
