"""How gains and losses are written down, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.warehousing.adjustments import operations
from jxc_graphql.warehousing.adjustments.models import Adjustment, AdjustmentReason
from jxc_graphql.warehousing.adjustments.rules import AskedAdjustment
from tests.make.contract import Contract
from tests.make.trade import Trade


async def adjustment(trade: Trade) -> dict[str, Any]:
    lines = [AskedAdjustment(sku_id=sku_id, quantity=Quantity.of("1")) for sku_id in trade.shop.skus]
    return {"warehouse_id": trade.shop.warehouse.id, "reason": AdjustmentReason.FOUND, "lines": lines}


CONTRACTS = (Contract(Adjustment, operations.create_adjustment, adjustment, then=(operations.post_adjustment,)),)
