"""Statements of our own, with `?` for every parameter on both databases."""

import json as standard
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from jxc_graphql.kit.db.boundary import Transaction
from jxc_graphql.kit.db.connect import Dialect, current
from jxc_graphql.kit.db.failures import lost
from jxc_graphql.kit.db.snapshot import Snapshot
from jxc_graphql.kit.db.transaction import running

_LOST_AT_MOST = 4
"""Connections in a row that may turn out to be lost before a read gives up; a new one takes the place of each."""


def dialect() -> Dialect:
    """Which of the two databases is connected."""
    return current().dialect


async def fetch(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a statement: inside a transaction or a snapshot on its connection, outside on one that only reads."""
    client = current().client
    rows: list[tuple[Any, ...]]
    for _ in range(0 if isinstance(client, Transaction | Snapshot) else _LOST_AT_MOST):
        try:
            rows = await client.fetch(sql, params)
        except Exception as error:
            if not lost(error):
                raise
        else:
            return rows
    rows = await client.fetch(sql, params)
    return rows


async def execute(sql: str, params: Sequence[Any] = ()) -> int:
    """Runs a writing statement inside a transaction; the count of rows it changed."""
    client: Any = running()
    changed: int = await client.execute(sql, params)
    return changed


def rows(columns: Mapping[str, str]) -> str:
    """A table for FROM that unpacks one parameter made by `json` into columns of the given SQL types.

    A statement over it does not grow with the number of rows.
    """
    return _rows(dialect(), tuple(columns.items()))


def json(rows: Iterable[Sequence[Any]]) -> str:
    """The rows as the one parameter of `rows`; times are written as the database keeps them."""
    return standard.dumps(list(map(tuple, rows)), default=_text, separators=(",", ":"))


def day(value: Any) -> date:
    """A day out of a column, which SQLite keeps as text."""
    return value if isinstance(value, date) else _day(value)


def moment(value: Any) -> datetime:
    """A moment out of a column, which SQLite keeps as text."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


@lru_cache(maxsize=4096)
def _day(text: str) -> date:
    return date.fromisoformat(text)


@lru_cache(maxsize=256)
def _rows(dialect: str, columns: tuple[tuple[str, str], ...]) -> str:
    if dialect == "sqlite":
        unpacked = ", ".join(f"json_extract(value, '$[{i}]') AS \"{name}\"" for i, (name, _) in enumerate(columns))
        return f"(SELECT {unpacked} FROM json_each(?))"  # noqa: S608  (names of our own)
    unpacked = ", ".join(f'(value->>{i})::{kind} AS "{name}"' for i, (name, kind) in enumerate(columns))
    return f"(SELECT {unpacked} FROM jsonb_array_elements(?::jsonb))"  # noqa: S608


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be sent in rows")
