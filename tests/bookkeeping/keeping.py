"""What the office does with the books: opening balances, periods, how products are valued."""

from datetime import timedelta

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import UnitPrice
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.office.periods import operations as periods
from jxc_graphql.warehousing.openings import operations as openings
from jxc_graphql.warehousing.openings.operations import OpeningLine
from tests.bookkeeping.clerk import Dice, Valued, step, today
from tests.bookkeeping.trading import PRICES, Trading

CLOSED_DAYS_AGO = (8, 8, 6, 3)


class Keeping(Trading):
    """What is done once in a while."""

    @step(3)
    async def open_balance(self, dice: Dice) -> None:
        """Goods that were there before the books."""
        day = today() - timedelta(days=dice.pick((9, 5, 0)))
        lines = []
        for _ in range(dice.pick((1, 2))):
            goods = dice.pick(self.company.goods)
            quantity = self.some(dice, goods)
            line = OpeningLine(
                sku_id=goods.sku_id,
                quantity=quantity,
                unit_cost=UnitPrice.of(dice.pick(PRICES)),
                lot=self.label(dice, goods),
                serials=self.new_pieces(quantity, goods),
                origin_on=day - timedelta(days=dice.pick((0, 30))),
            )
            lines.append(line)
        await self.do(
            dice,
            openings.post_opening_balance,
            days_ago=0,
            warehouse_id=dice.pick(self.company.warehouses).id,
            business_date=day,
            lines=lines,
        )

    @step(1)
    async def close_period(self, dice: Dice) -> None:
        """Nothing is posted under its days any more."""
        through = today() - timedelta(days=dice.pick(CLOSED_DAYS_AGO))
        await self.do(dice, periods.close_period, days_ago=0, through=through)

    @step(1, otherwise="close_period")
    async def reopen_period(self, dice: Dice) -> None:
        """The newest close is taken back; an older one cannot be."""
        if found := await db.fetch("SELECT id FROM period ORDER BY closed_at DESC"):
            await self.do(dice, periods.reopen_period, days_ago=0, period_id=dice.pick(found)[0], note="补录")

    @step(2)
    async def value_otherwise(self, dice: Dice) -> None:
        """A product is valued by the other method from now on."""
        goods = dice.pick(self.company.goods)
        method = dice.pick(tuple(ValuationMethod))
        at = await self.do(dice, catalog.update_product, days_ago=0, product_id=goods.product_id, valuation=method)
        if at:
            self.methods.append(Valued(self.last_call.at, goods.sku_id, method))
