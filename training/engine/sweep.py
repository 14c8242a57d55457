"""A run for each combination of settings over one data set, one after another, and a table of what they reached."""

import csv
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotations.dataset.records import Dataset
from training.engine import train as training
from training.engine.arguments import setting, value_of
from training.engine.catalog import complete_config
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.errors import ConfigError, DivergedError
from training.engine.progress import Progress
from training.engine.sources import link_run_folder

Settings = dict[str, Any]
Row = dict[str, Any]


def combinations(grid: Sequence[str]) -> list[Settings]:
    """`["epochs=4,8", "freeze=none,trunk"]` as four settings. Raises ConfigError."""
    try:
        axes = [_axis(*setting(text)) for text in grid]
    except ValueError as error:
        raise ConfigError(f"--grid: {error}.") from error
    return [dict(chosen) for chosen in itertools.product(*axes)]


def sweep(
    settings: Settings,
    grid: Sequence[Settings],
    dataset: Dataset,
    folder: Path,
    progress: Progress,
    weights_dir: Path | None,
    tell: Callable[[Row], None],
) -> list[Row]:
    """Train each of `grid` upon `settings` in `folder/sweep/<name>`, and write `folder/sweep/table.csv`.

    All settings are checked before the first run. A finished run is not done again, a stopped one goes on. A run that
    diverges has no metrics, and the next one begins.
    """
    configs = [complete_config(settings | chosen) for chosen in grid]
    rows: list[Row] = []
    for chosen, config in zip(grid, configs, strict=True):
        name = _name(chosen)
        progress.on_log(f"Run {len(rows) + 1} of {len(grid)}: {name}")
        place = folder / "sweep" / name
        link_run_folder(folder, place)
        (place / "config.json").write_text(json.dumps(config.to_dict()), encoding="utf-8")
        rows.append({"run": f"sweep/{name}"} | chosen | _trained(config, dataset, place, progress, weights_dir))
        tell(rows[-1])
        _write(rows, folder / "sweep" / "table.csv")
    return rows


def _trained(config: Config, dataset: Dataset, folder: Path, progress: Progress, weights_dir: Path | None) -> Row:
    try:
        best: Checkpoint = training.train(config, dataset, folder, progress, weights_dir)
    except DivergedError as error:
        progress.on_log(error.detail)
        return {"failed": error.code}
    return {"best_epoch": best.epoch} | best.metrics


def _axis(name: str, values: object) -> list[tuple[str, Any]]:
    texts = values.split(",") if isinstance(values, str) else [values]
    return [(name, value_of(text) if isinstance(text, str) else text) for text in texts]


def _name(chosen: Mapping[str, Any]) -> str:
    """A folder's name: `epochs=4 freeze=none`, without what folders can't have in theirs."""
    text = " ".join(f"{name}={value}" for name, value in chosen.items())
    return "".join(letter if letter.isalnum() or letter in "=.,:_- " else "_" for letter in text)


def _write(rows: Sequence[Row], path: Path) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
