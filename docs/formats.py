"""`make formats`: write the tables of formats and of findings into docs/formats.md. `--check` only looks."""

import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE / "formats.md"
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "platform")]

from annotations.dataset.findings import Rule  # noqa: E402 (found by the path above)
from annotations.formats import FORMATS, Format  # noqa: E402

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


def findings() -> str:
    return _table(
        ("severity", "rule", "what was met, and what became of it"),
        ((rule.severity, f"`{rule.key}`", rule.title) for rule in Rule),
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ("---",) * len(head), *rows))


def written(page: str) -> str:
    for name, table in (("formats", formats()), ("findings", findings())):
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
