"""What is needed, in plain decimals: drafted, approved, ordered."""

from typing import Any

from jxc_graphql.buying.requests import operations, ordering
from jxc_graphql.buying.requests.facts import PurchaseRequestOrdered
from jxc_graphql.buying.requests.models import PurchaseRequestLine
from jxc_graphql.buying.requests.rules import NeededGoods, RequestedPart
from jxc_graphql.kit import clock
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from tests.make.trade import Trade

Needed = tuple[int, str] | tuple[int, str, dict[str, Any]]
"""A SKU by its position from 0, how much, and what else `NeededGoods` or `RequestedPart` has."""


async def draft(trade: Trade, *lines: Needed, **others: Any) -> int:
    goods = [
        NeededGoods(sku_id=trade.shop.skus[sku], quantity=Quantity.of(quantity), **(more[0] if more else {}))
        for sku, quantity, *more in lines
    ]
    given = {"warehouse_id": trade.shop.warehouse.id, "needed_on": clock.day_of(trade.call.at), "lines": goods}
    return (await operations.create_purchase_request(trade.call, **{**given, **others})).subject_id


async def request(trade: Trade, *lines: Needed, **others: Any) -> int:
    """A request that is approved."""
    request_id = await draft(trade, *lines, **others)
    await operations.submit_purchase_request(trade.call, purchase_request_id=request_id)
    await operations.approve_purchase_request(trade.call, purchase_request_id=request_id)
    return request_id


async def lines_of(request_id: int) -> list[PurchaseRequestLine]:
    return await PurchaseRequestLine.filter(purchase_request_id=request_id).order_by("line_no")


async def order(trade: Trade, request_id: int, *parts: Needed) -> PurchaseRequestOrdered:
    """Orders parts of lines by their positions from 0 at 2.00 of the shop's supplier, unless told otherwise."""
    known = await lines_of(request_id)
    asked = []
    for at, quantity, *more in parts:
        given: dict[str, Any] = {"supplier_id": trade.supplier_id, "unit_price": UnitPrice.of("2")}
        given |= more[0] if more else {}
        asked.append(RequestedPart(purchase_request_line_id=known[at].id, quantity=Quantity.of(quantity), **given))
    return await ordering.order_purchase_request(trade.call, purchase_request_id=request_id, lines=asked)
