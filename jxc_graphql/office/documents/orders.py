"""How an order is taken hold of, moved on, and its lines written.

An order is locked before its lines, both before the stock levels, and a number is taken last: every operation takes
its locks in this order, so none waits for another in a circle.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

import msgspec
from tortoise.models import Model

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Path, Rejected
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.models import Document, DocumentStatus
from jxc_graphql.office.documents.operations import check_version
from jxc_graphql.office.documents.rules import DocumentAction, StateTable, UnknownId

D = TypeVar("D", bound=Document)


async def lock(
    kind: type[D],
    call: Call,
    order_id: int,
    *,
    states: StateTable,
    action: DocumentAction,
    expected_version: int | None,
    path: Path = ("id",),
) -> D:
    """The order on which an action is allowed now, kept from others until the transaction ends.

    Raises `NotFound` where the caller sees no such order, `Conflict` when it is not at the version the caller has seen,
    and `Rejected` when its status does not allow the action.
    """
    order: Any = await kind.select_for_update(no_key=True).get_or_none(id=order_id)
    if order is None or not call.sees(Dimension.WAREHOUSE, order.warehouse_id):
        raise NotFound(UnknownId(path=path, kind=kind.__name__))
    check_version(order, expected_version)
    if illegal := states.check(order.status, action):
        raise Rejected(msgspec.structs.replace(illegal, path=path))
    return cast("D", order)


async def advance(order: Document, status: DocumentStatus, *changed: str) -> None:
    """Saves the order's new status and the changed columns as its next version."""
    order.status = status
    order.version += 1
    await order.save(update_fields=["status", "version", *changed])


async def advance_all(orders: Sequence[Document]) -> None:
    """Makes the next version of orders of one kind that changed only in their lines, in one statement."""
    for order in orders:
        order.version += 1
    await save_columns(orders, "version")


async def save_columns(rows: Sequence[Model], *columns: str) -> None:
    """Writes these integer columns of rows of one table back, in one statement however many rows there are."""
    if not rows:
        return
    table = type(rows[0])._meta.db_table  # noqa: SLF001  (Tortoise's documented place for it)
    await db.execute(
        f"UPDATE {table} SET {', '.join(f'{column} = line.{column}' for column in columns)} "  # noqa: S608
        f"FROM {db.rows(dict.fromkeys(('id', *columns), 'bigint'))} AS line WHERE {table}.id = line.id",
        (db.json([row.pk, *(getattr(row, column) for column in columns)] for row in rows),),
    )


async def add_to_columns(kind: type[Model], added: Mapping[int, Sequence[int]], *columns: str) -> None:
    """Adds to these integer columns of rows of one table, by their ids, in one statement however many there are."""
    if not added:
        return
    table = kind._meta.db_table  # noqa: SLF001  (as above)
    changed = await db.execute(
        f"UPDATE {table} SET {', '.join(f'{column} = {table}.{column} + line.{column}' for column in columns)} "  # noqa: S608
        f"FROM {db.rows(dict.fromkeys(('id', *columns), 'bigint'))} AS line WHERE {table}.id = line.id",
        (db.json((row_id, *numbers) for row_id, numbers in added.items()),),
    )
    assert changed == len(added)
