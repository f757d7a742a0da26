"""Documents and their lines as rows, read by statements of our own: the models' instances without their queries."""
# ruff: noqa: S608  (statements are made of our own table and column names; values are parameters)

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from tortoise.fields import DatetimeField
from tortoise.models import Model

from jxc_graphql.kit import db
from jxc_graphql.kit.db.transaction import running
from jxc_graphql.office.documents import gates, needs
from jxc_graphql.office.documents.models import DocumentHeader, DocumentLine

M = TypeVar("M", bound=Model)
D = TypeVar("D", bound=DocumentHeader)
L = TypeVar("L", bound=DocumentLine)

_LOCK = {"sqlite": "", "postgres": "FOR NO KEY UPDATE"}
"""Also of one that came into being while it was waited for."""


Locked = tuple[D | None, int | None, str | None]
"""A document, the glimpse of who has a say in it (`gates`), and what it lacks (`needs`)."""


async def hold(kind: type[DocumentHeader], document_ids: Sequence[int]) -> None:
    """Keeps documents of a kind from others until the transaction ends, in this order; `locked` gives each, once."""
    asked, names = db.ids(document_ids), _columns(kind)
    of_them = f"FROM {_table(kind)} WHERE id IN (SELECT id FROM {asked.table} AS asked) ORDER BY id"
    await db.lock(f"SELECT id {of_them} FOR NO KEY UPDATE", asked.params)
    for row in await db.fetch(f"SELECT {_told(kind)} {of_them}", asked.params):
        one = _made(kind, names, row[:-2])
        _held(kind)[one.id] = one, *row[-2:]


def _held(kind: type[D]) -> dict[int, Locked[D]]:
    found: dict[int, Locked[D]] = running().known.setdefault(f"held of {_table(kind)}", {})
    return found


def _told(kind: type[DocumentHeader]) -> str:
    return f"{', '.join(_columns(kind))}, {gates.glimpse(kind)}, {needs.lacking(kind)}"


async def locked(kind: type[D], document_id: int) -> Locked[D]:
    """The document, kept from others until the transaction ends, who has a say in it, and what it lacks."""
    if held := _held(kind).pop(document_id, None):
        return held
    names, of_it = _columns(kind), f"FROM {_table(kind)} WHERE id = ?"
    await db.lock(f"SELECT id {of_it} FOR NO KEY UPDATE", (document_id,))
    rows = await db.fetch(f"SELECT {_told(kind)} {of_it} {_LOCK[db.dialect()]}", (document_id,))
    return next(((_made(kind, names, row[:-2]), *row[-2:]) for row in rows), (None, None, None))


async def locked_with_lines(kind: type[D], line: type[L], document_id: int) -> tuple[Locked[D], dict[int, L]]:
    """The document as `locked` gives it, and its lines by their ids, in order.

    Whoever writes lines makes a version of their document, so its lock keeps them too.
    """
    return await db.together(locked(kind, document_id), _lines(kind, line, document_id))


async def _lines(kind: type[D], line: type[L], document_id: int) -> dict[int, L]:
    names = _columns(line)
    rows = await db.fetch(
        f"SELECT {', '.join(names)} FROM {_table(line)} WHERE {_table(kind)}_id = ? ORDER BY line_no", (document_id,)
    )
    made = (_made(line, names, row) for row in rows)
    return {one.id: one for one in made}


def _table(model: type[Model]) -> str:
    return model._meta.db_table  # noqa: SLF001  (Tortoise's documented place for it)


@cache
def _columns(model: type[Model]) -> tuple[str, ...]:
    return tuple(model._meta.fields_db_projection.values())  # noqa: SLF001  (as above)


def _made(model: type[M], names: Sequence[str], row: Sequence[Any]) -> M:
    told = dict(zip(names, row, strict=True))
    for name in _moments(model):
        if isinstance(told[name], str):  # which Tortoise would read in ten times as long
            told[name] = db.moment(told[name])
    return model._init_from_db(**told)  # noqa: SLF001  (as its own queries make it)


@cache
def _moments(model: type[Model]) -> tuple[str, ...]:
    meta = model._meta  # noqa: SLF001  (as above)
    projected = meta.fields_db_projection.items()
    return tuple(column for name, column in projected if isinstance(meta.fields_map[name], DatetimeField))
