"""How goods are taken in, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.buying.receiving import operations
from jxc_graphql.buying.receiving.models import GoodsReceipt
from jxc_graphql.buying.receiving.rules import ReceivedLine
from jxc_graphql.kit.numbers import Quantity
from tests.make.contract import Contract
from tests.make.trade import Trade


async def goods_receipt(trade: Trade) -> dict[str, Any]:
    order_id = await trade.buy(*((sku, "5", "2") for sku in range(len(trade.shop.skus))))
    came = Quantity.of("3")
    lines = [
        ReceivedLine(purchase_order_line_id=line.id, quantity_accepted=came)
        for line in await trade.purchase_lines(order_id)
    ]
    return {"purchase_order_id": order_id, "lines": lines}


CONTRACTS = (Contract(GoodsReceipt, operations.receive_goods, goods_receipt),)
