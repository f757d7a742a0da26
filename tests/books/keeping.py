"""What the office does with the books: opening balances, periods, how products are valued."""

from datetime import timedelta

from jxc_graphql.catalog import operations as catalog
from jxc_graphql.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import UnitPrice
from jxc_graphql.periods import operations as periods
from jxc_graphql.stock import operations as stock
from jxc_graphql.stock.operations import OpeningLine
from tests.books.clerk import Clerk, Dice, Valued, step, today
from tests.books.trading import PRICES

CLOSED_DAYS_AGO = (8, 8, 6, 3)


class Keeping(Clerk):
    """What is done once in a while."""

    @step(3)
    async def open_balance(self, dice: Dice) -> None:
        """Goods that were there before the books."""
        plain = [one for one in self.company.goods if one.tracking is SkuTracking.NONE]
        lines = [
            OpeningLine(
                sku_id=dice.pick(plain).sku_id, quantity=dice.quantity(), unit_cost=UnitPrice.of(dice.pick(PRICES))
            )
            for _ in range(dice.pick((1, 2)))
        ]
        await self.do(
            dice,
            stock.post_opening_balance,
            days_ago=0,
            warehouse_id=dice.pick(self.company.warehouses).id,
            business_date=today() - timedelta(days=dice.pick((9, 5, 0))),
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
