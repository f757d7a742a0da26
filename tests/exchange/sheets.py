"""Files as anybody may save them, at random: a row is read as it was written, or refused where it says too much."""

import csv
import io
from pathlib import Path

import msgspec
import pytest
from hypothesis import strategies as st

from jxc_graphql.exchange.imports import reading
from jxc_graphql.kit.errors import Rejected

COLUMNS = ("code", "quantity")
_CELLS = st.text(alphabet='017ab茶é,;\t"\n .', max_size=4)


class Sheet(msgspec.Struct, frozen=True):
    """What is written."""

    encoding: str
    separator: str
    unnamed: int
    """Columns behind the others that have no name."""
    rows: list[tuple[str, str, list[str]]]
    """What stands in the two columns, and behind them: an amount such as 1,350 makes two cells of one."""

    def text(self) -> str:
        """The file."""
        file = io.StringIO(newline="")
        writer = csv.writer(file, delimiter=self.separator)
        writer.writerow([*COLUMNS, *[""] * self.unnamed])
        writer.writerows([code, quantity, *rest] for code, quantity, rest in self.rows)
        return file.getvalue()


SHEETS = st.builds(
    Sheet,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    separator=st.sampled_from([",", ";", "\t"]),
    unnamed=st.integers(0, 2),
    rows=st.lists(st.tuples(_CELLS, _CELLS, st.lists(_CELLS, max_size=3)), max_size=5),
)


def check(folder: Path, sheet: Sheet) -> None:
    """Each row in which anything stands is read as it was written; who says more than the columns is refused."""
    (folder / "any.csv").write_bytes(sheet.text().encode(sheet.encoding))
    written = [row for row in sheet.rows if any(cell.strip() for cell in (*row[:2], *row[2]))]
    _, found = reading.rows(folder / "any.csv", {one: (one,) for one in COLUMNS}, COLUMNS)
    assert len(found) == len(written)
    for row, (code, quantity, rest) in zip(found, written, strict=True):
        if any(cell.strip() for cell in rest):
            with pytest.raises(Rejected):
                row.read_text("code")
        else:
            assert [row.read_text(column) for column in COLUMNS] == [code.strip(), quantity.strip()]
