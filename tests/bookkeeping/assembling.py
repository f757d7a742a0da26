"""Kits are made of other goods, and taken apart again."""

from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.warehouses.places import VirtualPlace
from jxc_graphql.warehousing.assembly import operations as assembly
from jxc_graphql.warehousing.assembly.rules import RecoveredComponent, UsedComponent
from tests.bookkeeping.clerk import Dice, step
from tests.bookkeeping.trading import LOTS, Trading, labelled

HOW_MANY = ("1", "2", "1", "3", "0.5")
COSTS = ("0", "1.37")


class Assembling(Trading):
    """What is done at the workbench."""

    @step(3)
    async def assemble(self, dice: Dice) -> None:
        """By the recipe, of the pieces that are named; sometimes of less than it says."""
        warehouse, quantity = dice.pick(self.company.warehouses), Quantity.of(dice.pick(HOW_MANY))
        lines = []
        for one, each in self.company.recipe.items():
            goods, used = self.goods_of(one), self._by_recipe(quantity, each)
            if goods.tracking is SkuTracking.SERIAL:
                pieces = await self.some_pieces(dice, goods, used, warehouse.id)
                lines.append(UsedComponent(sku_id=one, quantity=used, serials=pieces))
            elif dice.one_in(6):
                lines.append(UsedComponent(sku_id=one, quantity=Quantity(int(used) // 2)))
        await self.do(
            dice,
            assembly.assemble_kits,
            warehouse_id=warehouse.id,
            sku_id=self.company.kit_id,
            quantity=quantity,
            lines=lines,
            place_id=self.company.bins[warehouse.id] if dice.one_in(4) else None,
            extra_cost=Money.of(dice.pick(COSTS)),
            reason=dice.pick(("少用", "")),
        )

    @step(3)
    async def disassemble(self, dice: Dice) -> None:
        """What comes of it goes back on the shelves, or some of it is lost."""
        warehouse, quantity = dice.pick(self.company.warehouses), Quantity.of(dice.pick(HOW_MANY))
        lines = []
        for one, each in self.company.recipe.items():
            goods, came = self.goods_of(one), self._by_recipe(quantity, each)
            kept = Quantity(0) if dice.one_in(6) else came
            if goods.tracking is SkuTracking.SERIAL:
                there = (await self.pieces_at(one, VirtualPlace.ASSEMBLY))[: int(kept) // 10_000]
                missing = kept - Quantity.of(len(there))
                pieces = (*there, *self.new_pieces(missing, goods)) if missing >= 0 else ()
                lines.append(RecoveredComponent(sku_id=one, quantity=kept, serials=pieces))
            elif goods.tracking is SkuTracking.LOT:
                label = labelled(dice.pick(tuple(LOTS))) if kept else None
                lines.append(RecoveredComponent(sku_id=one, quantity=kept, lot=label))
            elif kept != came:
                lines.append(RecoveredComponent(sku_id=one, quantity=kept))
        await self.do(
            dice,
            assembly.disassemble_kits,
            warehouse_id=warehouse.id,
            sku_id=self.company.kit_id,
            quantity=quantity,
            lines=lines,
            extra_cost=Money.of(dice.pick(COSTS)),
            reason=dice.pick(("坏了", "")),
        )

    def _by_recipe(self, kits: Quantity, of_each: Quantity) -> Quantity:
        return Quantity(int(kits) * int(of_each) // int(Quantity.of("1")))
