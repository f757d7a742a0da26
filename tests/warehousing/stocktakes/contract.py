"""How goods are counted, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.warehousing.stocktakes import operations
from jxc_graphql.warehousing.stocktakes.models import Stocktake
from tests.make.contract import Contract
from tests.make.trade import Trade


async def stocktake(trade: Trade) -> dict[str, Any]:
    return {"warehouse_id": trade.shop.warehouse.id}


CONTRACTS = (Contract(Stocktake, operations.plan_stocktake, stocktake, then=(operations.start_stocktake,)),)
