"""`later`: writes that nobody waits for go together, before a statement that has to do with them or the COMMIT.

    fetch ──► later, later, later ──► fetch of what they wrote ──► later, later, later, later ──► COMMIT
              └───── a part ────┘                                  └── a part ──┘└── a part ─┘

On PostgreSQL a part is one statement, which goes ahead of what makes it go and takes no round trip of its own; on
SQLite it is one turn of the writer. The writes of such a statement see none of each other and run in no order that is
promised, so a write that names a table into which another one of its part writes begins a new part: what comes out is
what would if each had been sent at once. `apart` says of a write that it touches and reads no row that those before it
do; `row`, that it touches that one alone, so that it begins a new part only behind another write of it or one that does
not say. The texts tell which tables those are: what a trigger, a cascade or a view hides is not to be written later.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

_INTO = re.compile(r'\b(?:INSERT INTO|(?<!FOR )(?<!KEY )(?<!DO )UPDATE|DELETE FROM)\s+"?(\w+)')
_WORDS = re.compile(r"\w+")
_TEXTS = 2_048
_NOTHING: frozenset[str] = frozenset()


class RowsChanged(RuntimeError):
    """A row was not as it was when it was locked: somebody writes beside those who lock."""


class HeldWrite(msgspec.Struct, frozen=True):
    """A write that is held back."""

    sql: str
    params: Sequence[Any]
    rows: int | None
    """How many rows it must change."""

    def check(self, changed: int) -> None:
        """Raises `RowsChanged` where it changed more or fewer."""
        if self.rows is not None and changed != self.rows:
            raise RowsChanged(f"{changed} of {self.rows} rows changed: {self.sql}")


class HeldBack:
    """The writes that a transaction holds back, in parts of which each is sent as one."""

    def __init__(self) -> None:
        self._parts: list[list[HeldWrite]] = []
        self._into = self._into_last = self._into_any_row = _NOTHING
        self._rows_of_last = set[tuple[str, int]]()

    def add(self, write: HeldWrite, *, apart: bool = False, row: int | None = None) -> None:
        """Holds a write back, behind those that it has to do with."""
        into = _into(write.sql)
        assert not apart or write.rows is not None or write.sql.lstrip().startswith("INSERT"), (
            "that it is, none can see"
        )
        rows = () if row is None else [(table, row) for table in into]
        if rows:
            meets = bool(self._into_any_row & into) or not self._rows_of_last.isdisjoint(rows)
        else:
            meets = not apart and bool(self._into_last & _named(write.sql))
        if not self._parts or meets:
            self._parts.append([])
            self._into_last = self._into_any_row = _NOTHING
            self._rows_of_last.clear()
        self._parts[-1].append(write)
        self._into_last |= into
        self._into_any_row |= _NOTHING if rows else into
        self._rows_of_last.update(rows)
        self._into |= into

    def concerns(self, sql: str) -> bool:
        """Whether a statement has to do with what is held back: it reads that, or writes, maybe what refers to it."""
        if not self._parts:
            return False
        only_reads = sql.lstrip().startswith(("SELECT", "WITH")) and not _into(sql)
        return not only_reads or bool(self._into & _named(sql))

    def take(self) -> list[list[HeldWrite]]:
        """The parts, which are not held back any more."""
        parts = self._parts
        self.__init__()  # type: ignore[misc]
        return parts


@lru_cache(_TEXTS)
def _into(sql: str) -> frozenset[str]:
    """The tables into which a statement writes."""
    return frozenset(_INTO.findall(sql))


@lru_cache(_TEXTS)
def _named(sql: str) -> frozenset[str]:
    """The words of a statement, the tables that it reads among them."""
    return frozenset(_WORDS.findall(sql))
