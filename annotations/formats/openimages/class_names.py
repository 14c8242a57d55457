"""What the codes of classes ("/m/01g317") are called."""

from annotations.dataset.findings import Finding, Rule
from annotations.formats.layout import ReadLimits, Unreadable
from annotations.formats.listing import Listing
from annotations.formats.openimages.tables import MID, Table
from annotations.formats.placing import LONGEST_LABEL
from annotations.formats.rows import Row, rows_of

OFFICIAL = 500
"""A list of more names than this is that of all of Open Images, of which a data set has some."""
MOST = 100_000


class ClassNames:
    """`said`: what of the lists can't be read. `in_order`: each name once."""

    def __init__(self, listing: Listing, tables: list[Table], limits: ReadLimits) -> None:
        self.by_code: dict[str, str] = {}
        self.said: list[Unreadable | Finding] = []
        self._unnamed: set[str] = set()
        for table in tables:
            self._add(listing, table, limits)

    @property
    def in_order(self) -> dict[str, None]:
        return dict.fromkeys(self.by_code.values())

    def of(self, code: str) -> str:
        return self.by_code.get(code, code)

    def is_new_stranger(self, code: str) -> bool:
        """Whether it is a code that no list names, and was not asked for before."""
        if code in self.by_code or code in self._unnamed or not MID.fullmatch(code) or len(self._unnamed) == MOST:
            return False
        self._unnamed.add(code)
        return True

    def _add(self, listing: Listing, table: Table, limits: ReadLimits) -> None:
        for row in rows_of(listing, table.name, table.delimiter, limits.text_bytes):
            if not isinstance(row, Row):
                self.said.append(row)
            elif len(row.cells) != 2 or not all(row.cells):
                self.said.append(Unreadable(table.name, "expected: code, name", row.line))
            elif not (table.columns and row.line == 1):
                self._name(table, row)
            if len(self.by_code) > MOST:
                self.said.append(Unreadable(table.name, f"more than {MOST:,} names; the others are left out", row.line))
                return

    def _name(self, table: Table, row: Row) -> None:
        code, name = row.cells[0][:LONGEST_LABEL], row.cells[1][:LONGEST_LABEL]
        if self.by_code.setdefault(code, name) != name:
            reason = f"{code} is called {self.by_code[code]!r} and {name!r}"
            self.said.append(Finding(Rule.CONTRADICTION, table.name, reason, row.line))
