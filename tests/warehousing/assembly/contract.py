"""How kits are made, for the tests that all documents have in common."""

from typing import Any

from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.models import Sku
from jxc_graphql.warehousing.assembly import operations
from jxc_graphql.warehousing.assembly.models import Assembly
from jxc_graphql.warehousing.assembly.rules import Component
from tests.make.contract import Contract
from tests.make.trade import Trade


async def assembly(trade: Trade) -> dict[str, Any]:
    product_id = (await Sku.get(id=trade.shop.skus[0])).product_id
    kit = await catalog.create_sku(trade.call, product_id=product_id, code=str(new_id()), name="礼盒", unit="盒")
    components = [Component(sku_id=sku_id, quantity=Quantity.of("1")) for sku_id in trade.shop.skus]
    await operations.set_kit_components(trade.call, sku_id=kit.sku_id, components=components)
    return {"warehouse_id": trade.shop.warehouse.id, "sku_id": kit.sku_id, "quantity": Quantity.of("2")}


CONTRACTS = (Contract(Assembly, operations.assemble_kits, assembly, most=50),)
