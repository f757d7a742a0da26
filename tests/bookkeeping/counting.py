"""Stocktakes, while everything else goes on."""

from typing import Any

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.warehousing.stocktakes import operations as stocktakes
from jxc_graphql.warehousing.stocktakes.models import CountMode, UncountedLines
from jxc_graphql.warehousing.stocktakes.rules import CountScope
from jxc_graphql.warehousing.stocktakes.slips import AskedCount
from tests.bookkeeping.clerk import Dice, step
from tests.bookkeeping.trading import LOTS, Trading, labelled

LIMITS = ("100000", "5")


class Counting(Trading):
    """What counters do."""

    @step(2)
    async def plan_count(self, dice: Dice) -> None:
        """Of a whole warehouse, or of one SKU."""
        warehouse = dice.pick(self.company.warehouses)
        scope = CountScope(sku_ids=(dice.pick(self.company.goods).sku_id,)) if dice.one_in(3) else CountScope()
        planned = await self.do(
            dice,
            stocktakes.plan_stocktake,
            warehouse_id=warehouse.id,
            scope=scope,
            is_blind=dice.one_in(2),
            includes_empty=dice.one_in(2),
            approval_limit=Money.of(dice.pick(LIMITS)),
        )
        if planned:
            await self.do(dice, stocktakes.start_stocktake, stocktake_id=planned.stocktake_id)

    @step(5, otherwise="plan_count")
    async def count(self, dice: Dice) -> None:
        """Some lines are counted: as the books say, or otherwise; now and then something is found."""
        if not (stocktake_ids := await self._stocktakes("COUNTING")):
            return
        stocktake_id = dice.pick(stocktake_ids)
        counts = [
            AskedCount(line_id=line_id, **await self._counted(dice, *line))
            for line_id, *line in await db.fetch(
                "SELECT line.id, line.sku_id, line.place_id, coalesce(level.quantity, 0) FROM stocktake_line AS line "
                "LEFT JOIN place_level AS level ON level.sku_id = line.sku_id AND level.place_id = line.place_id "
                "AND coalesce(level.lot_id, 0) = coalesce(line.lot_id, 0) WHERE stocktake_id = ? ORDER BY line_no",
                (stocktake_id,),
            )
            if not dice.one_in(3)
        ]
        counts += [self._found(dice)] if dice.one_in(5) else []
        mode = CountMode.ADD if dice.one_in(6) else CountMode.REPLACE
        await self.do(dice, stocktakes.record_counts, stocktake_id=stocktake_id, counts=counts, mode=mode)

    @step(3, otherwise="count")
    async def finish_count(self, dice: Dice) -> None:
        """It is handed in, perhaps counted again or sent back, approved, and posted."""
        if not (stocktake_ids := await self._stocktakes("COUNTING")):
            return
        chosen = {"stocktake_id": dice.pick(stocktake_ids)}
        uncounted = dice.pick((UncountedLines.UNCOUNTED_UNCHANGED, UncountedLines.UNCOUNTED_AS_ZERO, None))
        if dice.one_in(8):
            await self.do(dice, stocktakes.cancel_stocktake, **chosen)
        elif dice.one_in(5):
            await self.do(dice, stocktakes.request_recount, **chosen, min_quantity=Quantity.of("0.5"))
        elif await self.do(dice, stocktakes.submit_stocktake, **chosen, uncounted=uncounted):
            await self._review(dice, chosen)

    async def _review(self, dice: Dice, chosen: dict[str, Any]) -> None:
        verdict = dice.pick(("post", "approve", "approve", "reject"))
        if verdict == "reject":
            await self.do(dice, stocktakes.reject_stocktake, **chosen)
            return
        if verdict == "approve":
            await self.do(dice, stocktakes.approve_stocktake, **chosen)
        await self.do(dice, stocktakes.post_stocktake, **chosen)

    @step(2, otherwise="finish_count")
    async def post_count(self, dice: Dice) -> None:
        """What was reviewed earlier is posted now, after other goods have moved."""
        if stocktake_ids := await self._stocktakes("SUBMITTED", "APPROVED"):
            chosen = {"stocktake_id": dice.pick(stocktake_ids)}
            await self.do(dice, stocktakes.approve_stocktake if dice.one_in(2) else stocktakes.post_stocktake, **chosen)

    async def _stocktakes(self, *statuses: str) -> list[int]:
        rows = await db.fetch("SELECT id, status FROM stocktake ORDER BY id")
        return [stocktake_id for stocktake_id, status in rows if status in statuses]

    async def _counted(self, dice: Dice, sku_id: int, place_id: int, in_the_books: int) -> dict[str, Any]:
        if self.goods_of(sku_id).tracking is not SkuTracking.SERIAL:
            change = dice.pick((0, 0, 10_000, -10_000, 5_000, -1))
            return {"quantity": Quantity(max(in_the_books + change, 0))}
        rows = await db.fetch(
            "SELECT number FROM serial_number WHERE sku_id = ? AND place_id = ? ORDER BY id", (sku_id, place_id)
        )
        numbers = tuple(number for (number,) in rows)
        gone, found = dice.pick((0, 0, 1)), dice.pick((0, 0, 1))
        self.pieces_made += found
        return (
            {"serials": numbers[gone:] + ((f"N{self.pieces_made}",) if found else ())}
            if numbers[gone:] or found
            else {"quantity": Quantity(0)}
        )

    def _found(self, dice: Dice) -> AskedCount:
        goods = dice.pick([one for one in self.company.goods if one.tracking is not SkuTracking.SERIAL])
        number = dice.pick(tuple(LOTS))
        label = labelled(number) if goods.tracking is SkuTracking.LOT else None
        return AskedCount(sku_id=goods.sku_id, quantity=dice.quantity(), lot=label)
