"""What customers bring back: the steps of a return, each one operation, in plain decimals."""

from typing import Any

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.selling.customer_returns import operations
from jxc_graphql.selling.customer_returns.facts import CustomerReturnApproved, CustomerReturnReceived
from jxc_graphql.selling.customer_returns.inspection import InspectedLine
from jxc_graphql.selling.customer_returns.models import (
    CustomerReturn,
    CustomerReturnLine,
    CustomerReturnReason,
    CustomerReturnResolution,
)
from jxc_graphql.selling.customer_returns.rules import LineToReturn
from jxc_graphql.selling.sales import exposure as sales_exposure
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping.facts import GoodsShipped
from jxc_graphql.selling.shipping.models import ShipmentLine
from tests.make.trade import Trade, set_column

EXCHANGE = CustomerReturnResolution.EXCHANGE
REFUND_ONLY = CustomerReturnResolution.REFUND_ONLY


async def sent_lines(sent: GoodsShipped) -> list[ShipmentLine]:
    """The lines of a shipment."""
    return await ShipmentLine.filter(shipment_id=sent.shipment_id).order_by("line_no")


def returned(shipment_line_id: int, quantity: str, **others: Any) -> LineToReturn:
    """So much of a line of a shipment."""
    if "price" in others:
        others["exchange_price"] = UnitPrice.of(others.pop("price"))
    reason = others.pop("reason", CustomerReturnReason.UNWANTED)
    return LineToReturn(shipment_line_id=shipment_line_id, quantity=Quantity.of(quantity), reason=reason, **others)


async def draft(trade: Trade, *lines: LineToReturn, **others: Any) -> int:
    """A draft of a return."""
    given: dict[str, Any] = {"warehouse_id": trade.shop.warehouse.id, "lines": lines}
    return (await operations.create_customer_return(trade.call, **given | others)).subject_id


async def approve(trade: Trade, return_id: int) -> CustomerReturnApproved:
    """Agrees to a return."""
    return await operations.approve_customer_return(trade.call, customer_return_id=return_id)


async def agreed(trade: Trade, *lines: LineToReturn, **others: Any) -> int:
    """A return that was agreed to."""
    return_id = await draft(trade, *lines, **others)
    await approve(trade, return_id)
    return return_id


async def lines_of(return_id: int) -> list[CustomerReturnLine]:
    """The lines of a return."""
    return await CustomerReturnLine.filter(customer_return_id=return_id).order_by("line_no")


async def receive(trade: Trade, return_id: int, *came: dict[str, Any]) -> CustomerReturnReceived:
    """All of a return, into stock; or what `came`: lines as `InspectedLine` has them, `at` their positions."""
    lines = await lines_of(return_id)
    if not came:
        came = tuple({"quantity": line.quantity, "at": at} for at, line in enumerate(lines) if not _stays(line))
    inspected = [
        InspectedLine(
            customer_return_line_id=lines[one.pop("at", 0)].id, quantity=_quantity(one.pop("quantity")), **one
        )
        for one in map(dict, came)
    ]
    return await operations.receive_customer_return(trade.call, customer_return_id=return_id, lines=inspected)


async def bring_back(trade: Trade, *lines: LineToReturn, **others: Any) -> int:
    """A return that was agreed to, and all of it came into stock."""
    return_id = await agreed(trade, *lines, **others)
    await receive(trade, return_id)
    return return_id


async def worth(return_id: int) -> tuple[str, ...]:
    """What a return comes to: net, tax and gross, what goes out in exchange, and what it had cost."""
    one = await CustomerReturn.get(id=return_id)
    return tuple(map(str, (one.net, one.tax, one.gross, one.exchange_gross, one.cost)))


def _stays(line: CustomerReturnLine) -> bool:
    return line.resolution is REFUND_ONLY


def _quantity(given: Quantity | str) -> Quantity:
    return given if isinstance(given, Quantity) else Quantity.of(given)


async def send(trade: Trade, *lines: tuple[int, str, str], **order: Any) -> GoodsShipped:
    """Sells these and sends all of them."""
    order_id = await trade.sell(*lines, **order)
    return await trade.ship(order_id, *((at, quantity) for at, (_, quantity, _) in enumerate(lines)))


async def sell_taxed(trade: Trade, *lines: tuple[int, str, str], code: str = "13", **order: Any) -> GoodsShipped:
    """The same, with tax."""
    ((tax_code_id,),) = await db.fetch("SELECT id FROM tax_code WHERE code = ?", (code,))
    asked = [msgspec.structs.replace(one, tax_code_id=tax_code_id) for one in trade.asked(lines)]
    return await send_all(trade, asked, **order)


async def send_all(trade: Trade, asked: list[AskedLine], **order: Any) -> GoodsShipped:
    """The same, of lines as an order asks for them."""
    order_id = await trade.draft_sale(lines=asked, **order)
    await sales.approve_sales_order(trade.call, sales_order_id=order_id)
    ordered = await trade.sales_lines(order_id)
    return await trade.ship(order_id, *((at, str(line.quantity)) for at, line in enumerate(ordered)))


async def status_of(return_id: int) -> str:
    """Where a return stands."""
    return (await CustomerReturn.get(id=return_id)).status.value


async def exposure(trade: Trade) -> tuple[str, ...]:
    """With how much the customer is trusted: all of it, what he owes, and what he is owed."""
    (found,) = await sales_exposure.exposures(trade.call, [trade.customer_id])
    return tuple(map(str, (found.exposure, found.receivable, found.credits)))


async def tax(trade: Trade, code: str) -> None:
    """Has all goods taxed so."""
    ((tax_code_id,),) = await db.fetch("SELECT id FROM tax_code WHERE code = ?", (code,))
    await set_column("UPDATE product SET tax_code_id = ?", tax_code_id)
