"""What the books did not know: goods that were found or are gone, and what goods cost after all."""

from jxc_graphql.books.goods import ledger
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.warehouses.places import VirtualPlace
from jxc_graphql.warehousing.adjustments import operations as adjustments
from jxc_graphql.warehousing.adjustments.models import AdjustmentReason
from jxc_graphql.warehousing.adjustments.rules import AskedAdjustment, ScrappedGoods
from jxc_graphql.warehousing.revaluations import operations as revaluations
from jxc_graphql.warehousing.revaluations.rules import AskedRevaluation as RevaluedLine
from tests.bookkeeping.clerk import Dice, step
from tests.bookkeeping.trading import PRICES, OpenLine, Trading

GAINS = (AdjustmentReason.FOUND, AdjustmentReason.DATA_CORRECTION, AdjustmentReason.SAMPLE, AdjustmentReason.LOST)
LOSSES = (
    AdjustmentReason.LOST,
    AdjustmentReason.DAMAGED,
    AdjustmentReason.EXPIRED,
    AdjustmentReason.INTERNAL_USE,
    AdjustmentReason.DATA_CORRECTION,
    AdjustmentReason.FOUND,
)
WRITE_OFFS = (AdjustmentReason.WRITE_OFF, AdjustmentReason.DAMAGED, AdjustmentReason.EXPIRED)
_PROMISED = """
    SELECT sku_id, warehouse_id, sellable - unfit, reserved FROM stock_level WHERE reserved > 0
    ORDER BY (SELECT COUNT(*) FROM claim WHERE stock_level_id = stock_level.id AND claim.reserved > 0) DESC, id"""
"""Where something is kept, for the most first."""
_AWAY = "SELECT DISTINCT line_id FROM cost_layer WHERE consignment_id <> 0 AND quantity > 0 ORDER BY 1"
"""The lines that brought what is on its way or lent: charged before all others."""
_OF_LINE = """
    SELECT (SELECT coalesce(SUM(quantity), 0) FROM stock_movement JOIN place ON place.id = from_place_id
            WHERE line_id = ? AND (place.warehouse_id IS NULL OR kind = 'CONSIGNED')),
        (SELECT coalesce(SUM(quantity), 0) FROM stock_movement WHERE of_line_id = ? AND to_place_id = 1),
        (SELECT coalesce(SUM(quantity), 0) FROM cost_layer WHERE line_id = ?)"""
"""What a line brought, what of that went back to the supplier, and what is left of it."""
CHARGES = ("1", "0.0001", "3.3333", "-0.5", "-100")
CHANGES = ("1", "-1", "0.0001", "-0.5", "3.3333", "-100")


class Correcting(Trading):
    """What is put right by a document of its own."""

    @step(3)
    async def gain(self, dice: Dice) -> None:
        """Goods were found, at their present cost or at one that is named."""
        warehouse, goods = dice.pick(self.company.warehouses), dice.pick(self.company.goods)
        quantity = self.some(dice, goods)
        line = AskedAdjustment(
            sku_id=goods.sku_id,
            quantity=quantity,
            lot=self.label(dice, goods),
            serials=self.new_pieces(quantity, goods),
            place_id=self.company.bins[warehouse.id] if dice.one_in(4) else None,
            unit_cost=UnitPrice.of(dice.pick(PRICES)) if dice.one_in(2) else None,
        )
        await self._adjust(dice, warehouse.id, dice.pick(GAINS), [line])

    @step(3)
    async def lose(self, dice: Dice) -> None:
        """Goods are gone, or are set apart; in two steps, or written off in one."""
        warehouse = dice.pick(self.company.warehouses)
        lines = [await self._loss(dice, one, warehouse.id) for one in await self._on_hand(warehouse.id)]
        if not (chosen := [one for n, one in enumerate(lines) if n == 0 or dice.one_in(3)]):
            return
        if dice.one_in(3):
            reason = dice.pick(WRITE_OFFS)
            await self.do(dice, adjustments.write_off, warehouse_id=warehouse.id, reason=reason, lines=chosen)
        else:
            await self._adjust(dice, warehouse.id, dice.pick(LOSSES), [one.loss for one in chosen])

    @step(7, otherwise="promise_more")
    async def lose_promised(self, dice: Dice) -> None:
        """Goods that are kept for somebody are gone, some of them or all: those give back who were promised last."""
        if not (rows := await db.fetch(_PROMISED)):
            return
        sku_id, warehouse_id, good, reserved = dice.pick(rows)
        goods, part = self.goods_of(sku_id), dice.part_of(Quantity(reserved), in_pieces=True)
        quantity = Quantity(good) - Quantity(reserved) + part
        pieces = await self.some_pieces(dice, goods, quantity, warehouse_id)
        lots = await self.lots_of(sku_id) if goods.tracking is SkuTracking.LOT else []
        line = ScrappedGoods(sku_id=sku_id, quantity=quantity, serials=pieces, lot_id=dice.pick(lots) if lots else None)
        await self.do(dice, adjustments.write_off, days_ago=0, warehouse_id=warehouse_id, lines=[line])

    @step(7)
    async def lose_late(self, dice: Dice) -> None:
        """It turns out that goods were gone days ago, between the days on which the company got its first ones."""
        where = self.company.warehouses[0].id
        rows = [one for one in await self._on_hand(where) if self.goods_of(one.sku_id).tracking is SkuTracking.NONE]
        if rows:
            there = dice.pick(rows)
            line = ScrappedGoods(sku_id=there.sku_id, quantity=self.share(dice, there))
            ago = self.days_passed + dice.pick((7, 4, 2))
            await self.do(dice, adjustments.write_off, days_ago=ago, warehouse_id=where, lines=[line])

    @step(4)
    async def revalue(self, dice: Dice) -> None:
        """Goods cost so much from now on, or by so much more or less."""
        warehouse = dice.pick(self.company.warehouses)
        rows = await self._on_hand(warehouse.id)
        lines = [
            RevaluedLine(sku_id=one.sku_id, unit_cost=UnitPrice.of(dice.pick(PRICES)))
            if dice.one_in(2)
            else RevaluedLine(sku_id=one.sku_id, value_change=Money.of(dice.pick(CHANGES)))
            for n, one in enumerate(rows)
            if n == 0 or dice.one_in(3)
        ]
        if drafted := await self.do(
            dice, revaluations.create_revaluation, warehouse_id=warehouse.id, lines=lines, note="发票更正"
        ):
            await self.do(dice, revaluations.post_revaluation, revaluation_id=drafted.revaluation_id)

    @step(1)
    async def charge(self, dice: Dice) -> None:
        """Freight is added to what a line brought: at the door of the ledger, for no document asks for it yet.

        How much of it each layer bears is checked where that is decided; by hand it is not, but for what
        is gone: what went back to the supplier bears none of it.
        """
        rows = await db.fetch(_AWAY) or await db.fetch(
            "SELECT DISTINCT line_id FROM stock_movement WHERE from_place_id = ? ORDER BY 1", (VirtualPlace.SUPPLIER,)
        )
        line_id, amount = dice.pick(rows)[0], Money.of(dice.pick(CHARGES))
        came, back, left = map(int, (await db.fetch(_OF_LINE, (line_id,) * 3))[0])
        charged = await _charge(self.call(), line_id, amount, Quantity(back))
        gone = max(came - back - left, 0)
        if amount > 0 and left + gone:
            assert abs(charged.sold_values[0] * (left + gone) - amount * gone) <= left + gone
        self.is_charged = True
        self.taken += 1
        self.record.facts["charge"] += 1

    async def _adjust(
        self, dice: Dice, warehouse_id: int, reason: AdjustmentReason, lines: list[AskedAdjustment]
    ) -> None:
        drafted = await self.do(
            dice, adjustments.create_adjustment, warehouse_id=warehouse_id, reason=reason, lines=lines
        )
        if drafted:
            chosen = {"adjustment_id": drafted.adjustment_id}
            operation = adjustments.cancel_adjustment if dice.one_in(8) else adjustments.post_adjustment
            await self.do(dice, operation, **chosen)

    async def _on_hand(self, warehouse_id: int) -> list[OpenLine]:
        """What is there."""
        rows = await db.fetch(
            "SELECT id, sku_id, sellable FROM stock_level WHERE warehouse_id = ? AND sellable > 0 ORDER BY id",
            (warehouse_id,),
        )
        return [OpenLine(level_id, sku_id, Quantity(there)) for level_id, sku_id, there in rows]

    async def _loss(self, dice: Dice, there: OpenLine, warehouse_id: int) -> ScrappedGoods:
        goods = self.goods_of(there.sku_id)
        quantity = self.share(dice, there)
        lots = await self.lots_of(goods.sku_id) if goods.tracking is SkuTracking.LOT else []
        return ScrappedGoods(
            sku_id=goods.sku_id,
            quantity=quantity,
            lot_id=dice.pick(lots) if lots and dice.one_in(4) else None,
            serials=await self.some_pieces(dice, goods, quantity, warehouse_id),
        )


@db.transactional
async def _charge(call: Call, line_id: int, amount: Money, besides: Quantity) -> ledger.Revalued:
    charge = ledger.Charge(line_id=line_id, amount=amount, besides=besides)
    return await ledger.charge(call, [charge], document_id=new_id())
