"""How costs are landed, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.buying.landed_costs import operations
from jxc_graphql.buying.landed_costs.models import LandedCost, LandedCostKind, LandedCostMethod, LandedCostReversal
from jxc_graphql.kit.numbers import Money
from tests.make.contract import Contract
from tests.make.trade import Trade


async def landed_cost(trade: Trade) -> dict[str, Any]:
    skus = range(len(trade.shop.skus))
    order_id = await trade.buy(*((sku, "5", "2") for sku in skus))
    came = await trade.receive(order_id, *((sku, "3") for sku in skus))
    how = {"kind": LandedCostKind.FREIGHT, "method": LandedCostMethod.QUANTITY, "net": Money.of("100")}
    return {"supplier_id": trade.supplier_id, "goods_receipt_ids": [came.goods_receipt_id], **how}


async def landed_cost_reversal(trade: Trade) -> dict[str, Any]:
    landed = await operations.land_costs(trade.call, **await landed_cost(trade))
    return {"landed_cost_id": landed.landed_cost_id, "note": "录错"}


CONTRACTS = (
    Contract(LandedCost, operations.land_costs, landed_cost),
    Contract(LandedCostReversal, operations.reverse_landed_cost, landed_cost_reversal),
)
