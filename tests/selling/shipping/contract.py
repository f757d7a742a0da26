"""How goods are sent out, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.selling.shipping import operations
from jxc_graphql.selling.shipping.models import Shipment, ShipmentReversal
from jxc_graphql.selling.shipping.rules import ShippedLine
from tests.make.contract import Contract
from tests.make.trade import Trade


async def shipment(trade: Trade) -> dict[str, Any]:
    order_id = await trade.sell(*((sku, "5", "9") for sku in range(len(trade.shop.skus))))
    sent = Quantity.of("3")
    lines = [ShippedLine(sales_order_line_id=line.id, quantity=sent) for line in await trade.sales_lines(order_id)]
    return {"sales_order_id": order_id, "lines": lines}


async def shipment_reversal(trade: Trade) -> dict[str, Any]:
    left = await operations.ship_goods(trade.call, **await shipment(trade))
    return {"shipment_id": left.shipment_id, "note": "录错"}


CONTRACTS = (
    Contract(Shipment, operations.ship_goods, shipment),
    Contract(ShipmentReversal, operations.reverse_shipment, shipment_reversal),
)
