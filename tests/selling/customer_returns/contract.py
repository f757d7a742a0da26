"""How returns of customers are made, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.selling.customer_returns import operations
from jxc_graphql.selling.customer_returns.models import CustomerReturn
from tests.make.contract import Contract
from tests.make.customer_returns import returned, sent_lines
from tests.make.trade import Trade


async def customer_return(trade: Trade) -> dict[str, Any]:
    """Of what left for each SKU; the first left once more, which is not brought back."""
    skus = [*range(len(trade.shop.skus)), 0]
    await trade.stock_up(*["200"] * len(trade.shop.skus))
    order_id = await trade.sell(*((sku, "65", "9") for sku in skus))
    sent = await trade.ship(order_id, *((at, "65") for at in range(len(skus))))
    lines = [returned(line.id, "1") for line in await sent_lines(sent)]
    return {"warehouse_id": trade.shop.warehouse.id, "lines": lines[:-1]}


CONTRACTS = (
    Contract(
        CustomerReturn,
        operations.create_customer_return,
        customer_return,
        then=(operations.submit_customer_return, operations.approve_customer_return),
    ),
)
