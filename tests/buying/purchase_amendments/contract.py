"""How purchase orders are amended, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.buying.purchase_amendments import operations
from jxc_graphql.buying.purchase_amendments.models import PurchaseAmendment
from jxc_graphql.buying.purchase_amendments.rules import ChangedPurchaseLine
from jxc_graphql.kit.numbers import Quantity
from tests.make.contract import Contract
from tests.make.trade import Trade


async def purchase_amendment(trade: Trade) -> dict[str, Any]:
    order_id = await trade.buy(*((sku, "5", "2") for sku in range(len(trade.shop.skus))))
    change = [
        ChangedPurchaseLine(purchase_order_line_id=line.id, quantity=Quantity.of("7"))
        for line in await trade.purchase_lines(order_id)
    ]
    return {"purchase_order_id": order_id, "change": change}


CONTRACTS = (
    Contract(
        PurchaseAmendment,
        operations.amend_purchase_order,
        purchase_amendment,
        then=(operations.submit_purchase_amendment, operations.approve_purchase_amendment),
    ),
)
