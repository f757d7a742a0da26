"""Quotes in plain decimals: the steps of one, each an operation."""

from datetime import timedelta
from typing import Any

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.selling.quotes import operations
from jxc_graphql.selling.quotes.models import Quote, QuoteLine
from jxc_graphql.selling.quotes.rules import QuotedPart
from tests.make.trade import Line, Trade


async def draft_quote(trade: Trade, *lines: Line, days: int = 7, **others: Any) -> int:
    """A draft that is valid for so many days."""
    given: dict[str, Any] = {
        "customer_id": trade.customer_id,
        "warehouse_id": trade.shop.warehouse.id,
        "lines": trade.asked(lines),
        "valid_through": clock.day_of(trade.call.at) + timedelta(days=days),
    }
    return (await operations.create_quote(trade.call, **given | others)).subject_id


async def quote(trade: Trade, *lines: Line, **others: Any) -> int:
    """An approved quote."""
    quote_id = await draft_quote(trade, *lines, **others)
    await operations.approve_quote(trade.call, quote_id=quote_id)
    return quote_id


async def quote_lines(quote_id: int) -> list[QuoteLine]:
    """The lines of a quote."""
    return await QuoteLine.filter(quote_id=quote_id).order_by("line_no")


async def order(trade: Trade, quote_id: int, *parts: tuple[int, str]) -> int:
    """The order of so much of lines by their positions from 0, or of all that is left."""
    lines = await quote_lines(quote_id)
    asked = [QuotedPart(quote_line_id=lines[at].id, quantity=Quantity.of(quantity)) for at, quantity in parts]
    return (await operations.order_quote(trade.call, quote_id=quote_id, lines=asked)).sales_order_id


async def kept(quote_id: int) -> list[str]:
    """How much is kept for each line of a quote."""
    rows = await db.fetch(
        "SELECT coalesce(claim.reserved, 0) FROM quote_line AS line LEFT JOIN claim ON claim.owner_id = line.id "
        "WHERE quote_id = ? ORDER BY line_no",
        (quote_id,),
    )
    return [str(Quantity(quantity)) for (quantity,) in rows]


async def stands(quote_id: int) -> tuple[str, list[str]]:
    """Where a quote stands, and how much of its lines is ordered."""
    return (await Quote.get(id=quote_id)).status.value, [
        str(line.quantity_ordered) for line in await quote_lines(quote_id)
    ]
