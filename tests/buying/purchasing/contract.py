"""How goods are ordered, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.buying.purchasing import operations
from jxc_graphql.buying.purchasing.models import PurchaseOrder
from tests.make.contract import Contract
from tests.make.trade import Trade


async def purchase_order(trade: Trade) -> dict[str, Any]:
    lines = trade.asked([(sku, "5", "2") for sku in range(len(trade.shop.skus))])
    return {"supplier_id": trade.supplier_id, "warehouse_id": trade.shop.warehouse.id, "lines": lines}


CONTRACTS = (
    Contract(
        PurchaseOrder,
        operations.create_purchase_order,
        purchase_order,
        then=(operations.submit_purchase_order, operations.approve_purchase_order),
    ),
)
