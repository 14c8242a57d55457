"""`make limits`: write the table of limits into docs/security.md. `--check` only looks. Standard library only."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE / "security.md"
BEGIN, END = "<!-- limits -->\n", "<!-- /limits -->\n"


def table() -> str:
    """As they are where nobody set anything."""
    for name in [name for name in os.environ if name.startswith("BOXWRIGHT_")]:
        del os.environ[name]
    sys.path.insert(0, str(HERE.parent / "platform"))
    from boxwright.limits import TABLE

    rows = [
        f"| {name} | {x.default:,} {x.unit} | {f'`{x.setting}`' if x.setting else '–'} | {x.beyond} |\n"
        for name, x in TABLE.items()
    ]
    return "".join(["| limit | default | setting | beyond |\n", "|---|---|---|---|\n", *rows])


def written(page: str) -> str:
    head, rest = page.split(BEGIN)
    return head + BEGIN + table() + END + rest.split(END)[1]


if __name__ == "__main__":
    before = PAGE.read_text()
    if "--check" not in sys.argv:
        PAGE.write_text(written(before))
    elif written(before) != before:
        sys.exit("docs/security.md does not tell the limits of boxwright.limits: run make limits")
