"""A warehouse, and what its keeper asks for."""

from typing import Any

import msgspec

from jxc_graphql.books.goods.facts import DocumentPosted
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.office.documents.facts import DocumentSubmitted
from jxc_graphql.warehousing.adjustments import operations
from jxc_graphql.warehousing.adjustments.models import ADJUST_STOCK, Adjustment, AdjustmentLine, AdjustmentReason
from jxc_graphql.warehousing.adjustments.rules import AskedAdjustment, ScrappedGoods
from jxc_graphql.warehousing.stocktakes import operations as stocktakes
from jxc_graphql.warehousing.stocktakes.rules import CountScope
from jxc_graphql.warehousing.stocktakes.slips import AskedCount
from tests.make.shop import Shop


def keeper(shop: Shop) -> Call:
    """Somebody who adjusts, and approves nothing."""
    return msgspec.structs.replace(shop.call, permissions=frozenset({ADJUST_STOCK}))


def line(shop: Shop, quantity: str, unit_cost: str | None = None, sku: int = 0, **others: Any) -> AskedAdjustment:
    return AskedAdjustment(
        sku_id=shop.skus[sku],
        quantity=Quantity.of(quantity),
        unit_cost=None if unit_cost is None else UnitPrice.of(unit_cost),
        **others,
    )


def scrapped(shop: Shop, quantity: str, sku: int = 0, **others: Any) -> ScrappedGoods:
    return ScrappedGoods(sku_id=shop.skus[sku], quantity=Quantity.of(quantity), **others)


async def draft(shop: Shop, reason: AdjustmentReason, *lines: AskedAdjustment) -> int:
    fact = await operations.create_adjustment(shop.call, warehouse_id=shop.warehouse.id, reason=reason, lines=lines)
    return fact.subject_id


async def adjust(
    shop: Shop, reason: AdjustmentReason, *lines: AskedAdjustment
) -> DocumentPosted[Adjustment] | DocumentSubmitted[Adjustment]:
    """A draft that is posted at once, by somebody who may."""
    return await operations.post_adjustment(shop.call, adjustment_id=await draft(shop, reason, *lines))


async def approved_count(shop: Shop, quantity: str) -> int:
    """A stocktake of the first SKU, of which so much was counted; it is not posted yet."""
    call, scope = shop.call, CountScope(sku_ids=shop.skus[:1])
    planned = await stocktakes.plan_stocktake(call, warehouse_id=shop.warehouse.id, scope=scope)
    stocktake_id = planned.stocktake_id
    await stocktakes.start_stocktake(call, stocktake_id=stocktake_id)
    ((line_id,),) = await db.fetch("SELECT id FROM stocktake_line WHERE stocktake_id = ?", (stocktake_id,))
    counts = [AskedCount(line_id=line_id, quantity=Quantity.of(quantity))]
    await stocktakes.record_counts(call, stocktake_id=stocktake_id, counts=counts)
    await stocktakes.submit_stocktake(call, stocktake_id=stocktake_id)
    await stocktakes.approve_stocktake(call, stocktake_id=stocktake_id)
    return stocktake_id


async def told(adjustment_id: int) -> tuple[str, str | None, list[str | None]]:
    """Where it stands, what it changed, and by how much each line did; the books agree."""
    assert await differences() == []
    adjustment = await Adjustment.get(id=adjustment_id)
    lines = await AdjustmentLine.filter(adjustment_id=adjustment_id).order_by("line_no")
    return adjustment.status.value, _said(adjustment.total), [_said(one.value) for one in lines]


def _said(number: Any) -> str | None:
    return None if number is None else str(number)


async def route(document_id: int) -> list[tuple[str, str]]:
    rows = await db.fetch(
        "SELECT source.code, target.code FROM stock_movement AS movement JOIN place AS source "
        "ON source.id = from_place_id JOIN place AS target ON target.id = to_place_id WHERE document_id = ? "
        "ORDER BY movement.id",
        (document_id,),
    )
    return [(source, target) for source, target in rows]
