"""How goods are taken in, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.buying.receiving import operations
from jxc_graphql.buying.receiving.models import GoodsReceipt, GoodsReceiptReversal
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


async def goods_receipt_reversal(trade: Trade) -> dict[str, Any]:
    came = await operations.receive_goods(trade.call, **await goods_receipt(trade))
    return {"goods_receipt_id": came.goods_receipt_id, "note": "录错"}


CONTRACTS = (
    Contract(GoodsReceipt, operations.receive_goods, goods_receipt),
    Contract(GoodsReceiptReversal, operations.reverse_goods_receipt, goods_receipt_reversal),
)
