"""What may not be sold is promised to nobody, facts are stronger than promises, and who waits longest is served first.

No reaction runs here: everything is so when the transaction ends.
"""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta

import httpx
import msgspec
import pytest

from jxc_graphql import app, wiring
from jxc_graphql.books.goods import fitness
from jxc_graphql.books.goods.rules import InsufficientStock
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.insight.verification.operations import rebuild_books
from jxc_graphql.insight.verification.queries import IN_TURN, differences, documents_in_the_wrong
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.kit.settings import Settings
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.office.auth.operations import create_user, system_call
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.warehousing.adjustments import operations as adjustments
from jxc_graphql.warehousing.adjustments.models import AdjustmentReason
from jxc_graphql.warehousing.assembly import operations as assembly
from jxc_graphql.warehousing.assembly.rules import Component
from jxc_graphql.warehousing.loans import operations as loans
from jxc_graphql.warehousing.loans.rules import WantedLine
from jxc_graphql.warehousing.transfers import operations as transfers
from jxc_graphql.warehousing.transfers.rules import AskedGoods, TransferShortage
from tests.bookkeeping import invariants
from tests.make.begun import begun
from tests.make.corrections import approved_count, draft, keeper, line
from tests.make.settings import company_says
from tests.make.shop import open_warehouse
from tests.make.trade import Trade, make_trade, set_column
from tests.operations import ask
from tests.refusals import refusal

FIGURES = ("sellable", "unfit", "reserved", "waiting", "available")


milk = begun(make_trade, skus=1, tracking=SkuTracking.LOT)
"""A shop of goods that are tracked by lot."""


trade = begun(make_trade)


@pytest.fixture
def pass_days(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], datetime]:
    """Lets days pass for whoever asks what time it is."""

    def go_on(days: int) -> datetime:
        later = clock.now() + timedelta(days=days)
        monkeypatch.setattr(clock, "now", lambda: later)
        return later

    return go_on


def today(ahead: int = 0) -> date:
    return clock.day_of(clock.now()) + timedelta(days=ahead)


async def bring(trade: Trade, quantity: str, lot: str, expires_on: date | None = None) -> int:
    """So much of a lot comes in; gives the lot."""
    order_id = await trade.buy((0, quantity, "2"))
    await trade.arrive(order_id, {"accepted": quantity, "lot": LotLabel(lot, None, expires_on)})
    ((lot_id,),) = await db.fetch("SELECT id FROM lot WHERE number = ?", (lot,))
    return int(lot_id)


async def told(order_id: int) -> list[str]:
    """What happened to an order by itself, oldest first."""
    rows = await db.fetch("SELECT name FROM journal WHERE subject_id = ? ORDER BY id", (order_id,))
    return [name for (name,) in rows if name.startswith("Goods") and name != "GoodsShipped"]


async def submit_transfer(trade: Trade, quantity: str) -> int:
    drafted = await transfers.create_transfer(
        trade.call,
        from_warehouse_id=trade.shop.warehouse.id,
        to_warehouse_id=(await open_warehouse(trade.call)).id,
        lines=[AskedGoods(sku_id=trade.shop.skus[0], quantity=Quantity.of(quantity))],
    )
    await transfers.submit_transfer(trade.call, transfer_id=drafted.subject_id)
    return drafted.subject_id


async def draft_loan(trade: Trade, quantity: str) -> int:
    made = await loans.create_loan(
        trade.call,
        warehouse_id=trade.shop.warehouse.id,
        customer_id=trade.customer_id,
        due_on=today(9),
        lines=[WantedLine(sku_id=trade.shop.skus[0], quantity=Quantity.of(quantity))],
    )
    return made.subject_id


async def approve_transfer(trade: Trade, quantity: str) -> int:
    transfer_id = await submit_transfer(trade, quantity)
    await transfers.approve_transfer(trade.call, transfer_id=transfer_id)
    return transfer_id


class TestWhatMayNotBeSold:
    async def test_is_not_available(self, milk: Trade) -> None:
        await bring(milk, "25", "old", today(-1))
        await bring(milk, "5", "last day", today())
        order_id = await milk.sell((0, "20", "9"))
        assert await milk.level(0, *FIGURES) == ["30", "25", "5", "15", "0"]
        assert await milk.reserved(order_id) == ["5"]
        assert await differences() == []

    async def test_is_taken_back_when_a_lot_is_blocked(self, milk: Trade) -> None:
        await bring(milk, "5", "good")
        suspected = await bring(milk, "20", "suspected")
        first, second = await milk.sell((0, "15", "9")), await milk.sell((0, "8", "9"))
        fact = await lots.block_lot(milk.call, lot_id=suspected)
        assert fact.short_document_ids == (first, second)
        assert await milk.level(0, *FIGURES) == ["25", "20", "5", "18", "0"]
        assert [await milk.reserved(order) for order in (first, second)] == [["5"], ["0"]]
        await milk.ship(first, (0, "5"))
        await lots.unblock_lot(milk.call, lot_id=suspected)
        assert [await milk.reserved(order) for order in (first, second)] == [["10"], ["8"]]
        assert await told(first) == await told(second) == ["GoodsTakenBack", "GoodsAllotted"]
        assert await differences() == []

    async def test_follows_a_date_that_is_corrected(self, milk: Trade) -> None:
        lot_id = await bring(milk, "10", "L", today(9))
        order_id = await milk.sell((0, "4", "9"))
        fact = await lots.update_lot(milk.call, lot_id=lot_id, produced_on=None, expires_on=today(-1))
        assert fact.short_document_ids == (order_id,)
        assert await milk.level(0, *FIGURES) == ["10", "10", "0", "4", "0"]
        await lots.update_lot(milk.call, lot_id=lot_id, produced_on=None, expires_on=today())
        assert await milk.level(0, *FIGURES) == ["10", "0", "4", "0", "6"]
        assert await differences() == []

    async def test_follows_a_date_that_a_label_adds(self, milk: Trade) -> None:
        await bring(milk, "10", "L")
        order_id = await milk.sell((0, "4", "9"))
        await bring(milk, "1", "L", today(-1))
        assert await milk.level(0, *FIGURES) == ["11", "11", "0", "4", "0"]
        assert await told(order_id) == ["GoodsTakenBack"]
        assert await differences() == []

    async def test_can_be_set_apart_without_taking_from_anybody(self, milk: Trade) -> None:
        await bring(milk, "5", "good")
        bad = await bring(milk, "20", "bad")
        await lots.block_lot(milk.call, lot_id=bad)
        await milk.sell((0, "5", "9"))
        where = milk.shop.warehouse
        away = milk.shop.move(where.stock_place_id, where.damaged_place_id, "20", lot_id=bad)
        assert (await milk.shop.post(away, on=today())).short_document_ids == ()
        assert await milk.level(0, *FIGURES) == ["5", "0", "5", "0", "0"]
        assert await differences() == []


class TestMidnight:
    async def test_takes_back_what_expires(self, milk: Trade, pass_days: Callable[[int], datetime]) -> None:
        await bring(milk, "10", "today", today())
        await bring(milk, "5", "later", today(9))
        first, second = await milk.sell((0, "8", "9")), await milk.sell((0, "4", "9"))
        await fitness.begin_day(pass_days(1))
        assert await milk.level(0, *FIGURES) == ["15", "10", "5", "7", "0"]
        assert [await milk.reserved(order) for order in (first, second)] == [["5"], ["0"]]
        assert await told(first) == await told(second) == ["GoodsTakenBack"]
        assert await db.fetch("SELECT count(*) FROM journal WHERE name = 'GoodsExpired'") == [(1,)]
        await fitness.begin_day()
        assert await db.fetch("SELECT count(*) FROM journal WHERE name = 'GoodsExpired'") == [(1,)]
        assert await differences() == []

    async def test_is_kept_by_whoever_writes_first(self, milk: Trade, pass_days: Callable[[int], datetime]) -> None:
        await bring(milk, "10", "today", today())
        order_id = await milk.sell((0, "8", "9"))
        later = msgspec.structs.replace(milk, call=msgspec.structs.replace(milk.call, at=pass_days(1)))
        late = await later.sell((0, "1", "9"))
        assert [await milk.reserved(order) for order in (order_id, late)] == [["0"], ["0"]]
        assert await told(order_id) == ["GoodsTakenBack"]
        rows = await db.fetch("SELECT actor_id FROM journal WHERE name LIKE 'GoodsTaken%'")
        assert rows == [(None,)]
        assert await differences() == []

    async def test_has_passed_when_a_process_starts(
        self, pass_days: Callable[[int], datetime], database_url: str
    ) -> None:
        async with wiring.opened(Settings(database_url=database_url)):
            admin = await create_user(system_call(), username="admin", name="Administrator", roles=["ADMIN"])
            call = Call(actor_id=admin.user_id, permissions=frozenset(Permission))
            milk = await make_trade(call, skus=1, tracking=SkuTracking.LOT)
            await bring(milk, "10", "today", today())
            await milk.sell((0, "8", "9"))
        pass_days(3)
        async with wiring.opened(Settings(database_url=database_url)):
            assert await milk.level(0, *FIGURES) == ["10", "10", "0", "8", "0"]
            assert await differences() == []

    async def test_is_kept_by_a_process_that_serves(self, milk: Trade, pass_days: Callable[[int], datetime]) -> None:
        await bring(milk, "10", "today", today())
        await milk.sell((0, "8", "9"))
        pass_days(1)
        async with app.running():
            while await milk.level(0, "unfit") == ["0"]:
                await asyncio.sleep(0.01)
        assert await milk.level(0, *FIGURES) == ["10", "10", "0", "8", "0"]


class TestWhoWaits:
    async def test_is_served_before_whoever_comes_later(self, trade: Trade) -> None:
        await trade.stock_up("6")
        first, second = await trade.sell((0, "6", "9")), await trade.sell((0, "4", "9"))
        third = await trade.draft_sale((0, "6", "9"))
        await sales.cancel_sales_order(trade.call, sales_order_id=first)
        await sales.approve_sales_order(trade.call, sales_order_id=third)
        assert [await trade.reserved(order) for order in (second, third)] == [["4"], ["2"]]
        await trade.stock_up("3")
        assert [await trade.reserved(order) for order in (second, third)] == [["4"], ["5"]]
        assert await told(third) == ["GoodsAllotted"]
        assert await differences() == []

    async def test_stands_behind_whoever_was_quicker(self, trade: Trade) -> None:
        await trade.stock_up("6")
        first, second = [await trade.draft_sale((0, "6", "9")) for _ in range(2)]
        began = [msgspec.structs.replace(trade.call, at=clock.now() + timedelta(seconds=n)) for n in range(2)]
        for call, order_id in zip(began[::-1], (second, first), strict=True):
            await sales.approve_sales_order(call, sales_order_id=order_id)
        assert [await trade.reserved(order) for order in (first, second)] == [["0"], ["6"]]
        assert await invariants.broken() == []
        assert await differences() == []

    async def test_and_was_overtaken_is_found_and_served(self, trade: Trade) -> None:
        await trade.stock_up("6")
        first, second = await trade.sell((0, "6", "9")), await trade.sell((0, "4", "9"))
        await set_column("UPDATE claim SET reserved = 30000")
        assert [one.what for one in await differences()] == [IN_TURN.what] * 2
        assert await documents_in_the_wrong() == 2
        async for _ in rebuild_books(trade.call, only_promises=True):
            pass
        assert [await trade.reserved(order) for order in (first, second)] == [["6"], ["0"]]
        assert (await told(first), await told(second)) == (["GoodsAllotted"], ["GoodsTakenBack"])
        assert await differences() == []

    async def test_is_served_in_parts(self, trade: Trade) -> None:
        order_id = await trade.sell((0, "10", "9"))
        await trade.stock_up("3")
        assert await trade.reserved(order_id) == ["3"]

    async def test_is_not_overtaken_by_a_transfer(self, trade: Trade) -> None:
        order_id = await trade.sell((0, "10", "9"))
        await trade.stock_up("3")
        transfer_id = await submit_transfer(trade, "3")
        (reason,) = await refusal(transfers.approve_transfer(trade.call, transfer_id=transfer_id))
        assert isinstance(reason, TransferShortage)
        await sales.cancel_sales_order(trade.call, sales_order_id=order_id)
        await transfers.approve_transfer(trade.call, transfer_id=transfer_id)

    async def test_is_overtaken_by_no_loan_and_no_kit(self, trade: Trade) -> None:
        order_id = await trade.sell((0, "10", "9"))
        await trade.stock_up("3")
        loan_id, kit = await draft_loan(trade, "1"), trade.shop.skus[1]
        component = Component(sku_id=trade.shop.skus[0], quantity=Quantity.of("1"))
        await assembly.set_kit_components(trade.call, sku_id=kit, components=[component])
        where = trade.shop.warehouse.id
        for leave in (
            lambda: loans.approve_loan(trade.call, loan_id=loan_id),
            lambda: assembly.assemble_kits(trade.call, warehouse_id=where, sku_id=kit, quantity=Quantity.of("1")),
        ):
            (reason,) = await refusal(leave())
            assert isinstance(reason, InsufficientStock)
            assert reason.available == 0
        assert await trade.reserved(order_id) == ["3"]
        await trade.stock_up("8")
        await loans.approve_loan(trade.call, loan_id=loan_id)
        assert await trade.level(0, "available") == ["0"]

    async def test_may_be_a_transfer_that_lost_its_goods(self, trade: Trade) -> None:
        await trade.stock_up("5")
        transfer_id = await approve_transfer(trade, "5")
        where = trade.shop.warehouse
        lost = trade.shop.move(where.stock_place_id, 3, "2")
        assert (await trade.shop.post(lost, on=today())).short_document_ids == (transfer_id,)
        order_id = await trade.sell((0, "2", "9"))
        await trade.stock_up("3")
        assert await trade.level(0, *FIGURES) == ["6", "0", "6", "1", "0"]
        assert await trade.reserved(order_id) == ["1"]
        assert await told(transfer_id) == ["GoodsTakenBack", "GoodsAllotted"]
        assert await differences() == []

    async def test_gives_back_last_of_all(self, trade: Trade) -> None:
        await trade.stock_up("9")
        orders = [await trade.sell((0, "3", "9")) for _ in range(3)]
        where = trade.shop.warehouse
        posted = await trade.shop.post(trade.shop.move(where.stock_place_id, 4, "5"), on=today())
        assert posted.short_document_ids == tuple(orders[1:])
        assert [await trade.reserved(order) for order in orders] == [["3"], ["1"], ["0"]]

    @pytest.mark.usefixtures("numbers_one_by_one")
    async def test_takes_no_more_statements_for_many_than_for_few(self, call: Call) -> None:
        counts = []
        for skus in (2, 30):
            many = await make_trade(call, skus)
            for _ in range(2):
                await many.sell(*((sku, "4", "1") for sku in range(skus)))
            order_id = await many.buy(*((sku, "6", "1") for sku in range(skus)))
            with db.statements() as seen:
                await many.receive(order_id, *((sku, "6") for sku in range(skus)))
            counts.append(len(seen))
        assert counts[0] == counts[1]


async def test_a_client_is_told_from_whom_a_fact_took(client: httpx.AsyncClient, milk: Trade) -> None:
    lot_id = await bring(milk, "20", "L", today(9))
    first, second = await milk.sell((0, "8", "9")), await milk.sell((0, "12", "9"))
    where, shop, lost = milk.shop.warehouse, milk.shop, AdjustmentReason.LOST
    ids = {"warehouseId": global_id("Warehouse", where.id)}
    of_sku = {"skuId": global_id("Sku", shop.skus[0]), "quantity": "1"}
    places = {
        "fromPlaceId": global_id("Place", where.stock_place_id),
        "toPlaceId": global_id("Place", where.damaged_place_id),
    }
    posted, waits = [await draft(shop, lost, line(shop, "-1")) for _ in range(2)]
    counted = await approved_count(shop, "15")
    await company_says(adjustment_threshold=0)
    await adjustments.post_adjustment(keeper(shop), adjustment_id=waits)
    of_lot: dict[str, object] = {"id": global_id("Lot", lot_id), "expiresOn": str(today(-1))}
    facts: list[tuple[str, str, dict[str, object], list[int]]] = [
        ("adjustments", "WriteOff", {**ids, "lines": [of_sku]}, [second]),
        ("relocations", "MovePlaces", {**ids, "lines": [of_sku | places]}, [second]),
        ("adjustments", "PostAdjustment", {"id": global_id("Adjustment", posted)}, [second]),
        ("adjustments", "ApproveAdjustment", {"id": global_id("Adjustment", waits)}, [second]),
        ("stocktakes", "PostStocktake", {"id": global_id("Stocktake", counted)}, [second]),
        ("lots", "UpdateLot", of_lot, [first, second]),
    ]
    for feature, name, given, took_from in facts:
        done = await ask(client, feature, name, {"input": given})
        assert done["userErrors"] == [], name
        assert [one["id"] for one in done["shortDocuments"]] == [global_id("SalesOrder", one) for one in took_from]
    assert await milk.level(0, *FIGURES) == ["11", "11", "0", "20", "0"]
    assert await differences() == []
