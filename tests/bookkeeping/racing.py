"""Eight clerks at once over the same goods: who promises, sends, counts, loses and blocks them, over midnights."""

import asyncio
import random
from contextlib import suppress
from datetime import timedelta
from typing import Any

import msgspec

from jxc_graphql.books.goods import fitness
from jxc_graphql.buying.purchase_amendments import operations as purchase_amendments
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.receiving import operations as receiving
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import DomainError
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales_amendments import operations as sales_amendments
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.selling.shipping.models import ShipmentLine
from jxc_graphql.selling.shipping.operations import ShippedLine
from jxc_graphql.warehousing.adjustments import operations as adjustments
from jxc_graphql.warehousing.adjustments.models import AdjustmentReason
from jxc_graphql.warehousing.adjustments.rules import ScrappedGoods
from jxc_graphql.warehousing.stocktakes import operations as stocktakes
from jxc_graphql.warehousing.stocktakes.models import UncountedLines
from jxc_graphql.warehousing.stocktakes.rules import CountScope
from jxc_graphql.warehousing.stocktakes.slips import AskedCount
from tests.make.amending import (
    apply_to_purchase,
    apply_to_sale,
    draft_purchase_amendment,
    draft_sales_amendment,
)
from tests.make.customer_returns import EXCHANGE, agreed, receive, returned
from tests.make.trade import Trade, make_trade

CLERKS = 8
RACES = {
    "everything": ("sell", "sell", "ship", "ship", "receive", "give_up", "lose", "block", "expire", "midnight"),
    "midnight × approve × ship": ("midnight", "sell", "sell", "ship", "ship", "ship"),
    "block × reserve": ("block", "sell", "sell"),
    "count × ship × cancel": ("count", "ship", "ship", "give_up", "sell", "sell"),
    "amend × ship × allocate": ("amend_sale", "amend_sale", "ship", "sell", "lose", "receive"),
    "take back × ship × receive": ("undo_receipt", "undo_shipment", "ship", "ship", "sell", "receive", "give_up"),
    "return × reverse × ship": ("bring_back", "bring_back", "bring_back", "undo_shipment", "ship", "sell", "receive"),
    "amend × receive × cancel": ("amend_purchase", "amend_purchase", "arrive", "buy", "give_up_purchase"),
}
RESERVED = """
    SELECT document_id, CAST(SUM(reserved) AS BIGINT) FROM claim WHERE reserved > 0
    GROUP BY document_id ORDER BY document_id"""


class Clerk(msgspec.Struct, frozen=True):
    """Does whatever comes to hand with one SKU, in the name of a day that others may have turned already."""

    trade: Trade
    chance: random.Random
    days: list[int]
    """How many midnights have passed, as all clerks know it."""

    async def work(self, todo: tuple[str, ...], turns: int) -> int:
        """Gives how much of it was done."""
        done = 0
        for _ in range(turns):
            here = msgspec.structs.replace(self.trade.call, at=clock.now() + timedelta(days=self.days[0]))
            clerk = msgspec.structs.replace(self, trade=msgspec.structs.replace(self.trade, call=here))
            with suppress(DomainError):  # somebody else was first
                await getattr(clerk, self.chance.choice(todo))()
                done += 1
        return done

    def some(self) -> str:
        return str(self.chance.randint(1, 6))

    async def order(self) -> int:
        """One for which something is kept, or none."""
        rows = await db.fetch(RESERVED)
        return int(self.chance.choice(rows)[0]) if rows else 0

    async def midnight(self) -> None:
        """Passes now and then: a lot expires with each."""
        if self.chance.random() < 1 / CLERKS:
            self.days[0] += 1
            await fitness.begin_day(clock.now() + timedelta(days=self.days[0]))

    async def sell(self) -> None:
        await self.trade.sell((0, self.some(), "9"))

    async def ship(self) -> None:
        if order_id := await self.order():
            await self.trade.ship(order_id, (0, self.some()))

    async def posted(self, table: str) -> int:
        """One of the newest documents of a kind that may be taken back, which others may choose as well, or none."""
        rows = await db.fetch(f"SELECT id FROM {table} WHERE status = 'POSTED' ORDER BY id DESC LIMIT 3")
        return int(self.chance.choice(rows)[0]) if rows else 0

    async def undo_receipt(self) -> None:
        if receipt_id := await self.posted("goods_receipt"):
            rest = self.chance.random() < 1 / 2
            await receiving.reverse_goods_receipt(
                self.trade.call, goods_receipt_id=receipt_id, note="录错", only_rest=rest
            )

    async def undo_shipment(self) -> None:
        if shipment_id := await self.posted("shipment"):
            await shipping.reverse_shipment(self.trade.call, shipment_id=shipment_id, note="发错")

    async def bring_back(self) -> None:
        """Some of one of the newest shipments, agreed and received in two transactions, or for another of its kind."""
        if shipment_id := await self.posted("shipment"):
            (line, *_) = await ShipmentLine.filter(shipment_id=shipment_id)
            instead = {"resolution": EXCHANGE} if self.chance.random() < 1 / 3 else {}
            await receive(self.trade, await agreed(self.trade, returned(line.id, self.some(), **instead)))

    async def give_up(self) -> None:
        if order_id := await self.order():
            await sales.cancel_sales_order(self.trade.call, sales_order_id=order_id)

    async def amend_sale(self) -> None:
        """More, less, or another line, drafted and applied in two transactions, between which others are at work."""
        if order_id := await self.order():
            wanted: dict[str, Any] = self.chance.choice((
                {"change": {0: {"quantity": self.some()}}},
                {"add": [(0, self.some(), "9")]},
                {"cancel": [0]},
            ))  # fmt: skip
            drafted = await draft_sales_amendment(self.trade, order_id, **wanted)
            try:
                await apply_to_sale(self.trade.call, drafted)
            except DomainError:
                await sales_amendments.cancel_sales_amendment(self.trade.call, sales_amendment_id=drafted)

    async def bought(self) -> int:
        """An order of which something is to come, or none."""
        rows = await db.fetch(
            "SELECT id FROM purchase_order WHERE status IN ('APPROVED', 'PARTIALLY_RECEIVED') ORDER BY id"
        )
        return int(self.chance.choice(rows)[0]) if rows else 0

    async def buy(self) -> None:
        await self.trade.buy((0, self.some(), "2"), (0, self.some(), "2"))

    async def arrive(self) -> None:
        if order_id := await self.bought():
            label = LotLabel(f"{order_id}", None, None)
            await self.trade.arrive(order_id, {"accepted": "1", "lot": label, "at": self.chance.choice((0, 1))})

    async def amend_purchase(self) -> None:
        if order_id := await self.bought():
            wanted: dict[str, Any] = self.chance.choice((
                {"change": {0: {"quantity": self.some()}, 1: {"quantity": self.some()}}},
                {"change": {0: {"unit_price": self.some()}}},
                {"add": [(0, self.some(), "3")], "cancel": [1]},
            ))  # fmt: skip
            drafted = await draft_purchase_amendment(self.trade, order_id, **wanted)
            try:
                await apply_to_purchase(self.trade.call, drafted)
            except DomainError:
                await purchase_amendments.cancel_purchase_amendment(self.trade.call, purchase_amendment_id=drafted)

    async def give_up_purchase(self) -> None:
        if order_id := await self.bought():
            await purchasing.cancel_purchase_order(self.trade.call, purchase_order_id=order_id)

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

    async def count(self) -> None:
        """A bit less than the books say is there of each lot, or a bit more."""
        call = self.trade.call
        scope = CountScope(sku_ids=self.trade.shop.skus)
        planned = await stocktakes.plan_stocktake(call, warehouse_id=self.trade.shop.warehouse.id, scope=scope)
        chosen = {"stocktake_id": planned.stocktake_id}
        await stocktakes.start_stocktake(call, **chosen)
        try:
            rows = await db.fetch(
                "SELECT line.id, level.quantity FROM stocktake_line AS line JOIN place_level AS level "
                "ON level.sku_id = line.sku_id AND level.place_id = line.place_id AND level.lot_id = line.lot_id "
                "WHERE stocktake_id = ? ORDER BY line.id",
                (planned.stocktake_id,),
            )
            counts = [
                AskedCount(line_id=line_id, quantity=Quantity(max(there + 10_000 * self.chance.randint(-3, 1), 0)))
                for line_id, there in rows
            ]
            await stocktakes.record_counts(call, stocktake_id=planned.stocktake_id, counts=counts)
            await stocktakes.submit_stocktake(call, **chosen, uncounted=UncountedLines.UNCOUNTED_UNCHANGED)
            await stocktakes.approve_stocktake(call, **chosen)
            await stocktakes.post_stocktake(call, **chosen)
        except DomainError:
            await stocktakes.cancel_stocktake(call, **chosen)

    async def lot(self) -> int:
        return int(self.chance.choice(await db.fetch("SELECT id FROM lot"))[0])

    async def block(self) -> None:
        change = self.chance.choice((lots.block_lot, lots.unblock_lot))
        await change(self.trade.call, lot_id=await self.lot())

    async def expire(self) -> None:
        expires_on = clock.day_of(self.trade.call.at) + timedelta(days=self.chance.randint(-1, 2))
        await lots.update_lot(self.trade.call, lot_id=await self.lot(), produced_on=None, expires_on=expires_on)


async def ready(call: Call) -> Trade:
    """Goods of four lots, one of which expires with each midnight."""
    trade = await make_trade(call, skus=1, tracking=SkuTracking.LOT)
    for lot in range(4):
        order_id = await trade.buy((0, "8", "2"))
        expires_on = clock.day_of(call.at) + timedelta(days=lot)
        await trade.arrive(order_id, {"accepted": "8", "lot": LotLabel(f"L{lot}", None, expires_on)})
    return trade


async def rush(trade: Trade, todo: tuple[str, ...], seed: int, turns: int, clerks: int = CLERKS) -> int:
    """Lets so many clerks go; gives how much was done."""
    chance, days = random.Random(seed), [0]
    at_once = [Clerk(trade, random.Random(chance.random()), days) for _ in range(clerks)]
    return sum(await asyncio.gather(*(clerk.work(todo, turns) for clerk in at_once)))


async def check(trade: Trade) -> None:
    """The books agree, and all that is kept for anybody can leave on the day of the books."""
    assert [one for one in await differences() if not one.what.startswith("stock_alert")] == []
    ((day,),) = await db.fetch("SELECT day FROM book_day")
    later = clock.now() + (db.day(day) - clock.day_of(clock.now()))
    trade = msgspec.structs.replace(trade, call=msgspec.structs.replace(trade.call, at=later))
    kept = await db.fetch("SELECT document_id, owner_id, reserved FROM claim WHERE reserved > 0 ORDER BY owner_id")
    for order_id, line_id, reserved in kept:
        line = ShippedLine(sales_order_line_id=line_id, quantity=Quantity(reserved))
        await shipping.ship_goods(trade.call, sales_order_id=order_id, lines=[line])
    assert await trade.level(0, "reserved") == ["0"]


async def race(call: Call, todo: tuple[str, ...], seed: int, turns: int) -> int:
    """Lets eight clerks go; gives how much was done, and checks what came of it."""
    trade = await ready(call)
    done = await rush(trade, todo, seed, turns)
    await check(trade)
    return done
