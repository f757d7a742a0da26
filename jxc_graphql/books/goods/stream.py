"""The stream of stock levels: which of them are others, as facts name them."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import AsyncIterator, Collection
from functools import lru_cache
from typing import Any

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Cursor, Entry, Fact
from jxc_graphql.kit.telling import check_watched, told
from jxc_graphql.office.auth.permissions import Dimension, Permission

MOST_LEVELS = 500
"""So many levels does one event show."""


class StockLevelEvent(msgspec.Struct, frozen=True, kw_only=True):
    """These levels are others; `cursor` is where to resume behind it."""

    cursor: str
    stock_level_ids: tuple[int, ...]
    is_complete: bool
    """Whether these are all of them."""


async def stock_level_events(
    call: Call,
    *,
    sku_ids: Collection[int] | None = None,
    warehouse_ids: Collection[int] | None = None,
    after: Cursor | None = None,
) -> AsyncIterator[StockLevelEvent | Cursor]:
    """Every change of stock levels that the caller sees, behind a cursor and without end: an event for each fact.

    `sku_ids`, `warehouse_ids`: of these only. A cursor among them says that everything up to it was told. Needs
    SEE_STOCK. Raises `Rejected` for a cursor that nothing resumes from, and for too many SKUs or warehouses.
    """
    call.require(Permission.SEE_STOCK)
    check_watched(skus=sku_ids, warehouses=warehouse_ids)

    async def shown(entry: Entry) -> StockLevelEvent | None:
        fact: Any = entry.fact
        found = [
            level_id
            for level_id, sku_id, warehouse_id in await _looked_up(fact.stock_level_ids)
            if call.sees(Dimension.WAREHOUSE, warehouse_id)
            and (sku_ids is None or sku_id in sku_ids)
            and (warehouse_ids is None or warehouse_id in warehouse_ids)
        ]
        if not found:
            return None
        told_of, is_complete = tuple(found[:MOST_LEVELS]), len(found) <= MOST_LEVELS
        return StockLevelEvent(cursor=entry.cursor.encode(), stock_level_ids=told_of, is_complete=is_complete)

    async for event in told(_names(len(Fact.registry)), shown, after):
        yield event


@lru_cache(maxsize=8)
def _names(_known: int) -> frozenset[str]:
    """The facts that name stock levels."""
    return frozenset(fact.stored_as for fact in Fact.registry.values() if "stock_level_ids" in fact.__struct_fields__)


async def _looked_up(level_ids: Collection[int]) -> list[tuple[int, int, int]]:
    """Stock levels, each with its SKU and its warehouse; one statement."""
    if not level_ids:
        return []
    return await db.fetch(
        f"SELECT level.id, sku_id, warehouse_id FROM {db.rows({'id': 'bigint'})} AS asked "
        "JOIN stock_level AS level ON level.id = asked.id ORDER BY level.id",
        (db.json([level_id] for level_id in {*level_ids}),),
    )
