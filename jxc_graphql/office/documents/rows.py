"""Documents and their lines as rows, read by statements of our own: the models' instances without their queries."""
# ruff: noqa: S608  (statements are made of our own table and column names; values are parameters)

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from tortoise.models import Model

from jxc_graphql.kit import db
from jxc_graphql.office.documents.models import DocumentHeader, DocumentLine

M = TypeVar("M", bound=Model)
D = TypeVar("D", bound=DocumentHeader)
L = TypeVar("L", bound=DocumentLine)

_LOCK = {"sqlite": "", "postgres": "FOR NO KEY UPDATE"}
"""Also of one that came into being while it was waited for."""


async def locked(kind: type[D], document_id: int) -> D | None:
    """The document, kept from others until the transaction ends."""
    names, of_it = _columns(kind), f"FROM {_table(kind)} WHERE id = ?"
    await db.lock(f"SELECT id {of_it} FOR NO KEY UPDATE", (document_id,))
    rows = await db.fetch(f"SELECT {', '.join(names)} {of_it} {_LOCK[db.dialect()]}", (document_id,))
    return next((_made(kind, names, row) for row in rows), None)


async def locked_with_lines(kind: type[D], line: type[L], document_id: int) -> tuple[D | None, dict[int, L]]:
    """The document, kept from others until the transaction ends, and its lines by their ids, in order.

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
    return model._init_from_db(**dict(zip(names, row, strict=True)))  # noqa: SLF001  (as its own queries make it)
