"""Too much, about to expire, not selling: raised by facts, by days, and resolved by themselves."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql.books.goods import ledger
from jxc_graphql.books.goods.ledger import Move, VirtualPlace
from jxc_graphql.insight.alerts import daily, operations, queries, rules
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Conflict, Forbidden, NotFound, Rejected
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.warehousing.limits import operations as limits
from jxc_graphql.warehousing.limits.rules import WantedLimit
from tests.make.settings import company_says
from tests.make.shop import AT, TODAY, Shop, make_shop
from tests.patience import recorded

Said = tuple[str, str, str, str]


class Larder(msgspec.Struct, frozen=True):
    """A shop on a day: beer is not tracked, milk is kept by lot."""

    shop: Shop
    milk: int
    day: date = TODAY

    @property
    def beer(self) -> int:
        return self.shop.skus[0]

    @property
    def call(self) -> Call:
        return msgspec.structs.replace(self.shop.call, at=self.at)

    @property
    def at(self) -> datetime:
        return AT + (self.day - TODAY)

    def on(self, days: int) -> "Larder":
        """The same so many days after the first."""
        return msgspec.structs.replace(self, day=TODAY + timedelta(days=days))

    @db.transactional
    async def move(self, sku: int, source: int, target: int, quantity: str, **said: Any) -> None:
        move = Move(
            sku_id=sku, warehouse_id=self.shop.warehouse.id, from_place_id=source, to_place_id=target,
            quantity=Quantity.of(quantity), line_id=new_id(), **said,
        )  # fmt: skip
        posting = await ledger.post(self.call, [move], document_id=new_id(), business_date=self.day)
        await operations.review_levels(self.call, posting.stock_level_ids)

    async def receive(self, sku: int, quantity: str, **said: Any) -> None:
        place = self.shop.warehouse.stock_place_id
        await self.move(sku, VirtualPlace.SUPPLIER, place, quantity, value=Money.of("10"), **said)

    async def leave(self, sku: int, quantity: str, to: int = VirtualPlace.CUSTOMER) -> None:
        await self.move(sku, self.shop.warehouse.stock_place_id, to, quantity)

    @db.transactional
    async def lot(self, number: str, expires_on: date) -> int:
        (lot_id,) = await lots.ensure(self.call, [(self.milk, LotLabel(number, None, expires_on), ("lot",))])
        assert lot_id
        return lot_id

    async def limit(self, sku: int, limit: str = "0", **said: Any) -> None:
        said = {name: Quantity.of(one) if name in {"upper", "target"} else one for name, one in said.items()}
        wanted = WantedLimit(sku_id=sku, warehouse_id=self.shop.warehouse.id, limit=Quantity.of(limit), **said)
        await operations.review(self.call, await limits.set_stock_limits(self.call, limits=[wanted]))

    async def review_day(self) -> int:
        return await daily.review_day(self.at)

    async def alerts(self) -> list[Said]:
        rows = await db.fetch("SELECT kind, status, severity, available FROM stock_alert ORDER BY id")
        return [(kind, status, severity, str(Quantity(there))) for kind, status, severity, there in rows]

    async def facts(self) -> list[str]:
        names = await db.fetch("SELECT name FROM journal WHERE name LIKE '%StockAlert%' ORDER BY id")
        return [name for (name,) in names]


@pytest.fixture
async def larder(call: Call) -> Larder:
    await company_says(dead_stock_days=90)
    shop = await make_shop(call, skus=1)
    ((product_id,),) = await db.fetch("SELECT product_id FROM sku WHERE id = ?", (shop.skus[0],))
    milk = await catalog.create_sku(
        call, product_id=product_id, code="MILK", name="牛奶", unit="瓶", tracking=SkuTracking.LOT
    )
    return Larder(shop, milk.sku_id)


async def test_there_is_too_much_above_the_upper_limit(larder: Larder) -> None:
    await larder.limit(larder.beer, upper="20")
    await larder.receive(larder.beer, "20")
    assert (await larder.alerts())[1:] == []
    await larder.receive(larder.beer, "5")
    assert (await larder.alerts())[1:] == [("OVER", "OPEN", "OVER", "25")]
    await larder.leave(larder.beer, "5")
    assert (await larder.alerts())[1:] == [("OVER", "RESOLVED", "OVER", "20")]
    assert await larder.facts() == [
        "StockAlertRaised", "StockAlertResolved", "StockAlertRaised", "StockAlertResolved",
    ]  # fmt: skip


async def test_a_lot_that_is_there_is_told_of_before_it_expires(larder: Larder) -> None:
    lot = await larder.lot("L", TODAY + timedelta(days=40))
    await larder.receive(larder.milk, "6", lot_id=lot)
    assert await larder.alerts() == []
    assert await larder.on(9).review_day() == 1
    assert await larder.alerts() == []
    await larder.on(10).review_day()
    assert await larder.alerts() == [("EXPIRING", "OPEN", "EXPIRING", "6")]
    assert await queries.differences() == []
    await larder.on(40).review_day()
    assert await larder.alerts() == [("EXPIRING", "OPEN", "EXPIRING", "6")]
    await larder.on(41).review_day()
    assert await larder.alerts() == [("EXPIRING", "OPEN", "EXPIRED", "6")]
    later = larder.on(41)
    await later.leave(larder.milk, "4", to=VirtualPlace.SCRAP)
    assert await larder.alerts() == [("EXPIRING", "OPEN", "EXPIRED", "2")]
    await later.leave(larder.milk, "2", to=VirtualPlace.SCRAP)
    assert await larder.alerts() == [("EXPIRING", "RESOLVED", "EXPIRED", "0")]
    assert await larder.facts() == ["StockAlertRaised", "StockAlertWorsened", "StockAlertResolved"]
    assert await queries.differences() == []


async def test_each_lot_has_an_alert_of_its_own_and_limits_say_how_early(larder: Larder) -> None:
    await larder.limit(larder.milk, expiry_alert_days=5)
    for number, days in (("A", 3), ("B", 5), ("C", 6)):
        await larder.receive(larder.milk, "1", lot_id=await larder.lot(number, TODAY + timedelta(days=days)))
    assert [said[0] for said in await larder.alerts()].count("EXPIRING") == 2
    await larder.limit(larder.milk)
    assert [said[0] for said in await larder.alerts()].count("EXPIRING") == 2
    await larder.limit(larder.milk, expiry_alert_days=None)
    assert [said[0] for said in await larder.alerts()].count("EXPIRING") == 3


async def test_a_corrected_date_resolves_the_alert(larder: Larder) -> None:
    lot = await larder.lot("L", TODAY + timedelta(days=3))
    await larder.receive(larder.milk, "6", lot_id=lot)
    await lots.update_lot(larder.call, lot_id=lot, produced_on=None, expires_on=TODAY + timedelta(days=300))
    await operations.review_all(larder.call, await recorded("LotUpdated"))
    assert await larder.alerts() == [("EXPIRING", "RESOLVED", "EXPIRING", "6")]
    await lots.block_lot(larder.call, lot_id=lot)
    await operations.review_all(larder.call, await recorded("LotBlocked"))
    assert len(await larder.alerts()) == 1


async def test_goods_that_do_not_sell_are_dead_until_some_are_sold(larder: Larder) -> None:
    await larder.receive(larder.beer, "9")
    await larder.on(5).leave(larder.beer, "2")
    await larder.on(94).review_day()
    assert await larder.alerts() == []
    await larder.on(95).review_day()
    assert await larder.alerts() == [("DEAD_STOCK", "OPEN", "DEAD", "7")]
    assert await db.fetch("SELECT CAST(idle_since_on AS text) FROM stock_alert") == [("2026-03-06",)]
    await larder.on(96).receive(larder.beer, "1")
    assert await larder.alerts() == [("DEAD_STOCK", "OPEN", "DEAD", "8")]
    await larder.on(97).leave(larder.beer, "1")
    assert await larder.alerts() == [("DEAD_STOCK", "RESOLVED", "DEAD", "7")]


async def test_goods_that_just_arrived_are_not_dead(larder: Larder) -> None:
    await larder.receive(larder.beer, "9")
    await larder.on(50).leave(larder.beer, "9", to=VirtualPlace.SCRAP)
    old = TODAY - timedelta(days=400)
    await larder.on(100).receive(larder.beer, "4", origin_on=old)
    await larder.on(189).review_day()
    assert await larder.alerts() == []
    await larder.on(190).review_day()
    assert await larder.alerts() == [("DEAD_STOCK", "OPEN", "DEAD", "4")]


async def test_what_is_used_up_otherwise_is_not_dead(larder: Larder) -> None:
    await larder.receive(larder.beer, "4")
    for days in (50, 100, 150):
        await larder.on(days).leave(larder.beer, "2", to=VirtualPlace.ASSEMBLY)
        await larder.on(days).receive(larder.beer, "2")
    await larder.on(180).review_day()
    assert await larder.alerts() == []


async def test_a_season_begins_and_ends_by_itself(larder: Larder) -> None:
    await larder.receive(larder.beer, "10")
    await larder.limit(larder.beer, "5")
    first, last = TODAY + timedelta(days=2), TODAY + timedelta(days=3)
    await larder.limit(larder.beer, "12", starts_on=first, ends_on=last)
    assert await larder.alerts() == []
    seen = []
    for days in range(5):
        await larder.on(days).review_day()
        seen.append([said[1] for said in await larder.alerts()])
        assert await queries.differences() == []
    assert seen == [[], [], ["OPEN"], ["OPEN"], ["RESOLVED"]]
    ids = [key for (key,) in await db.fetch("SELECT id FROM stock_limit")]
    await larder.on(2).limit(larder.beer, "12")
    assert [said[1] for said in await larder.alerts()] == ["RESOLVED", "OPEN"]
    await operations.review(larder.call, await limits.remove_stock_limits(larder.call, stock_limit_ids=ids))
    assert [said[1] for said in await larder.alerts()] == ["RESOLVED", "RESOLVED"]


async def test_reviews_a_day_once_in_whichever_process_and_goes_on_where_it_was(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily, "BATCH", 3)
    shop = await make_shop(call, skus=10)
    await shop.post(*(shop.coming("1", "1", sku) for sku in range(10)))
    at = AT + timedelta(days=200)
    await company_says(dead_stock_days=90)
    real, turns = operations.review_levels, []

    async def killed_once(call: Call, stock_level_ids: list[int]) -> None:
        turns.append(len(stock_level_ids))
        if len(turns) == 3:
            raise RuntimeError
        await real(call, stock_level_ids)

    monkeypatch.setattr(operations, "review_levels", killed_once)
    with pytest.raises(RuntimeError):
        await daily.review_day(at)
    assert await queries.reviewed_on() is None
    reviewed = await asyncio.gather(*(daily.review_day(at) for _ in range(4)))
    assert sum(reviewed) == 4
    assert turns == [3, 3, 3, 3, 1]
    assert await db.fetch("SELECT count(*), count(DISTINCT stock_level_id) FROM stock_alert") == [(10, 10)]
    assert await queries.differences() == []
    assert await daily.review_day(at) == 0
    assert await daily.review_day(at - timedelta(days=1)) == 0
    assert await daily.review_day(at + timedelta(days=1)) == 10


async def test_reviews_of_facts_and_of_the_day_do_not_raise_the_same_alert_twice(larder: Larder) -> None:
    await larder.receive(larder.beer, "9")
    await larder.limit(larder.beer, "1")
    await larder.leave(larder.beer, "9")
    await db.transactional(db.execute)("DELETE FROM stock_alert")
    levels = [key for (key,) in await db.fetch("SELECT id FROM stock_level")]
    await asyncio.gather(larder.review_day(), *(operations.review_levels(larder.call, levels) for _ in range(5)))
    assert await larder.alerts() == [("LOW", "OPEN", "OUT", "0")]


async def test_keeps_quiet_until_the_day_or_until_it_gets_worse(larder: Larder) -> None:
    await larder.receive(larder.beer, "9")
    await larder.limit(larder.beer, "5", upper="20", target="10")
    await larder.leave(larder.beer, "6")
    ((alert_id,),) = await db.fetch("SELECT id FROM stock_alert WHERE status = 'OPEN'")

    async def snooze(days: int) -> None:
        await operations.snooze_stock_alert(
            larder.call, stock_alert_id=alert_id, until=TODAY + timedelta(days=days), note=" 等货 "
        )

    await snooze(3)
    await larder.leave(larder.beer, "1")
    assert (await larder.alerts())[-1] == ("LOW", "SNOOZED", "LOW", "2")
    await larder.on(2).review_day()
    assert (await larder.alerts())[-1] == ("LOW", "SNOOZED", "LOW", "2")
    await larder.on(3).review_day()
    assert (await larder.alerts())[-1] == ("LOW", "OPEN", "LOW", "2")
    await snooze(9)
    await larder.on(3).leave(larder.beer, "2")
    assert (await larder.alerts())[-1] == ("LOW", "OPEN", "OUT", "0")
    await snooze(9)
    await operations.acknowledge_stock_alert(larder.call, stock_alert_id=alert_id, note="已下单")
    assert await db.fetch("SELECT status, note, snoozed_until_on FROM stock_alert WHERE id = ?", (alert_id,)) == [
        ("ACKNOWLEDGED", "已下单", None)
    ]
    await snooze(9)
    await larder.on(3).receive(larder.beer, "9")
    assert (await larder.alerts())[-1] == ("LOW", "RESOLVED", "OUT", "9")
    assert (await larder.facts())[-8:] == [
        "StockAlertSnoozed", "StockAlertReopened", "StockAlertSnoozed", "StockAlertWorsened", "StockAlertSnoozed",
        "StockAlertAcknowledged", "StockAlertSnoozed", "StockAlertResolved",
    ]  # fmt: skip


async def test_refuses_to_put_off_what_cannot_be(larder: Larder) -> None:
    await larder.limit(larder.beer, "5")
    ((alert_id,),) = await db.fetch("SELECT id FROM stock_alert")
    before = await db.fetch("SELECT * FROM stock_alert"), await larder.facts()

    async def snooze(until: date, call: Call = larder.call, key: int = alert_id, note: str = "") -> None:
        await operations.snooze_stock_alert(call, stock_alert_id=key, until=until, note=note)

    tomorrow = TODAY + timedelta(days=1)
    for until in (TODAY, TODAY + timedelta(days=rules.MAX_SNOOZE_DAYS + 1)):
        with pytest.raises(Rejected) as refused:
            await snooze(until, note="x" * 501)
        assert [reason.code for reason in refused.value.reasons] == ["SNOOZE_OUT_OF_RANGE", "TEXT_TOO_LONG"]
    elsewhere = msgspec.structs.replace(larder.call, scopes={Dimension.WAREHOUSE: frozenset({1})})
    for call, key in ((elsewhere, alert_id), (larder.call, 1)):
        with pytest.raises(NotFound):
            await snooze(tomorrow, call, key)
    with pytest.raises(Forbidden):
        await snooze(tomorrow, msgspec.structs.replace(larder.call, permissions=frozenset()))
    assert (await db.fetch("SELECT * FROM stock_alert"), await larder.facts()) == before
    await larder.receive(larder.beer, "9")
    with pytest.raises(Conflict) as gone:
        await snooze(tomorrow)
    assert gone.value.reasons == (rules.AlertResolved(path=("stock_alert_id",)),)


async def test_reviews_any_number_of_lots_and_levels_with_the_same_statements(call: Call) -> None:
    counts = []
    for size in (2, 40):
        shop = await make_shop(call, skus=1)
        ((product_id,),) = await db.fetch("SELECT product_id FROM sku WHERE id = ?", (shop.skus[0],))
        larder = Larder(shop, 0)
        for number in range(2):
            made = await catalog.create_sku(
                call, product_id=product_id, code=f"{size}-{number}", name="奶", unit="瓶", tracking=SkuTracking.LOT
            )
            milk = msgspec.structs.replace(larder, milk=made.sku_id)
            for lot in range(size // 2):
                lot_id = await milk.lot(str(lot), TODAY + timedelta(days=1))
                await milk.receive(milk.milk, "1", lot_id=lot_id)
        levels = [
            key for (key,) in await db.fetch("SELECT id FROM stock_level WHERE warehouse_id = ?", (shop.warehouse.id,))
        ]
        with db.statements() as seen:
            await operations.review_levels(larder.on(5).call, levels)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 10
