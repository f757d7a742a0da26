"""A gift box (礼盒) of two teas and a third of a ribbon, and a crate of boxes; everything is bought first."""

from typing import Any

import msgspec

from jxc_graphql import wiring
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.warehousing.assembly import operations
from jxc_graphql.warehousing.assembly.models import Assembly, AssemblyLine
from jxc_graphql.warehousing.assembly.operations import Component, RecoveredComponent, UsedComponent
from tests.make.trade import Trade, make_trade

TEA, RIBBON, BOX, CRATE, OTHER = range(5)
"""Positions of the SKUs."""


class Workshop(msgspec.Struct, frozen=True):
    trade: Trade

    @property
    def call(self) -> Call:
        return self.trade.call

    def sku(self, position: int) -> int:
        return self.trade.shop.skus[position]

    def components(self, *told: tuple[int, str]) -> list[Component]:
        return [Component(sku_id=self.sku(sku), quantity=Quantity.of(quantity)) for sku, quantity in told]

    def lines(self, *told: tuple[int, str], **others: Any) -> list[UsedComponent]:
        return [UsedComponent(sku_id=self.sku(sku), quantity=Quantity.of(quantity), **others) for sku, quantity in told]

    async def set(self, kit: int, *told: tuple[int, str], batch: str = "1", version: int | None = None) -> int:
        fact = await operations.set_kit_components(
            self.call,
            sku_id=self.sku(kit),
            components=self.components(*told),
            batch_quantity=Quantity.of(batch),
            expected_version=version,
        )
        return fact.kit_id

    async def assemble(self, quantity: str, kit: int = BOX, **others: Any) -> int:
        given = {
            "warehouse_id": self.trade.shop.warehouse.id,
            "sku_id": self.sku(kit),
            "quantity": Quantity.of(quantity),
        }
        return (await operations.assemble_kits(self.call, **given | others)).assembly_id

    async def disassemble(self, quantity: str, kit: int = BOX, **others: Any) -> int:
        given = {
            "warehouse_id": self.trade.shop.warehouse.id,
            "sku_id": self.sku(kit),
            "quantity": Quantity.of(quantity),
        }
        recovered = [
            RecoveredComponent(sku_id=one.sku_id, quantity=one.quantity, place_id=one.place_id, serials=one.serials)
            for one in others.pop("lines", ())
        ]
        fact = await operations.disassemble_kits(self.call, lines=recovered, **given | others)
        return fact.assembly_id

    def _asked(self, kit: int, quantity: str) -> dict[str, Any]:
        place = self.trade.shop.warehouse.id
        return {"warehouse_id": place, "sku_id": self.sku(kit), "quantity": Quantity.of(quantity)}

    async def level(self, sku: int) -> tuple[str, str]:
        """On hand and value."""
        found = await self.trade.shop.level(sku)
        return found["on_hand"], found["value"]

    async def told(self, assembly_id: int) -> tuple[list[str], list[list[str]]]:
        """Cost, extra cost and value of a document; what the recipe says, quantity and value of each line."""
        one = await Assembly.get(id=assembly_id)
        lines = await AssemblyLine.filter(assembly_id=assembly_id).order_by("line_no")
        return [str(one.cost), str(one.extra_cost), str(one.value)], [
            [str(line.quantity_by_recipe), str(line.quantity), str(line.value)] for line in lines
        ]

    async def verify(self) -> list[Any]:
        """Every difference in the books, when all reactions are done."""
        await wiring.REACTIONS.settle()
        return await differences()


async def make_workshop(call: Call) -> Workshop:
    """A box is 2 teas and a third of a ribbon; 20 teas at 3, 10 ribbons at 0.5."""
    shop = Workshop(await make_trade(call, skus=5))
    await shop.set(BOX, (TEA, "6"), (RIBBON, "1"), batch="3")
    order = await shop.trade.buy((TEA, "20", "3"), (RIBBON, "10", "0.5"))
    await shop.trade.receive(order, (0, "20"), (1, "10"))
    return shop
