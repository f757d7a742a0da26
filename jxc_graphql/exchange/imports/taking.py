"""Taking rows in through the operations, one by one or as documents, and what is wrong with those that are refused."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from jxc_graphql.exchange.imports.cells import CellUnknownCode, SentRow
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason, Rejected
from jxc_graphql.kit.numbers import Fixed
from jxc_graphql.kit.text import printable


class Done(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class TakenRows(msgspec.Struct, frozen=True, kw_only=True):
    """What became of rows, by their numbers in the file."""

    done: dict[int, Done] = {}
    refused: dict[int, list[Reason]] = {}


Take = Callable[[Call, Sequence[SentRow]], Awaitable[TakenRows]]
TakeOne = Callable[[Call, SentRow], Awaitable[Done]]


class WantedColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a file: what an operation calls it, its names in both languages, synonyms, and what stands there."""

    key: str
    chinese: str
    english: str
    also: str = ""
    """Further names, separated by blanks."""
    named: tuple[str, ...] = ()
    """Further names that may have blanks in them."""
    needed: bool = False
    example: str = ""
    read: Callable[[SentRow, str], Any] = SentRow.read_text
    """What stands there, for whoever asks the column itself."""
    of: str = ""
    """The table whose codes stand there, for the same."""
    argument: str = ""
    """What an operation calls it, where that is not the key."""

    @property
    def asked_as(self) -> str:
        """What an operation calls it."""
        return self.argument or (f"{self.key}_id" if self.of else self.key)

    @property
    def names(self) -> tuple[str, ...]:
        """All that it may be called in a header."""
        return (self.chinese, self.english, self.key, *self.also.split(), *self.named)


def one_by_one(take: TakeOne) -> Take:
    """Each row by itself: what one refuses stops no other."""

    async def take_all(call: Call, rows: Sequence[SentRow]) -> TakenRows:
        taken = TakenRows(done={}, refused={})
        for row in rows:
            try:
                taken.done[row.number] = await take(call, row)
            except Rejected as refusal:
                taken.refused[row.number] = list(refusal.reasons)
        return taken

    return take_all


async def find(table: str, code: str, *columns: str) -> dict[str, Any] | None:
    """What has a code, if anything has."""
    told = ", ".join(f'"{name}"' for name in ("id", *columns))
    named = _CODED.get(table, "code")
    rows = await db.fetch(f'SELECT {told} FROM "{table}" WHERE {named} = ?', (code,))  # noqa: S608  (our own names)
    return dict(zip(("id", *columns), rows[0], strict=True)) if rows else None


async def referred(row: SentRow, column: str, table: str, kind: str) -> int:
    """The id of what a cell names by its code; raises `Rejected` with the cell."""
    code = row.read_text(column)
    found = await find(table, code)
    if found is None:
        raise Rejected(CellUnknownCode(cell=row.at(column), kind=kind, text=code[:60]))
    return int(found["id"])


class Codes:
    """What has the codes that stand in rows: one statement for each table, however many rows."""

    def __init__(self, found: Mapping[str, Mapping[str, int]]) -> None:
        self._found = found

    @classmethod
    async def known_to(cls, rows: Sequence[SentRow], columns: Sequence[WantedColumn]) -> "Codes":
        """Those in the cells of columns that hold codes."""
        asked = dict[str, set[str]]()
        for column in columns:
            if column.of:
                asked.setdefault(column.of, set()).update(row.code(column.key) for row in rows)
        return cls({table: await _with_codes(table, codes) for table, codes in asked.items()})

    def value_in(self, row: SentRow, column: WantedColumn) -> Any:
        """What stands in a cell: the id of what has its code, else as the column is read."""
        if not column.of:
            return column.read(row, column.key)
        code = row.need_text(column.key)
        found = self._found[column.of].get(code)
        if found is None:
            kind = "".join(word.capitalize() for word in column.of.split("_"))
            raise Rejected(CellUnknownCode(cell=row.at(column.key), kind=kind, text=code[:60]))
        return found


_CODED = {"user": "username"}
"""By what a row of a table is known that has no code."""


async def _with_codes(table: str, codes: Collection[str]) -> dict[str, int]:
    code = _CODED.get(table, "code")
    asked = f"SELECT code FROM {db.rows({'code': 'text'})} AS asked"  # noqa: S608  (our own names)
    rows = await db.fetch(
        f'SELECT {code}, id FROM "{table}" WHERE {code} IN ({asked})',  # noqa: S608
        (db.json([one] for one in codes if printable(one)),),
    )
    return dict(rows)


def is_so(known: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Whether a row of a table says already all that is asked."""
    return all(_same(known[name], value) for name, value in asked.items())


def _same(known: Any, value: Any) -> bool:
    if isinstance(value, bool):
        return bool(known) is value
    if isinstance(value, Fixed):
        return known is not None and int(known) == int(value)
    return (known or "") == value if isinstance(value, str) else bool(known == value)


def by_row(rows: Sequence[SentRow], refusal: Rejected) -> dict[int, list[Reason]]:
    """What is wrong with a document, by the numbers of its rows; what is wrong with none of them is with all."""
    found = dict[int, list[Reason]]()
    for reason in refusal.reasons:
        at = next((one for one in reason.path if isinstance(one, int)), None)
        for row in rows if at is None else rows[at : at + 1]:
            found.setdefault(row.number, []).append(reason)
    return found


def place(reason: Reason, row: SentRow, keys: Mapping[str, str]) -> str:
    """The cell that a reason is about; the number of the row where it is about none."""
    told = getattr(reason, "cell", None)
    if isinstance(told, str):
        return told
    names = [str(one) for one in reversed(reason.path)]
    column = next((keys[name] for name in names if name in keys), None)
    return row.at(column) if column else str(row.number)
