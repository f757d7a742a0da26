"""How goods are sold, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.selling.sales import operations
from jxc_graphql.selling.sales.models import SalesOrder
from tests.make.contract import Contract
from tests.make.trade import Trade


async def sales_order(trade: Trade) -> dict[str, Any]:
    lines = trade.asked([(sku, "5", "9") for sku in range(len(trade.shop.skus))])
    return {"customer_id": trade.customer_id, "warehouse_id": trade.shop.warehouse.id, "lines": lines}


CONTRACTS = (
    Contract(
        SalesOrder,
        operations.create_sales_order,
        sales_order,
        then=(operations.submit_sales_order, operations.approve_sales_order),
    ),
)
