"""What has expired or is blocked is available to nobody: whatever reckons with available goods leaves it out."""

from datetime import date, timedelta

import httpx
import pytest

from jxc_graphql import wiring
from jxc_graphql.books.goods import fitness
from jxc_graphql.books.goods import queries as goods
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.insight.analytics import turnover
from jxc_graphql.insight.analytics.rules import StockChoice
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.kit.pages import WHOLE
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.warehousing.assembly import operations as assembly
from jxc_graphql.warehousing.assembly import queries as kits
from jxc_graphql.warehousing.assembly.rules import Component
from jxc_graphql.warehousing.limits import operations as limits
from jxc_graphql.warehousing.limits.rules import WantedLimit
from jxc_graphql.warehousing.sharing import queries as sharing
from jxc_graphql.warehousing.sharing.queries import SharingChoice
from tests.make.begun import begun
from tests.make.shop import open_warehouse
from tests.make.trade import Trade, make_trade
from tests.operations import ask
from tests.patience import settled

milk = begun(make_trade, skus=2, tracking=SkuTracking.LOT)
"""Goods that are tracked by lot: SKU 0 is milk, SKU 1 could be made of it."""


def today(ahead: int = 0) -> date:
    return clock.day_of(clock.now()) + timedelta(days=ahead)


async def bring(milk: Trade, quantity: str, lot: str, expires_on: date | None = None) -> int:
    order_id = await milk.buy((0, quantity, "2"))
    await milk.arrive(order_id, {"accepted": quantity, "lot": LotLabel(lot, None, expires_on)})
    ((lot_id,),) = await db.fetch("SELECT id FROM lot WHERE number = ?", (lot,))
    return int(lot_id)


async def limit(milk: Trade, warehouse_id: int, least: str, target: str) -> None:
    wanted = WantedLimit(
        sku_id=milk.shop.skus[0],
        warehouse_id=warehouse_id,
        limit=Quantity.of(least),
        target=Quantity.of(target),
    )
    await limits.set_stock_limits(milk.call, limits=[wanted])


async def alerts(kind: str = "LOW") -> list[tuple[str, str, str]]:
    """Status, available and suggested quantity, once everything is reviewed."""
    await settled()
    await wiring.REACTIONS.settle()
    rows = await db.fetch(
        "SELECT status, available, suggested_quantity FROM stock_alert WHERE kind = ? ORDER BY id", (kind,)
    )
    return [(status, str(Quantity(left)), str(Quantity(order))) for status, left, order in rows]


async def test_resolves_no_alert_of_low_stock(milk: Trade) -> None:
    await bring(milk, "1", "good", today(9))
    await limit(milk, milk.shop.warehouse.id, "5", "12")
    assert await alerts() == [("OPEN", "1", "11")]
    await bring(milk, "25", "old", today(-1))
    assert await alerts() == [("OPEN", "1", "11")]
    suspected = await bring(milk, "25", "suspected")
    assert (await alerts())[0][0] == "RESOLVED"
    await lots.block_lot(milk.call, lot_id=suspected)
    assert (await alerts())[-1] == ("OPEN", "1", "11")


async def test_makes_no_kit(milk: Trade) -> None:
    component = Component(sku_id=milk.shop.skus[0], quantity=Quantity.of("2"))
    made = await assembly.set_kit_components(milk.call, sku_id=milk.shop.skus[1], components=[component])
    await bring(milk, "20", "old", today(-1))
    assert await kits.assemblable(milk.call, [made.kit_id]) == [Quantity(0)]
    assert await kits.kit_availability(milk.call, made.kit_id) == []
    lot_id = await bring(milk, "7", "good", today())
    assert await kits.assemblable(milk.call, [made.kit_id]) == [Quantity.of("3")]
    await lots.block_lot(milk.call, lot_id=lot_id)
    assert await kits.assemblable(milk.call, [made.kit_id]) == [Quantity(0)]


async def test_is_nothing_to_share(milk: Trade) -> None:
    other = await open_warehouse(milk.call)
    await limit(milk, milk.shop.warehouse.id, "1", "4")
    await limit(milk, other.id, "5", "12")
    await bring(milk, "25", "old", today(-1))
    assert (await sharing.matches(milk.call, SharingChoice(), WHOLE)).nodes == []
    assert (await sharing.surpluses(milk.call, SharingChoice(), WHOLE)).nodes == []
    assert (await sharing.sku_availability(milk.call, milk.shop.skus[0], other.id, WHOLE)).nodes == []
    lot_id = await bring(milk, "10", "good", today(9))
    (match,) = (await sharing.matches(milk.call, SharingChoice(), WHOLE)).nodes
    assert (match.to_warehouse.warehouse_id, match.quantity) == (other.id, Quantity.of("6"))
    await lots.block_lot(milk.call, lot_id=lot_id)
    assert (await sharing.matches(milk.call, SharingChoice(), WHOLE)).nodes == []
    short = {
        one.warehouse.warehouse_id: str(one.quantity)
        for one in (await sharing.shortages(milk.call, SharingChoice(), WHOLE)).nodes
    }
    assert short == {milk.shop.warehouse.id: "4", other.id: "12"}


async def test_lasts_for_no_day(milk: Trade) -> None:
    lot_id = await bring(milk, "30", "good", today(9))
    await milk.ship(await milk.sell((0, "10", "9")), (0, "10"))
    await bring(milk, "25", "old", today(-1))

    async def cover() -> tuple[list[str], list[str]]:
        rows = await db.fetch("SELECT id, available FROM stock_level WHERE sku_id = ?", (milk.shop.skus[0],))
        lasts = await goods.days_of_cover(milk.call, [(level_id, Quantity(left)) for level_id, left in rows])
        slow = (await turnover.slow_movers(milk.call, StockChoice(), days=30, cover=50, page=WHOLE)).nodes
        return list(map(str, lasts)), [str(one.days_of_cover) for one in slow]

    # 10 in thirty days: the 20 that are good last for sixty.
    assert await cover() == (["60"], ["60"])
    await lots.block_lot(milk.call, lot_id=lot_id)
    assert await cover() == (["0"], [])


async def test_is_told_to_those_who_wait_for_it(client: httpx.AsyncClient, milk: Trade) -> None:
    lot_id = await bring(milk, "10", "suspected", today(9))
    order_id = await milk.sell((0, "8", "9"))
    blocked = await ask(client, "lots", "BlockLot", {"input": {"id": global_id("Lot", lot_id)}})
    order = await ask(client, "sales", "SalesOrderPage", {"id": global_id("SalesOrder", order_id)})
    assert blocked["shortDocuments"] == [{"id": order["id"], "number": order["number"]}]
    assert [one["what"] for one in order["timeline"]["nodes"]][-1] == "GoodsTakenBack"
    assert [(one["quantityReserved"], one["quantityOutstanding"]) for one in order["lines"]] == [("0", "8")]


async def test_is_told_at_midnight(milk: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    await bring(milk, "10", "today", today())
    order_id = await milk.sell((0, "4", "9"))
    await limit(milk, milk.shop.warehouse.id, "5", "12")
    assert await alerts() == []
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    await fitness.begin_day()
    assert await alerts() == [("OPEN", "0", "16")]
    assert await milk.reserved(order_id) == ["0"]
