"""Goods on their way from one warehouse to another keep their value, their age and their lot."""

from datetime import date
from typing import Any

import pytest

from jxc_graphql.books.goods import queries
from jxc_graphql.books.goods.ledger import Move
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from tests.make.shop import TODAY, Shop, make_shop, other_warehouse
from tests.steps import cost

OLD, NEW = date(2025, 6, 1), date(2026, 1, 1)
METHODS = pytest.mark.parametrize("method", ValuationMethod)


def dispatch(giver: Shop, taker: Shop, quantity: str, consignment_id: int, sku: int = 0, **others: Any) -> Move:
    return giver.move(
        giver.warehouse.stock_place_id, taker.warehouse.transit_place_id, quantity, sku=sku,
        consignment_id=consignment_id, **others,
    )  # fmt: skip


def arrival(taker: Shop, quantity: str, consignment_id: int, sku: int = 0, **others: Any) -> Move:
    return taker.move(
        taker.warehouse.transit_place_id, taker.warehouse.stock_place_id, quantity, sku=sku,
        consignment_id=consignment_id, **others,
    )  # fmt: skip


async def ages(shop: Shop) -> list[tuple[str, int]]:
    rows = await db.fetch(
        "SELECT origin_on, quantity FROM cost_layer JOIN stock_level ON stock_level.id = stock_level_id "
        "WHERE warehouse_id = ? AND quantity > 0 ORDER BY origin_on, cost_layer.id",
        (shop.warehouse.id,),
    )
    return [(db.day(day).isoformat(), quantity // 10_000) for day, quantity in rows]


@METHODS
async def test_value_and_age_travel_with_the_goods(call: Call, method: ValuationMethod) -> None:
    giver = await make_shop(call, valuation=method)
    taker = await other_warehouse(giver)
    await giver.post(giver.coming("10", "10", origin_on=OLD), giver.coming("10", "30", origin_on=NEW))
    sent = (await giver.post(dispatch(giver, taker, "15", 77))).values[0]
    expected = {ValuationMethod.FIFO: "25", ValuationMethod.MOVING_AVERAGE: "30"}[method]
    assert str(sent) == expected
    assert await taker.worth() == ("0", "0", "15", expected)
    assert (await giver.worth())[0] == "5"
    assert await ages(giver) == [("2026-01-01", 5)]
    assert await queries.differences() == []
    await taker.post(arrival(taker, "12", 77))
    in_transit = {ValuationMethod.FIFO: "9", ValuationMethod.MOVING_AVERAGE: "6"}[method]
    assert (await taker.worth())[2:] == ("3", in_transit)
    await taker.post(arrival(taker, "3", 77))
    assert await taker.worth() == ("15", expected, "0", "0")
    assert await ages(taker) == [("2025-06-01", 10), ("2026-01-01", 2), ("2026-01-01", 3)]
    assert await queries.differences() == []


@METHODS
async def test_consignments_do_not_mix(call: Call, method: ValuationMethod) -> None:
    giver = await make_shop(call, valuation=method)
    taker = await other_warehouse(giver)
    await giver.post(giver.coming("5", "5"))
    await giver.post(dispatch(giver, taker, "5", 1))
    await giver.post(giver.coming("5", "50"))
    await giver.post(dispatch(giver, taker, "5", 2))
    assert str((await taker.post(arrival(taker, "5", 2))).values[0]) == "50"
    assert await taker.worth() == ("5", "50", "5", "5")
    assert await queries.differences() == []


async def test_what_does_not_arrive_leaves_transit_at_its_value(shop: Shop) -> None:
    taker = await other_warehouse(shop)
    await shop.post(shop.coming("5", "5"))
    await shop.post(dispatch(shop, taker, "5", 1))
    lost = taker.move(taker.warehouse.transit_place_id, 3, "2", consignment_id=1)
    await taker.post(arrival(taker, "3", 1), lost)
    assert await taker.worth() == ("3", "3", "0", "0")
    assert await queries.differences() == []


async def test_lots_and_pieces_arrive_as_they_left(call: Call) -> None:
    dairy = await make_shop(call, tracking=SkuTracking.LOT)
    taker = await other_warehouse(dairy)
    lot = await dairy.lot("L", NEW.replace(year=2027))
    await dairy.post(dairy.coming("5", "5", lot_id=lot))
    await dairy.post(dispatch(dairy, taker, "5", 1))
    arriving = arrival(taker, "5", 1, lot_id=lot)
    await taker.post(arriving)
    assert await taker.taken(arriving) == [("TRANSIT", "L", "5", "5")]
    phones = await make_shop(call, tracking=SkuTracking.SERIAL)
    taker = await other_warehouse(phones)
    await phones.post(phones.coming("1", "5", serials=("N",)))
    await phones.post(dispatch(phones, taker, "1", 2, serials=("N",)))
    await taker.post(arrival(taker, "1", 2, serials=("N",)))
    assert (await taker.worth())[:2] == ("1", "5")
    assert await queries.differences() == []


async def test_a_level_valued_by_layers_takes_goods_from_one_that_is_not(call: Call) -> None:
    giver = await make_shop(call)
    taker = await other_warehouse(giver)
    await giver.post(giver.coming("10", "10"), giver.coming("10", "30"))
    await giver.post(dispatch(giver, taker, "15", 1))
    await giver.value_by(ValuationMethod.FIFO)
    await taker.post(arrival(taker, "15", 1))
    assert await taker.layers() == [("10", "20"), ("5", "10")]
    assert await queries.differences() == []


async def test_statements_do_not_grow_with_lines(call: Call) -> None:
    costs = []
    for lines in (1, 10, 100):
        giver = await make_shop(call, skus=lines, valuation=ValuationMethod.FIFO)
        taker = await other_warehouse(giver)
        await giver.post(*(giver.coming(quantity, "9", sku) for sku in range(lines) for quantity in ("2", "3")))
        road = [new_id() for _ in range(lines)]
        sent = giver.post(*(dispatch(giver, taker, "4", road[sku], sku) for sku in range(lines)))
        costs.append([await cost(sent)])
        costs[-1].append(await cost(taker.post(*(arrival(taker, "4", road[sku], sku) for sku in range(lines)))))
    assert costs[0] == costs[1] == costs[2]
    assert await queries.differences() == []


async def test_sends_good_lots_unless_bad_ones_are_named(call: Call) -> None:
    giver = await make_shop(call, tracking=SkuTracking.LOT)
    taker = await other_warehouse(giver)
    old, good = await giver.lot("OLD", date(2026, 2, 28)), await giver.lot("GOOD", TODAY)
    await giver.post(giver.coming("5", "5", lot_id=old), giver.coming("5", "5", lot_id=good))
    sent = dispatch(giver, taker, "4", 1)
    await giver.post(sent)
    assert [each[1:3] for each in await giver.taken(sent)] == [("GOOD", "4")]
    named = dispatch(giver, taker, "3", 2, lot_id=old)
    await giver.post(named)
    assert [each[1:3] for each in await giver.taken(named)] == [("OLD", "3")]
    assert await queries.differences() == []
