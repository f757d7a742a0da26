"""Amendments of orders in plain decimals."""

from typing import Any

from jxc_graphql.buying.purchase_amendments import operations as purchase_amendments
from jxc_graphql.buying.purchase_amendments.rules import ChangedPurchaseLine
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.selling.sales_amendments import operations as sales_amendments
from jxc_graphql.selling.sales_amendments.rules import ChangedSalesLine
from tests.make.trade import Line, Trade

_KINDS: dict[str, Any] = {"quantity": Quantity, "unit_price": UnitPrice, "discount": Money}


def _told(told: dict[str, Any]) -> dict[str, Any]:
    return {name: _KINDS[name].of(value) if name in _KINDS else value for name, value in told.items()}


async def draft_purchase_amendment(
    trade: Trade,
    order_id: int,
    *,
    change: dict[int, dict[str, Any]] | None = None,
    add: list[Line] | None = None,
    cancel: list[int] | None = None,
    **others: Any,
) -> int:
    """The id of one that changes lines by their positions from 0."""
    lines = await trade.purchase_lines(order_id)
    fact = await purchase_amendments.amend_purchase_order(
        trade.call,
        purchase_order_id=order_id,
        add=trade.asked(add or []),
        change=[
            ChangedPurchaseLine(purchase_order_line_id=lines[at].id, **_told(told))
            for at, told in (change or {}).items()
        ],
        cancel_rest_ids=[lines[at].id for at in cancel or []],
        **others,
    )
    return fact.subject_id


async def draft_sales_amendment(
    trade: Trade,
    order_id: int,
    *,
    change: dict[int, dict[str, Any]] | None = None,
    add: list[Line] | None = None,
    cancel: list[int] | None = None,
    **others: Any,
) -> int:
    """The same of a sales order."""
    lines = await trade.sales_lines(order_id)
    fact = await sales_amendments.amend_sales_order(
        trade.call,
        sales_order_id=order_id,
        add=trade.asked(add or []),
        change=[
            ChangedSalesLine(sales_order_line_id=lines[at].id, **_told(told)) for at, told in (change or {}).items()
        ],
        cancel_rest_ids=[lines[at].id for at in cancel or []],
        **others,
    )
    return fact.subject_id


async def apply_to_purchase(call: Call, amendment_id: int) -> Any:
    await purchase_amendments.submit_purchase_amendment(call, purchase_amendment_id=amendment_id)
    return await purchase_amendments.approve_purchase_amendment(call, purchase_amendment_id=amendment_id)


async def apply_to_sale(call: Call, amendment_id: int) -> Any:
    await sales_amendments.submit_sales_amendment(call, sales_amendment_id=amendment_id)
    return await sales_amendments.approve_sales_amendment(call, sales_amendment_id=amendment_id)


async def amend_purchase(trade: Trade, order_id: int, **told: Any) -> Any:
    return await apply_to_purchase(trade.call, await draft_purchase_amendment(trade, order_id, **told))


async def amend_sale(trade: Trade, order_id: int, **told: Any) -> Any:
    return await apply_to_sale(trade.call, await draft_sales_amendment(trade, order_id, **told))
