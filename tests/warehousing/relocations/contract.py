"""How goods are moved about, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.warehousing.relocations import operations
from jxc_graphql.warehousing.relocations.models import PlaceMove
from jxc_graphql.warehousing.relocations.rules import WantedMove
from tests.make.contract import Contract
from tests.make.trade import Trade


async def place_move(trade: Trade) -> dict[str, Any]:
    here = trade.shop.warehouse
    lines = [
        WantedMove(
            sku_id=sku_id,
            quantity=Quantity.of("1"),
            from_place_id=here.stock_place_id,
            to_place_id=here.quality_place_id,
        )
        for sku_id in trade.shop.skus
    ]
    return {"warehouse_id": here.id, "lines": lines}


CONTRACTS = (Contract(PlaceMove, operations.move_places, place_move),)
