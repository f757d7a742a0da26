"""How costs are corrected, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.kit.numbers import Money
from jxc_graphql.warehousing.revaluations import operations
from jxc_graphql.warehousing.revaluations.models import Revaluation
from jxc_graphql.warehousing.revaluations.rules import AskedRevaluation
from tests.make.contract import Contract
from tests.make.trade import Trade


async def revaluation(trade: Trade) -> dict[str, Any]:
    lines = [AskedRevaluation(sku_id=sku_id, value_change=Money.of("1")) for sku_id in trade.shop.skus]
    return {"warehouse_id": trade.shop.warehouse.id, "lines": lines, "note": "供应商补差"}


CONTRACTS = (Contract(Revaluation, operations.create_revaluation, revaluation, then=(operations.post_revaluation,)),)
