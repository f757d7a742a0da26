"""How sales orders are amended, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.selling.sales_amendments import operations
from jxc_graphql.selling.sales_amendments.models import SalesAmendment
from jxc_graphql.selling.sales_amendments.rules import ChangedSalesLine
from tests.make.contract import Contract
from tests.make.trade import Trade


async def sales_amendment(trade: Trade) -> dict[str, Any]:
    order_id = await trade.sell(*((sku, "5", "2") for sku in range(len(trade.shop.skus))))
    change = [
        ChangedSalesLine(sales_order_line_id=line.id, quantity=Quantity.of("7"))
        for line in await trade.sales_lines(order_id)
    ]
    return {"sales_order_id": order_id, "change": change}


CONTRACTS = (
    Contract(
        SalesAmendment,
        operations.amend_sales_order,
        sales_amendment,
        then=(operations.submit_sales_amendment, operations.approve_sales_amendment),
    ),
)
