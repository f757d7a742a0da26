"""Days: by what levels changed under which day, from when to when they had nothing, and the migration that says so."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

import jxc_graphql.migrations
from jxc_graphql.books import door
from jxc_graphql.books.door import Posting
from jxc_graphql.books.goods import rebuild, stock_outs
from jxc_graphql.books.goods.days import COLUMNS, FIGURES, INS, OUTS, WAYS
from jxc_graphql.books.goods.ledger import Charge, ValueChange
from jxc_graphql.books.goods.models import StockDay
from jxc_graphql.books.goods.stock_outs import Without, whole
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.insight.verification.queries import told as told_of_goods
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.clock import Calendar
from jxc_graphql.kit.db.operations import ByCompanyDay
from jxc_graphql.kit.db.transaction import running
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.warehouses.places import VirtualPlace
from jxc_graphql.selling.sales import operations as sales
from tests.bookkeeping import daily, invariants
from tests.make.shop import AT, TODAY, Shop, make_shop, other_warehouse
from tests.make.trade import make_trade

D1, D2 = TODAY - timedelta(days=2), TODAY - timedelta(days=1)


async def told(shop: Shop, on: date = TODAY, sku: int = 0) -> dict[str, str]:
    """What a day says of a level that is not nothing."""
    rows = await db.fetch(
        f"SELECT {', '.join(f'CAST(SUM(day.{name}) AS BIGINT)' for name in COLUMNS)} FROM stock_day AS day "
        "JOIN stock_level ON stock_level.id = stock_level_id "
        "WHERE sku_id = ? AND warehouse_id = ? AND business_date = ?",
        (shop.skus[sku], shop.warehouse.id, on),
    )
    pairs = zip(FIGURES.items(), rows[0], strict=True)
    return {name: str(kind(figure)) for (name, kind), figure in pairs if figure}


def test_a_day_has_a_column_for_whatever_it_says() -> None:
    keys = {"id", "posted_on", "business_date"}
    found = {*StockDay._meta.fields_db_projection.values()} - {"stock_level_id"}  # noqa: SLF001
    assert {*COLUMNS} | keys == found
    assert {place.value for place in VirtualPlace} == set(WAYS)
    assert not {*INS} & {*OUTS}


@pytest.mark.parametrize(
    ("place", "comes", "goes"),
    [
        (VirtualPlace.SUPPLIER, "received", "supplier_returned"),
        (VirtualPlace.CUSTOMER, "customer_returned", "sold"),
        (VirtualPlace.VARIANCE, "found", "missing"),
        (VirtualPlace.SCRAP, "found", "scrapped"),
        (VirtualPlace.OPENING, "opened", "missing"),
        (VirtualPlace.ASSEMBLY, "assembled", "used"),
    ],
)
async def test_a_day_says_by_which_way_goods_came_and_went(
    call: Call, place: VirtualPlace, comes: str, goes: str
) -> None:
    shop = await make_shop(call)
    shelf = shop.warehouse.stock_place_id
    await shop.post(shop.move(place, shelf, "8", "16"))
    await shop.post(shop.move(shelf, place, "3"), shop.move(shelf, shop.warehouse.damaged_place_id, "1"))
    assert await told(shop) == {
        "quantity": "5", "value": "10", comes: "8", f"{comes}_value": "16", goes: "3", f"{goes}_value": "6",
    }  # fmt: skip
    assert await daily.differences() == []
    assert await invariants.broken() == []


async def test_goods_that_are_sent_count_where_they_go_from_the_day_on_which_they_left(call: Call) -> None:
    shop = await make_shop(call)
    there = await other_warehouse(shop)
    transit, consignment = there.warehouse.transit_place_id, new_id()
    await shop.post(shop.coming("10", "20"), on=D1)
    await shop.post(shop.move(shop.warehouse.stock_place_id, transit, "4", consignment_id=consignment), on=D2)
    await shop.post(
        there.move(transit, there.warehouse.stock_place_id, "3", consignment_id=consignment),
        there.move(transit, VirtualPlace.VARIANCE, "1", consignment_id=consignment),
    )
    assert await told(shop, D2) == {
        "quantity": "-4", "value": "-8", "transferred_out": "4", "transferred_out_value": "8",
    }  # fmt: skip
    assert await told(there, D2) == {
        "in_transit": "4", "in_transit_value": "8", "transferred_in": "4", "transferred_in_value": "8",
    }  # fmt: skip
    assert await told(there) == {
        "quantity": "3", "value": "6", "in_transit": "-4", "in_transit_value": "-8", "missing": "1",
        "missing_value": "2",
    }  # fmt: skip
    assert await daily.differences() == []
    assert await invariants.broken() == []


async def test_what_goods_cost_afterwards_is_told_apart_for_those_that_are_there_and_those_that_are_sold(
    call: Call,
) -> None:
    shop = await make_shop(call, 2)
    bought, gone = shop.coming("4", "8"), shop.coming("2", "2", 1)
    await shop.post(bought, gone, on=D1)
    await shop.post(shop.going("1"), shop.going("2", 1), on=D2)
    await shop.charge(
        Charge(line_id=bought.line_id, amount=Money.of("4")), Charge(line_id=gone.line_id, amount=Money.of("5"))
    )
    assert await told(shop) == {"value": "3", "revalued": "3", "sold_revalued": "1"}
    assert await told(shop, sku=1) == {"sold_revalued": "5"}
    await shop.revalue(ValueChange(sku_id=shop.skus[0], warehouse_id=shop.warehouse.id, line_id=1, by=Money.of("-1")))
    assert await told(shop) == {"value": "2", "revalued": "2", "sold_revalued": "1"}
    await shop.post(shop.going("1"), on=D2)
    late = await told(shop, D2)
    assert (late["sold"], late["sold_value"]) == ("2", "4")
    assert await daily.differences() == []
    assert await invariants.broken() == []


async def test_demand_is_lost_on_the_day_on_which_customers_asked(call: Call) -> None:
    trade = await make_trade(call, skus=2)
    await trade.stock_up("5", "5")
    closed = await trade.sell((0, "3", "9"), (1, "9", "9"))
    await trade.ship(closed, (0, "1"))
    unwanted = await trade.draft_sale((0, "100", "9"))
    await sales.cancel_sales_order(call, sales_order_id=unwanted)
    assert await db.fetch("SELECT SUM(lost_demand) FROM stock_day") == [(0,)]
    await sales.close_sales_order(call, sales_order_id=closed, note="他们不等了")
    ((asked_on,),) = await db.fetch("SELECT business_date FROM sales_order WHERE id = ?", (closed,))
    days = await db.fetch(
        "SELECT sku_id, posted_on, business_date, lost_demand FROM stock_day JOIN stock_level "
        "ON stock_level.id = stock_level_id WHERE lost_demand <> 0 ORDER BY sku_id"
    )
    assert days == [
        (trade.shop.skus[0], asked_on, asked_on, 20_000),
        (trade.shop.skus[1], asked_on, asked_on, 90_000),
    ]
    assert await daily.differences() == []
    assert await differences() == []


@db.transactional
async def at(shop: Shop, moment: datetime, *moves: Any) -> None:
    call = msgspec.structs.replace(shop.call, at=moment)
    posting = Posting(call=call, document_id=new_id(), business_date=clock.day_of(moment), moves=moves)
    await door.post(posting)


def hours(after: float) -> datetime:
    return AT + timedelta(hours=after)


async def test_a_level_is_out_of_stock_from_its_last_goods_on_until_goods_come(call: Call) -> None:
    shop = await make_shop(call, 2)
    shelf = shop.warehouse.stock_place_id
    await at(shop, hours(-200), shop.coming("2", "2"), shop.coming("2", "2", 1))
    await at(shop, hours(-100), shop.going("1"))
    await at(shop, hours(-90), shop.move(shelf, shop.warehouse.quality_place_id, "1"))
    await at(shop, hours(-50), shop.coming("1", "1"))
    await at(shop, hours(-49), shop.going("1"), shop.going("2", 1))
    levels = await db.fetch("SELECT id FROM stock_level ORDER BY sku_id")
    found = await stock_outs.of_levels([level_id for (level_id,) in levels])
    assert [found[level_id] for (level_id,) in levels] == [
        [Without(hours(-90), hours(-50)), Without(hours(-49), None)], [Without(hours(-49), None)],
    ]  # fmt: skip
    assert await daily.differences() == []


async def test_minutes_belong_to_the_days_of_the_company_in_whatever_zone(call: Call, database: db.Database) -> None:
    """Of 2026-02-28 there are 24 hours, and of 2026-03-08 in New York 23."""
    shop = await make_shop(call)
    begin = datetime(2026, 2, 27, 4, 30, 30, tzinfo=UTC)
    await at(shop, begin - timedelta(days=1), shop.coming("2", "2"))
    await at(shop, begin, shop.going("2"))
    ((level_id,),) = await db.fetch("SELECT id FROM stock_level")
    await at(shop, datetime(2026, 3, 9, 12, tzinfo=UTC), shop.coming("1", "1"))

    async def minutes(first: str, last: str, now: datetime = datetime(2026, 4, 1, tzinfo=UTC)) -> dict[str, int]:
        span = date.fromisoformat(first), date.fromisoformat(last)
        found = await stock_outs.minutes_by_day([level_id], *span, now)
        return {day.isoformat()[5:]: number for day, number in found.get(level_id, {}).items()}

    database.calendar = Calendar((date.min, "Asia/Shanghai"))
    assert await minutes("2026-02-26", "2026-02-28") == {"02-27": 11 * 60 + 29, "02-28": 1_440}
    assert await minutes("2026-02-27", "2026-03-31", datetime(2026, 2, 28, 16, tzinfo=UTC)) == {
        "02-27": 11 * 60 + 29, "02-28": 1_440,
    }  # fmt: skip
    assert await minutes("2026-03-09", "2026-03-12") == {"03-09": 20 * 60}
    database.calendar = Calendar((date.min, "America/New_York"))
    assert await minutes("2026-03-07", "2026-03-09") == {"03-07": 1_440, "03-08": 23 * 60, "03-09": 8 * 60}
    assert await minutes("2026-02-26", "2026-02-26") == {"02-26": 29}


def test_stock_outs_that_took_no_time_are_none_and_one_that_went_on_is_one() -> None:
    moment, went_on = [Without(hours(0), hours(0))], [Without(hours(1), hours(2)), Without(hours(2), hours(3))]
    lasts = Without(hours(4), None)
    assert whole([*moment, *went_on, lasts]) == [Without(hours(1), hours(3)), lasts]


async def test_the_migration_makes_of_the_history_what_postings_write(call: Call) -> None:
    shop = await make_shop(call, 2)
    there = await other_warehouse(shop)
    bought = shop.coming("10", "20")
    await at(shop, hours(-200), bought, shop.coming("2", "2", 1))
    await at(shop, hours(-150), shop.going("10"), shop.move(shop.warehouse.stock_place_id, 3, "1", sku=1))
    await at(shop, hours(-100), shop.coming("5", "20"))
    consignment = new_id()
    leaving: dict[str, Any] = {"consignment_id": consignment}
    transit = there.warehouse.transit_place_id
    await at(shop, hours(-50), shop.move(shop.warehouse.stock_place_id, transit, "5", **leaving))
    await at(shop, hours(-49), there.move(transit, there.warehouse.stock_place_id, "4", **leaving))
    await shop.post(shop.coming("1", "5"), on=D2)
    await shop.charge(Charge(line_id=bought.line_id, amount=Money.of("4")))
    figures = set(COLUMNS) - {"revenue", "lost_revenue"}  # which came later
    days = f"SELECT stock_level_id, posted_on, business_date, {', '.join(sorted(figures))} FROM stock_day"
    outs = "SELECT stock_level_id, began_at, ended_at FROM stock_out ORDER BY 1, 2"
    written = await db.fetch(f"{days} ORDER BY 1, 2, 3"), await db.fetch(outs)
    assert (await made_anew(days), await db.fetch(outs)) == written
    assert len(written[1]) == 2
    assert await rebuild.differences(shop.skus, told_of_goods()) == []


def of_migration() -> ByCompanyDay:
    (name,) = [one.stem for one in Path(jxc_graphql.migrations.__path__[0]).glob("*_daily_facts.py")]
    migration = import_module(f"jxc_graphql.migrations.{name}")
    (filling,) = [one for one in migration.Migration.operations if isinstance(one, ByCompanyDay)]
    return filling


@db.transactional
async def made_anew(days: str) -> list[tuple[Any, ...]]:
    """Days and stock-outs as the migration makes them; the days in a table that has the columns of then."""
    filling = of_migration()
    await db.execute("DELETE FROM stock_out")
    await db.execute(f"CREATE TEMPORARY TABLE stock_day AS {days.replace('SELECT', 'SELECT id,')} WHERE false")
    editor: Any = SimpleNamespace(DIALECT=db.dialect(), client=running())
    state: Any = None
    await filling.database_forward("models", state, state, editor)
    found = await db.fetch(f"{days} ORDER BY 1, 2, 3")
    client: Any = running()
    await client.execute_script("DROP TABLE stock_day")
    return [*found]
