"""How goods are sent out, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.selling.shipping import operations
from jxc_graphql.selling.shipping.models import Shipment
from jxc_graphql.selling.shipping.rules import ShippedLine
from tests.make.contract import Contract
from tests.make.trade import Trade


async def shipment(trade: Trade) -> dict[str, Any]:
    order_id = await trade.sell(*((sku, "5", "9") for sku in range(len(trade.shop.skus))))
    sent = Quantity.of("3")
    lines = [ShippedLine(sales_order_line_id=line.id, quantity=sent) for line in await trade.sales_lines(order_id)]
    return {"sales_order_id": order_id, "lines": lines}


CONTRACTS = (Contract(Shipment, operations.ship_goods, shipment),)
