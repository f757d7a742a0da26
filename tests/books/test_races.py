"""Eight clerks at once: approvals, shipments, losses, blocks and midnights over the same goods."""

import asyncio
import random
from contextlib import suppress
from datetime import timedelta

import msgspec
import pytest

from jxc_graphql.books.goods import fitness
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import DomainError
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.warehousing.adjustments import operations as adjustments
from jxc_graphql.warehousing.adjustments.models import AdjustmentReason
from jxc_graphql.warehousing.adjustments.rules import ScrappedGoods
from tests.make.trade import Trade, make_trade

CLERKS, TURNS = 8, 12
TODO = ("sell", "sell", "ship", "ship", "receive", "give_up", "lose", "block", "expire")
RESERVED = """
    SELECT document_id, CAST(SUM(reserved) AS BIGINT) FROM claim WHERE reserved > 0
    GROUP BY document_id ORDER BY document_id"""


class Clerk(msgspec.Struct, frozen=True):
    """Does whatever comes to hand with one SKU, in the name of a day that others may have turned already."""

    trade: Trade
    chance: random.Random

    async def work(self, moments: list[int]) -> None:
        for _ in range(TURNS):
            days = moments[0]
            here = msgspec.structs.replace(self.trade.call, at=clock.now() + timedelta(days=days))
            clerk = msgspec.structs.replace(self, trade=msgspec.structs.replace(self.trade, call=here))
            if self.chance.random() < 1 / (4 * CLERKS):
                moments[0] += 1
                await fitness.begin_day(clock.now() + timedelta(days=moments[0]))
            else:
                await clerk.one_of(TODO)

    async def one_of(self, names: tuple[str, ...]) -> None:
        with suppress(DomainError):  # somebody else was first
            await getattr(self, self.chance.choice(names))()

    def some(self) -> str:
        return str(self.chance.randint(1, 6))

    async def order(self) -> int:
        """One for which something is kept, or none."""
        rows = await db.fetch(RESERVED)
        return int(self.chance.choice(rows)[0]) if rows else 0

    async def sell(self) -> None:
        await self.trade.sell((0, self.some(), "9"))

    async def ship(self) -> None:
        if order_id := await self.order():
            await self.trade.ship(order_id, (0, self.some()))

    async def give_up(self) -> None:
        if order_id := await self.order():
            await sales.cancel_sales_order(self.trade.call, sales_order_id=order_id)

    async def receive(self) -> None:
        order_id = await self.trade.buy((0, self.some(), "2"))
        expires_on = clock.day_of(self.trade.call.at) + timedelta(days=self.chance.randint(0, 2))
        label = LotLabel(f"{order_id}", None, expires_on)
        await self.trade.arrive(order_id, {"accepted": "1", "lot": label})

    async def lose(self) -> None:
        line = ScrappedGoods(sku_id=self.trade.shop.skus[0], quantity=Quantity.of(self.some()))
        await adjustments.write_off(
            self.trade.call,
            warehouse_id=self.trade.shop.warehouse.id,
            reason=AdjustmentReason.WRITE_OFF,
            lines=[line],
        )

    async def lot(self) -> int:
        return int(self.chance.choice(await db.fetch("SELECT id FROM lot"))[0])

    async def block(self) -> None:
        change = self.chance.choice((lots.block_lot, lots.unblock_lot))
        await change(self.trade.call, lot_id=await self.lot())

    async def expire(self) -> None:
        expires_on = clock.day_of(self.trade.call.at) + timedelta(days=self.chance.randint(-1, 2))
        await lots.update_lot(self.trade.call, lot_id=await self.lot(), produced_on=None, expires_on=expires_on)


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_is_promised_that_cannot_leave(call: Call, seed: int) -> None:
    trade = await make_trade(call, skus=1, tracking=SkuTracking.LOT)
    for lot in range(4):
        order_id = await trade.buy((0, "20", "2"))
        expires_on = clock.day_of(call.at) + timedelta(days=lot)
        await trade.arrive(order_id, {"accepted": "20", "lot": LotLabel(f"L{lot}", None, expires_on)})
    chance, moments = random.Random(seed), [0]
    await asyncio.gather(*(Clerk(trade, random.Random(chance.random())).work(moments) for _ in range(CLERKS)))
    assert [one for one in await differences() if not one.what.startswith("stock_alert")] == []
    for order_id, _ in await db.fetch(RESERVED):
        ((quantity,),) = await db.fetch("SELECT reserved FROM claim WHERE document_id = ?", (order_id,))
        later = msgspec.structs.replace(trade.call, at=clock.now() + timedelta(days=moments[0]))
        await msgspec.structs.replace(trade, call=later).ship(order_id, (0, str(Quantity(quantity))))
    assert await trade.level(0, "reserved") == ["0"]
