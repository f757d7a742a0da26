"""Late documents: the past stays possible, and what they take is worth what it cost on its day."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import pytest

from jxc_graphql.books import door
from jxc_graphql.books.door import Posting
from jxc_graphql.books.goods import impossible, queries, rebuild
from jxc_graphql.books.goods.ledger import Charge, Move, ValueChange
from jxc_graphql.books.goods.rules import NothingToRevalueThen, NotThereThen
from jxc_graphql.insight.verification.queries import told
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.masters.warehouses.places import VirtualPlace
from tests.make.shop import AT, TODAY, Shop, make_shop, other_warehouse
from tests.make.trade import set_column
from tests.refusals import refusal
from tests.steps import cost

D1, D2, D3, D4 = (TODAY - timedelta(days=ago) for ago in (4, 3, 2, 1))


async def days(shop: Shop, sku: int = 0) -> list[tuple[date, str, str]]:
    """What the level held at the end of each day, and what that cost."""
    rows = await db.fetch(
        "SELECT business_date, SUM(stock_day.quantity), SUM(stock_day.value) FROM stock_day "
        "JOIN stock_level ON stock_level.id = stock_level_id WHERE sku_id = ? AND warehouse_id = ? "
        "GROUP BY business_date ORDER BY business_date",
        (shop.skus[sku], shop.warehouse.id),
    )
    found, quantity, value = [], 0, 0
    for on, more, worth in rows:
        quantity, value = quantity + int(more), value + int(worth)
        found.append((db.day(on), str(Quantity(quantity)), str(Money(value))))
    return found


async def revaluations(shop: Shop) -> list[tuple[date, str, str]]:
    rows = await db.fetch("SELECT business_date, value, sold_value FROM stock_revaluation ORDER BY id")
    return [(db.day(on), str(Money(value)), str(Money(sold))) for on, value, sold in rows]


async def is_right(shop: Shop) -> bool:
    """Whether everything agrees, also with the ledger from its beginning."""
    return not [*await queries.differences(), *await rebuild.differences(shop.skus, told())]


@pytest.mark.parametrize("method", ValuationMethod)
async def test_goods_cost_what_they_cost_on_the_day_of_the_document(call: Call, method: ValuationMethod) -> None:
    shop = await make_shop(call, valuation=method)
    await shop.post(shop.coming("10", "10"), on=D1)
    await shop.post(shop.coming("10", "1000"), on=D2)
    posted = await shop.post(shop.going("9"), on=D1)
    assert posted.values == (Money.of("9"),)
    average = method is ValuationMethod.MOVING_AVERAGE
    assert await revaluations(shop) == ([(TODAY, "-445.5", "445.5")] if average else [])
    assert (await days(shop))[:2] == [(D1, "1", "1"), (D2, "11", "1001")]
    assert (await shop.level())["value"] == ("555.5" if average else "1001")
    assert await is_right(shop)


async def test_the_layers_of_that_day_are_those_that_were_left_then(call: Call) -> None:
    shop = await make_shop(call, valuation=ValuationMethod.FIFO)
    await shop.post(shop.coming("10", "10"), on=D1)
    await shop.post(shop.coming("10", "30"), on=D1)
    await shop.post(shop.going("8"), on=D2)
    await shop.post(shop.going("7"), on=D4)
    await shop.post(shop.coming("5", "500"), on=D4)
    assert (await shop.post(shop.going("4"), on=D2)).values == (Money.of("8"),)
    assert await days(shop) == [(D1, "20", "40"), (D2, "8", "24"), (D4, "6", "507"), (TODAY, "6", "503")]
    assert await is_right(shop)


async def test_a_day_between_without_goods_has_no_value(shop: Shop) -> None:
    await shop.post(shop.coming("10", "10"), on=D1)
    await shop.revalue(
        ValueChange(sku_id=shop.skus[0], warehouse_id=shop.warehouse.id, line_id=1, to=Money.of("20")), on=D2
    )
    await shop.post(shop.going("9"), on=D3)
    await shop.post(shop.coming("1", "7"), on=D4)
    assert (await shop.post(shop.going("1"), on=D1)).values == (Money.of("1"),)
    assert await days(shop) == [
        (D1, "9", "9"), (D2, "9", "19"), (D3, "0", "0"), (D4, "1", "7"), (TODAY, "1", "4.5"),
    ]  # fmt: skip
    assert [on for on, _, _ in await revaluations(shop)] == [D2, D3, TODAY]
    assert await is_right(shop)


async def test_no_day_between_is_worth_less_than_nothing(shop: Shop) -> None:
    await shop.post(shop.coming("10", "1000"), on=D1)
    await shop.revalue(
        ValueChange(sku_id=shop.skus[0], warehouse_id=shop.warehouse.id, line_id=1, to=Money.of("10")), on=D3
    )
    assert (await shop.post(shop.going("9"), on=D2)).values == (Money.of("900"),)
    assert await days(shop) == [(D1, "10", "1000"), (D2, "1", "100"), (D3, "1", "1")]
    assert await is_right(shop)


class TestRefused:
    """What was not there on its day, or would be missed since; with the first day on which it fits."""

    async def test_before_the_goods_came(self, shop: Shop) -> None:
        await shop.post(shop.coming("10", "20"))
        (reason,) = await refusal(shop.post(shop.going("5", path=("lines", 0)), on=D4))
        assert isinstance(reason, NotThereThen)
        assert (reason.business_date, reason.fits_on, reason.path) == (D4, TODAY, ("lines", 0))
        await shop.post(shop.going("5"), on=reason.fits_on)

    async def test_when_it_would_be_missed_on_a_later_day(self, shop: Shop) -> None:
        await shop.post(shop.coming("10", "10"), on=D1)
        await shop.post(shop.going("8"), on=D3)
        await shop.post(shop.coming("10", "10"), on=D4)
        (reason,) = await refusal(shop.post(shop.going("3"), on=D2))
        assert isinstance(reason, NotThereThen)
        assert reason.fits_on == D4
        await shop.post(shop.going("2"), on=D2)
        assert await is_right(shop)

    @pytest.mark.parametrize("target", [VirtualPlace.CUSTOMER, VirtualPlace.SCRAP, VirtualPlace.VARIANCE,
                                        VirtualPlace.ASSEMBLY])  # fmt: skip
    async def test_wherever_it_goes(self, shop: Shop, target: VirtualPlace) -> None:
        await shop.post(shop.coming("10", "20"), on=D3)
        leaving = shop.move(shop.warehouse.stock_place_id, target, "5")
        assert [type(one) for one in await refusal(shop.post(leaving, on=D2))] == [NotThereThen]

    async def test_what_came_after_midnight_to_whoever_began_before_it(self, shop: Shop) -> None:
        brought, tomorrow = shop.coming("10", "20"), TODAY + timedelta(days=1)

        @db.transactional
        async def came() -> None:
            call = msgspec.structs.replace(shop.call, at=AT + timedelta(days=1))
            await door.post(Posting(call=call, document_id=new_id(), business_date=tomorrow, moves=[brought]))

        await came()
        (reason,) = await refusal(shop.post(shop.going("5")))
        assert isinstance(reason, NotThereThen)
        assert (reason.business_date, reason.fits_on) == (TODAY, tomorrow)
        change = ValueChange(sku_id=shop.skus[0], warehouse_id=shop.warehouse.id, line_id=1, to=Money.of("30"))
        (reason,) = await refusal(shop.revalue(change))
        assert isinstance(reason, NothingToRevalueThen)
        assert reason.fits_on == tomorrow
        await shop.charge(Charge(line_id=brought.line_id, amount=Money.of("4")))
        assert await days(shop) == [(tomorrow, "10", "24")]
        assert [*await impossible.differences(), *await queries.differences()] == []

    async def test_of_a_place(self, shop: Shop) -> None:
        bin_id, stock = await shop.bin("A"), shop.warehouse.stock_place_id
        await shop.post(shop.coming("10", "10"), on=D1)
        await shop.post(shop.move(stock, bin_id, "4"), on=D3)
        from_bin = shop.move(bin_id, VirtualPlace.CUSTOMER, "1")
        (reason,) = await refusal(shop.post(from_bin, on=D2))
        assert isinstance(reason, NotThereThen)
        assert reason.fits_on == D3
        (reason,) = await refusal(shop.post(shop.move(bin_id, stock, "1"), on=D2))
        assert isinstance(reason, NotThereThen)

    async def test_a_piece_that_moved_since(self, call: Call) -> None:
        shop = await make_shop(call, 1, SkuTracking.SERIAL)
        bin_id, stock = await shop.bin("A"), shop.warehouse.stock_place_id
        await shop.post(shop.coming("2", "2", serials=("X", "Y")), on=D1)
        await shop.post(shop.move(stock, bin_id, "1", serials=("X",)), on=D2)
        await shop.post(shop.move(bin_id, stock, "1", serials=("X",)), on=D3)
        (reason,) = await refusal(shop.post(shop.going("1", serials=("X",)), on=D2))
        assert isinstance(reason, NotThereThen)
        assert reason.fits_on == D3
        await shop.post(shop.going("1", serials=("Y",)), on=D1)
        await shop.post(shop.going("1", serials=("X",)), on=D3)
        assert await is_right(shop)

    async def test_a_piece_that_was_found_before_it_was_gone(self, call: Call) -> None:
        shop = await make_shop(call, 1, SkuTracking.SERIAL)
        await shop.post(shop.coming("1", "2", serials=("X",)), on=D1)
        await shop.post(shop.going("1", serials=("X",)), on=D3)
        found = shop.move(VirtualPlace.VARIANCE, shop.warehouse.stock_place_id, "1", serials=("X",))
        (reason,) = await refusal(shop.post(found, on=D2))
        assert isinstance(reason, NotThereThen)
        assert reason.fits_on == D3

    @pytest.mark.parametrize(("kind", "of"), [("transit", 7), ("lent", -7)])
    async def test_goods_that_come_back_at_a_cost_that_they_got_since(self, shop: Shop, kind: str, of: int) -> None:
        stock, away = shop.warehouse.stock_place_id, getattr(shop.warehouse, f"{kind}_place_id")
        brought = shop.coming("10", "10")
        await shop.post(brought, shop.coming("1", "1", sku=1), on=D1)
        other = shop.move(stock, away, "1", sku=1, consignment_id=of)
        await shop.post(shop.move(stock, away, "10", consignment_id=of), other, on=D2)
        await shop.charge(Charge(line_id=brought.line_id, amount=Money.of("4")))
        back = shop.move(away, stock, "10", path=("lines", 0), consignment_id=of)
        (reason,) = await refusal(shop.post(back, on=D3))
        assert isinstance(reason, NothingToRevalueThen)
        assert (reason.business_date, reason.fits_on, reason.path) == (D3, TODAY, ("lines", 0))
        await shop.post(shop.move(away, stock, "1", sku=1, consignment_id=of), on=D3)
        assert (await shop.post(back)).values == (Money.of("14"),)
        assert [*await impossible.differences(), *await queries.differences()] == []

    async def test_a_value_for_no_goods(self, shop: Shop) -> None:
        await shop.post(shop.coming("10", "10"), on=D2)
        change = ValueChange(sku_id=shop.skus[0], warehouse_id=shop.warehouse.id, line_id=1, to=Money.of("20"))
        (reason,) = await refusal(shop.revalue(change, on=D1))
        assert isinstance(reason, NothingToRevalueThen)
        assert reason.fits_on == D2

    async def test_a_value_below_nothing(self, shop: Shop) -> None:
        await shop.post(shop.coming("10", "10"), on=D1)
        await shop.post(shop.coming("10", "90"), on=D3)
        change = ValueChange(sku_id=shop.skus[0], warehouse_id=shop.warehouse.id, line_id=1, by=Money.of("-50"))
        (reason,) = await refusal(shop.revalue(change, on=D1))
        assert isinstance(reason, NothingToRevalueThen)
        assert reason.fits_on == D3


async def test_of_lots_those_are_taken_that_were_there(call: Call) -> None:
    dairy = await make_shop(call, 1, SkuTracking.LOT)
    old, new = await dairy.lot("OLD", date(2026, 4, 1)), await dairy.lot("NEW", date(2026, 9, 1))
    await dairy.post(dairy.coming("5", "5", lot_id=new), on=D1)
    await dairy.post(dairy.coming("5", "5", lot_id=old), on=D3)
    going = dairy.going("3")
    await dairy.post(going, on=D2)
    assert [lot for _, lot, _, _ in await dairy.taken(going)] == ["NEW"]
    (reason,) = await refusal(dairy.post(dairy.going("3"), on=D2))
    assert isinstance(reason, NotThereThen)
    assert reason.fits_on == D3
    (reason,) = await refusal(dairy.post(dairy.going("1", lot_id=old), on=D2))
    assert isinstance(reason, NotThereThen)
    assert await is_right(dairy)


async def test_goods_sent_late_travel_at_the_cost_of_their_day(shop: Shop) -> None:
    there = await other_warehouse(shop)
    await shop.post(shop.coming("10", "10"), on=D1)
    await shop.post(shop.coming("10", "1000"), on=D3)
    sent = shop.move(shop.warehouse.stock_place_id, there.warehouse.transit_place_id, "9", consignment_id=7)
    assert (await shop.post(sent, on=D2)).values == (Money.of("9"),)
    assert await there.worth() == ("0", "0", "9", "9")
    assert await is_right(shop)


@pytest.mark.parametrize(
    "damage", ["DELETE FROM stock_day", "UPDATE stock_day SET in_transit = 1", "UPDATE stock_day SET value = value + 1"]
)
@pytest.mark.parametrize("method", ValuationMethod)
async def test_days_of_late_documents_are_made_again(call: Call, method: ValuationMethod, damage: str) -> None:
    shop = await make_shop(call, valuation=method)
    there = await other_warehouse(shop)
    await shop.post(shop.coming("10", "10"), on=D1)
    await shop.post(shop.coming("10", "1000"), on=D3)
    sent = shop.move(shop.warehouse.stock_place_id, there.warehouse.transit_place_id, "4", consignment_id=7)
    await shop.post(sent, shop.going("3"), on=D2)
    stored = "SELECT stock_level_id, posted_on, business_date, quantity, value, in_transit, in_transit_value, sold "
    before = await db.fetch(f"{stored} FROM stock_day ORDER BY 1, 2, 3")
    assert len(await revaluations(shop)) == (1 if method is ValuationMethod.MOVING_AVERAGE else 0)
    await set_column(damage)
    assert await rebuild.differences(shop.skus, told())
    assert (await rebuild.rebuild(shop.call, shop.skus, told())).days > 0
    assert await db.fetch(f"{stored} FROM stock_day ORDER BY 1, 2, 3") == before
    assert await is_right(shop)


async def test_two_statements_tell_of_the_past_however_many_lines_there_are(shop: Shop) -> None:
    await shop.post(*(shop.coming("100", "100", sku=n) for n in range(3)), on=D1)
    await shop.post(*(shop.going("1", sku=n) for n in range(3)), on=D3)

    def moves(lines: int) -> Sequence[Move]:
        return [shop.going("1", sku=n % 3) for n in range(lines)]

    today = await cost(shop.post(*moves(3)))
    assert await cost(shop.post(*moves(3), on=D2)) == today + 2
    assert await cost(shop.post(*moves(30), on=D2)) == today + 2
    assert await cost(shop.post(shop.coming("1", "1"), on=D2)) == await cost(shop.post(shop.coming("1", "1")))
