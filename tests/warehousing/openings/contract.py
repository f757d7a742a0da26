"""How the books are opened, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.kit import clock
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.warehousing.openings import operations
from jxc_graphql.warehousing.openings.models import OpeningBalance
from jxc_graphql.warehousing.openings.rules import OpeningLine
from tests.make.contract import Contract
from tests.make.trade import Trade


async def opening_balance(trade: Trade) -> dict[str, Any]:
    quantity, cost = Quantity.of("3"), UnitPrice.of("2")
    lines = [OpeningLine(sku_id=sku_id, quantity=quantity, unit_cost=cost) for sku_id in trade.shop.skus]
    day = clock.day_of(trade.call.at)
    return {"warehouse_id": trade.shop.warehouse.id, "business_date": day, "lines": lines}


CONTRACTS = (Contract(OpeningBalance, operations.post_opening_balance, opening_balance),)
