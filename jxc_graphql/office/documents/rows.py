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


async def locked(kind: type[D], document_id: int) -> D | None:
    """The document, kept from others until the transaction ends."""
    names = _columns(kind)
    rows = await db.fetch(
        f"SELECT {', '.join(names)} FROM {_table(kind)} WHERE id = ? {_LOCK[db.dialect()]}", (document_id,)
    )
    return next((_made(kind, names, row) for row in rows), None)


async def locked_with_lines(kind: type[D], line: type[L], document_id: int) -> tuple[D | None, dict[int, L]]:
    """The document, kept from others until the transaction ends, and its lines by their ids, in order.

    Whoever writes lines makes a version of their document. So they are read together with the lock, and once more
    where that has waited: the document is then at another version than the one that they belong to.
    """
    document, (version, lines) = await db.together(locked(kind, document_id), _lines(kind, line, document_id))
    if document is not None and document.version != version:
        _, lines = await _lines(kind, line, document_id)
    return document, lines


async def _lines(kind: type[D], line: type[L], document_id: int) -> tuple[int | None, dict[int, L]]:
    """The lines of a document as they are seen, and at which of its versions."""
    names, head = _columns(line), _table(kind)
    rows = await db.fetch(
        f"SELECT head.version, {', '.join(f'line.{name}' for name in names)} FROM {head} AS head "
        f"JOIN {_table(line)} AS line ON line.{head}_id = head.id WHERE head.id = ? ORDER BY line.line_no",
        (document_id,),
    )
    made = (_made(line, names, row) for _, *row in rows)
    return (rows[0][0] if rows else None), {one.id: one for one in made}


def _table(model: type[Model]) -> str:
    return model._meta.db_table  # noqa: SLF001  (Tortoise's documented place for it)


@cache
def _columns(model: type[Model]) -> tuple[str, ...]:
    return tuple(model._meta.fields_db_projection.values())  # noqa: SLF001  (as above)


def _made(model: type[M], names: Sequence[str], row: Sequence[Any]) -> M:
    return model._init_from_db(**dict(zip(names, row, strict=True)))  # noqa: SLF001  (as its own queries make it)
