"""Quotes: goods are kept for whoever has not decided yet, until he orders, declines, or lets the day pass."""

from datetime import timedelta

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.selling.quotes import operations as quotes
from jxc_graphql.selling.quotes.rules import QuotedPart
from tests.bookkeeping.clerk import Dice, step, today
from tests.bookkeeping.trading import OpenLine, Trading

_LEFT = """
    SELECT line.id, sku_id, quantity - quantity_ordered FROM quote_line AS line
    WHERE quote_id = ? AND quantity > quantity_ordered ORDER BY line_no"""


class Quoting(Trading):
    """What customers think about."""

    @step(4, otherwise="sell")
    async def make_quote(self, dice: Dice) -> None:
        """It is valid for a few days; sometimes nobody approves it."""
        drafted = await self.do(
            dice,
            quotes.create_quote,
            days_ago=0,
            customer_id=self.company.customer_id,
            warehouse_id=dice.pick(self.company.warehouses).id,
            valid_through=today() + timedelta(days=dice.pick((2, 0, 1, 9))),
            lines=self.asked(dice),
            discount=Money.of(dice.pick(("0", "0.5"))),
        )
        if drafted and not dice.one_in(6):
            await self.do(dice, quotes.approve_quote, quote_id=drafted.subject_id)

    @step(5, otherwise="make_quote")
    async def order_of_quote(self, dice: Dice) -> None:
        """Some of it is ordered, or all; now and then its day is over, whether that is written down or not."""
        if not (quote_ids := await self._quotes()):
            return
        quote_id, lines = dice.pick(quote_ids), list[QuotedPart]()
        if not dice.one_in(3):
            for line_id, sku_id, left in await db.fetch(_LEFT, (quote_id,)):
                part = self.share(dice, OpenLine(line_id, sku_id, Quantity(left)))
                if part:
                    lines.append(QuotedPart(quote_line_id=line_id, quantity=part))
        await self.do(dice, quotes.order_quote, quote_id=quote_id, lines=lines)

    @step(5, otherwise="make_quote")
    async def end_quote(self, dice: Dice) -> None:
        """He declines, it is put anew, or somebody writes down that its day is over."""
        if not (quote_ids := await self._quotes()):
            return
        quote_id = dice.pick(quote_ids)
        match dice.pick(("lose", "cancel", "revise", "expire")):
            case "lose":
                await self.do(dice, quotes.lose_quote, quote_id=quote_id, note="丢单")
            case "cancel":
                await self.do(dice, quotes.cancel_quote, quote_id=quote_id)
            case "revise":
                newer = await self.do(dice, quotes.revise_quote, quote_id=quote_id, valid_through=today())
                if newer:
                    await self.do(dice, quotes.approve_quote, quote_id=newer.quote_id)
            case _:
                await self.do(dice, quotes.expire_quote, quote_id=quote_id)

    async def _quotes(self) -> list[int]:
        rows = await db.fetch("SELECT id FROM quote WHERE status IN ('APPROVED', 'PARTIALLY_ORDERED') ORDER BY id")
        return [quote_id for (quote_id,) in rows]
