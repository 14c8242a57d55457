"""`make formats`: write the tables of formats and of findings into docs/formats.md. `--check` only looks."""

import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE / "formats.md"
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "platform")]

from annotations.dataset.findings import Rule  # noqa: E402 (found by the path above)
from annotations.formats import FORMATS, Format  # noqa: E402
from tests.peers.table import OPENED_IN_EACH_RUN, OPENS, TITLES, WRITES  # noqa: E402

LEAST_TOLD = 0.1
"""Pixels."""
KEPT = {
    "negatives": "images with nothing on them",
    "unlabelled": "images not looked at",
    "splits": "splits",
    "labels": "labels' order, unused labels",
    "scores": "scores",
    "groups": "groups",
}
WAYS = {(True, True): "in, out", (True, False): "in", (False, True): "out"}


def formats() -> str:
    head = ("format", "name", "ways", "tasks", "known by", "sides to", "attributes", "does not come back")
    return _table(head, (_row(one) for one in sorted(FORMATS.values(), key=lambda one: one.title.lower())))


def _row(one: Format) -> tuple[str, ...]:
    lost = [words for name, words in KEPT.items() if name not in one.keeps]
    attributes = "all" if "*" in one.attributes else ", ".join(sorted(one.attributes)) or "–"
    exact = f"{one.precision:g} px" if one.precision else "the last digit"
    return (
        one.title,
        f"`{one.name}`",
        WAYS[one.reads, one.writes],
        ", ".join(one.tasks),
        one.known_by,
        exact if "detection" in one.tasks else "–",
        attributes,
        "; ".join(lost) or "–",
    )


def peers() -> str:
    """By format: whose reader opens what we write, and whose files we read."""
    head = ("format", "opened by", "files read that were written by")
    rows = sorted(FORMATS.values(), key=lambda one: one.title.lower())
    return _table(head, ((one.title, _opening(one.name), _writing(one.name)) for one in rows))


def _opening(name: str) -> str:
    told = [_of_peer(TITLES[one.library], one.within, one.shifted) for one in OPENS if one.format == name]
    return ", ".join(sorted({*told, *OPENED_IN_EACH_RUN.get(name, ())})) or "–"


def _writing(name: str) -> str:
    return ", ".join(sorted({_of_peer(TITLES[one.library], one.within) for one in WRITES if one.format == name})) or "–"


def _of_peer(title: str, within: float, shifted: float = 0) -> str:
    if shifted:
        return f"{title} (counts pixels from 1)"
    return f"{title} (to {within:g} px)" if within >= LEAST_TOLD else title


def findings() -> str:
    return _table(
        ("severity", "rule", "what was met, and what became of it"),
        ((rule.severity, f"`{rule.key}`", rule.title) for rule in Rule),
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ("---",) * len(head), *rows))


def written(page: str) -> str:
    for name, table in (("formats", formats()), ("findings", findings()), ("peers", peers())):
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
        head, rest = page.split(begin)
        page = head + begin + table + end + rest.split(end)[1]
    return page


if __name__ == "__main__":
    before = PAGE.read_text()
    if "--check" not in sys.argv:
        PAGE.write_text(written(before))
    elif written(before) != before:
        sys.exit("docs/formats.md does not tell the formats and rules of the code: run make formats")
