"""`model-card.md`: what a model is, where it comes from, how good it is, and what nobody has tried."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from training.engine.checkpoint import Checkpoint
from training.engine.exporters.contract import contract_of
from training.engine.exporters.exporter import Exporter
from training.engine.exporters.provenance import Provenance

MEANT = re.compile(r"([\\`*_\[\]#|~$])")
"""What Markdown would read as its own within a line."""
FEW = 30
"""True boxes or images of a label, below which its number says little."""

TOLD = ("epochs", "batch_size", "learning_rate", "optimizer", "freeze", "image_size", "tiles", "seed", "base", "replay")


def card_of(exporter: Exporter, checkpoint: Checkpoint, provenance: Provenance, report: Mapping[str, Any]) -> str:
    sections = {
        "What it is": _what(exporter, checkpoint, provenance),
        "Where it comes from": _origin(checkpoint, provenance),
        "How it was trained": _training(checkpoint),
        "How good it is": _quality(checkpoint, provenance, report),
        "Limits": _limits(checkpoint, provenance, report),
        "Not tested": _untested(report),
        "Licence": _licence(checkpoint),
    }
    text = "".join(f"\n## {title}\n\n{body.strip()}\n" for title, body in sections.items())
    return f"# {plain(_title(checkpoint, provenance))}\n{text}"


def plain(text: object) -> str:
    """Text on one line that Markdown shows as it is, whatever somebody called a label."""
    return html.escape(MEANT.sub(r"\\\1", " ".join(str(text).split())), quote=False)


def _title(checkpoint: Checkpoint, provenance: Provenance) -> str:
    run = provenance.run
    return f"{run['project']}, run {run['number']}" if run else checkpoint.info.title


def _what(exporter: Exporter, checkpoint: Checkpoint, provenance: Provenance) -> str:
    contract = contract_of(exporter, checkpoint, provenance)
    size, tiling = checkpoint.image_size, contract["tiles"]
    whole = f"the whole EXIF-oriented picture, RGB, stretched to {tiling['image']} x {tiling['image']} pixels"
    seen = whole if checkpoint.config.tiles == 1 else f"{checkpoint.config.tiles**2} tiles of {size} pixels of {whole}"
    shown = (
        f"Samples show boxes from a score of {contract['shown_score']:.3g} on.\n"
        if checkpoint.task == "detection"
        else ""
    )
    return (
        f"{plain(checkpoint.info.title)}, {checkpoint.task} of {len(checkpoint.labels)} labels: "
        f"{', '.join(map(plain, checkpoint.labels))}.\n\n"
        f"It sees {seen}, as (pixel - mean) / std with mean {contract['mean']} and std {contract['std']}. {shown}"
    )


def _origin(checkpoint: Checkpoint, provenance: Provenance) -> str:
    run, snapshot = provenance.run, provenance.snapshot or {}
    facts = {
        "Team": run and plain(run["team"]),
        "Project": run and plain(run["project"]),
        "Run": run and run["number"],
        "Snapshot": snapshot.get("number"),
        "Images in it": snapshot.get("images"),
        "Hash of its manifest": snapshot.get("manifest_sha256"),
        "Hash of the checkpoint": provenance.checkpoint_sha256,
    }
    known = [(name, value) for name, value in facts.items() if value is not None]
    stages = "".join(f"{i}. {plain(stage)}\n" for i, stage in enumerate(checkpoint.stages, 1))
    return f"{_table(('', ''), known)}\nIt learned from, one after the other:\n\n{stages}"


def _training(checkpoint: Checkpoint) -> str:
    config = checkpoint.config.to_dict()
    rows = [(name.replace("_", " "), plain(config[name])) for name in TOLD]
    best = f"These are the weights after epoch {checkpoint.epoch}. " if checkpoint.epoch else ""
    return f"{_table(('setting', 'value'), rows)}\n{best}All settings are in lineage.json."


def _quality(checkpoint: Checkpoint, provenance: Provenance, report: Mapping[str, Any]) -> str:
    evaluation, parity = provenance.evaluation, report["parity"]
    own = ", ".join(f"{name} {value:.3f}" for name, value in report["metrics"].items() if "checkpoint" not in name)
    compared = (
        f"This file was run in {plain(parity['runtime'])} on {parity['images']} images of the {parity['split']} split"
        if parity["verification"] != "converted_and_compared"
        else f"What this file was made of was compared on {parity['images']} images of the {parity['split']} split"
    )
    told = f"{compared}{f': {own}' if own else ''}. How far it is from its checkpoint is in parity.json.\n"
    if not evaluation:
        return told
    head = f"The checkpoint on {evaluation['image_count']} images of the {evaluation['split']} split"
    numbers = evaluation.get("coco", evaluation)
    spread = evaluation.get("intervals", {})
    names = ("AP", "AP50") if checkpoint.task == "detection" else ("accuracy", "macro_f1")
    overall = _table(("", "", "95 % interval"), [(n, _number(numbers.get(n)), _interval(spread.get(n))) for n in names])
    return f"{told}\n{head}:\n\n{overall}\n{_of_labels(checkpoint, evaluation['labels'])}"


def _of_labels(checkpoint: Checkpoint, rows: Sequence[Mapping[str, Any]]) -> str:
    if checkpoint.task == "detection":
        head: tuple[str, ...] = ("label", "true boxes", "AP", "95 % interval", "AP50")
        told = [(r["AP"], r.get("interval"), r["AP50"]) for r in rows]
        cells = [(_number(ap), _interval(spread), _number(ap50)) for ap, spread, ap50 in told]
    else:
        head = ("label", "images", "precision", "recall", "F1")
        cells = [(_number(r["precision"]), _number(r["recall"]), _number(r["f1"])) for r in rows]
    return _table(head, [(plain(r["name"]), r["truth_count"], *cell) for r, cell in zip(rows, cells, strict=True)])


def _limits(checkpoint: Checkpoint, provenance: Provenance, report: Mapping[str, Any]) -> str:
    rows = provenance.evaluation.get("labels", ())
    of_what = "true boxes" if checkpoint.task == "detection" else "images"
    few = [plain(row["name"]) for row in rows if row["truth_count"] < FEW]
    missed = _missed(report["parity"]) if report["parity"]["released"] else ""
    thin = f"- Fewer than {FEW} {of_what} judge {', '.join(few)}: their numbers may be far off.\n" if few else ""
    return (
        f"{missed}{_small(report.get('eight_bits'))}"
        "- It knows the labels above and nothing else: what is none of them may still get one of their names.\n"
        "- It was judged on pictures of the same collection that it learned from; other cameras, places and seasons "
        "are another matter.\n"
        "- Pictures are stretched to a square: one much longer than wide is distorted.\n"
        f"{thin}"
    )


def _small(eight_bits: Mapping[str, Any] | None) -> str:
    if eight_bits is None:
        return ""
    parts = "weights and activations" if eight_bits["activations"] else "weights"
    layers = ", ".join(map(plain, eight_bits["float_layers"]))
    spared = f" Floats stay the weights of those that change scores most: {layers}." if layers else ""
    return f"- Its {parts} are 8-bit numbers.{spared}\n"


def _missed(parity: Mapping[str, Any]) -> str:
    lost = [
        f"{loss:.3f} {parity['metric']}{where} (allowed: {limit:.3g})"
        for loss, limit, where in (
            (parity["metric_loss"], parity["limit_metric_loss"], ""),
            (parity["client_loss"], parity["limit_client_loss"], f" in {parity['client']}"),
        )
        if loss is not None and loss > limit
    ]
    return f"- It loses {' and '.join(lost)} against its checkpoint. A manager knew, and released it.\n"


def _untested(report: Mapping[str, Any]) -> str:
    run_by = {
        "run_here": "It ran on the export machine only, on its CPU",
        "run_in_client_here": "It ran on the export machine only, on its CPU",
        "converted_and_compared": "This file itself was never run: the export machine can't",
    }
    where = run_by.get(report["parity"]["verification"], "A device reported its answers")
    return (
        f"- {where}: speed, heat and memory on a device were not measured, nor GPU, NPU and other delegates.\n"
        "- The picture in this bundle is a drawing: it shows that the file runs, not that it is good.\n"
        "- Nobody looked for what it does unequally to people, or to pictures made to deceive it.\n"
    )


def _licence(checkpoint: Checkpoint) -> str:
    info = checkpoint.info
    began = checkpoint.config.base != "none"
    base = f"Weights that this model's runs usually begin with: {plain(info.licence)}."
    forbids = " That licence forbids commercial use." if info.forbids_commerce and began else ""
    return f"{base}{forbids} What it learned from is listed above; the pictures' own rights are not known here."


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(one: Mapping[str, float] | None) -> str:
    return "–" if one is None else f"{one['low']:.3f} to {one['high']:.3f}"
