from datetime import date
from typing import Any

import pytest

from jxc_graphql.books.goods import fitness
from jxc_graphql.books.goods.facts import DocumentPosted
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.warehousing.openings import operations
from jxc_graphql.warehousing.openings.models import OpeningBalance
from jxc_graphql.warehousing.openings.operations import OpeningLine
from tests.make.shop import Shop, make_shop, other_warehouse
from tests.refusals import codes
from tests.steps import cost

DAY = date(2025, 12, 31)


def line(sku_id: int, quantity: str, unit_cost: str, **others: Any) -> OpeningLine:
    return OpeningLine(sku_id=sku_id, quantity=Quantity.of(quantity), unit_cost=UnitPrice.of(unit_cost), **others)


async def opened(shop: Shop, *lines: OpeningLine, day: date = DAY) -> DocumentPosted[OpeningBalance]:
    return await operations.post_opening_balance(
        shop.call, warehouse_id=shop.warehouse.id, business_date=day, lines=lines
    )


async def test_an_opening_balance_brings_goods_and_value(shop: Shop) -> None:
    lines = [line(shop.skus[0], "10", "2.5"), line(shop.skus[1], "3", "0"), line(shop.skus[0], "10", "3.5")]
    posted = await operations.post_opening_balance(
        shop.call, warehouse_id=shop.warehouse.id, business_date=DAY, lines=lines
    )
    level = await shop.level()
    assert (level["on_hand"], level["value"], level["unit_cost"]) == ("20", "60", "3")
    assert len(posted.stock_level_ids) == 2
    rows = await db.fetch("SELECT number, status, total FROM opening_balance")
    assert rows == [("OB-2025-00001", "POSTED", 600_000)]
    dates = await db.fetch("SELECT DISTINCT CAST(business_date AS text) FROM stock_movement")
    assert dates == [("2025-12-31",)]
    assert await differences() == []


async def test_a_refused_opening_balance_writes_nothing(shop: Shop) -> None:
    for lines, expected in (
        ([line(shop.skus[0], "1", "1"), line(5, "1", "1")], ("UNKNOWN_ID", ("lines", 1, "sku_id"))),
        ([line(shop.skus[0], "0", "1")], ("MUST_BE_POSITIVE", ("lines", 0, "quantity"))),
        ([line(shop.skus[0], "99999999999", "999999999")], ("STOCK_OUT_OF_BOUNDS", ("lines", 0, "quantity"))),
        ([line(sku_id, "1000000", "90000") for sku_id in shop.skus[:2]], ("OUT_OF_BOUNDS", ("lines",))),
        ([], ("EMPTY_DOCUMENT", ("lines",))),
    ):
        assert await codes(opened(shop, *lines)) == [expected]
    with pytest.raises(NotFound) as unknown:
        await operations.post_opening_balance(shop.call, warehouse_id=5, business_date=DAY, lines=lines)
    assert [(reason.code, reason.path) for reason in unknown.value.reasons] == [("UNKNOWN_ID", ("warehouse_id",))]


async def test_everything_wrong_is_told_at_once(shop: Shop) -> None:
    elsewhere = await other_warehouse(shop)
    lines = [
        line(shop.skus[0], "0", "-1"),
        line(5, "1", "1", place_id=elsewhere.warehouse.stock_place_id),
        line(shop.skus[0], "1", "1", place_id=shop.warehouse.transit_place_id, origin_on=date(2026, 1, 1)),
        line(shop.skus[0], "1", "1", lot=LotLabel("L"), serials=("x",) * 1_001),
    ]
    wrong = operations.post_opening_balance(
        shop.call, warehouse_id=shop.warehouse.id, business_date=DAY, lines=lines, note="x" * 501
    )
    assert await codes(wrong) == [
        ("TEXT_TOO_LONG", ("note",)),
        ("MUST_BE_POSITIVE", ("lines", 0, "quantity")),
        ("OUT_OF_BOUNDS", ("lines", 0, "unit_cost")),
        ("UNKNOWN_ID", ("lines", 1, "sku_id")),
        ("UNKNOWN_ID", ("lines", 1, "place_id")),
        ("UNKNOWN_ID", ("lines", 2, "place_id")),
        ("ORIGIN_AFTER_OPENING", ("lines", 2, "origin_on")),
        ("TOO_MANY_LINES", ("lines", 3, "serials")),
        ("LOT_NOT_KEPT", ("lines", 3, "lot")),
    ]
    assert await codes(opened(shop, *[line(shop.skus[0], "1", "1")] * 1_001)) == [("TOO_MANY_LINES", ("lines",))]


async def test_goods_come_with_lot_bin_and_age(call: Call) -> None:
    dairy = await make_shop(call, tracking=SkuTracking.LOT)
    bin_id = await dairy.bin("A-01")
    label = LotLabel("L1", date(2025, 11, 1), date(2026, 11, 1))
    await opened(
        dairy,
        line(dairy.skus[0], "5", "2", lot=label, place_id=bin_id, origin_on=date(2025, 11, 3)),
        line(dairy.skus[0], "3", "2", lot=LotLabel("L1")),
        line(dairy.skus[1], "1", "2", lot=LotLabel("L1")),
    )
    rows = await db.fetch(
        "SELECT line_no, lot.number, place.code, origin_on FROM opening_balance_line AS line "
        "JOIN lot ON lot.id = lot_id JOIN place ON place.id = place_id ORDER BY line_no"
    )
    assert [(*row[:3], db.day(row[3])) for row in rows] == [
        (1, "L1", "A-01", date(2025, 11, 3)), (2, "L1", "STOCK", DAY), (3, "L1", "STOCK", DAY),
    ]  # fmt: skip
    origins = await db.fetch("SELECT origin_on FROM cost_layer ORDER BY origin_on LIMIT 1")
    assert db.day(origins[0][0]) == date(2025, 11, 3)
    assert await differences() == []
    wrong = opened(dairy, line(dairy.skus[0], "1", "1", lot=LotLabel("L1", date(2025, 1, 1))))
    assert await codes(wrong) == [("LOT_MISMATCH", ("lines", 0, "lot"))]
    assert await codes(opened(dairy, line(dairy.skus[0], "1", "1"))) == [("LOT_REQUIRED", ("lines", 0, "lot"))]


async def test_pieces_come_with_their_numbers(call: Call) -> None:
    phones = await make_shop(call, tracking=SkuTracking.SERIAL)
    await opened(phones, line(phones.skus[0], "2", "50", serials=("N1", "N2")))
    assert await db.fetch("SELECT number FROM serial_number ORDER BY number") == [("N1",), ("N2",)]
    assert await differences() == []
    assert await codes(opened(phones, line(phones.skus[0], "2", "50", serials=("N3",)))) == [
        ("SERIALS_REQUIRED", ("lines", 0, "quantity"))
    ]


@pytest.mark.usefixtures("numbers_one_by_one")
async def test_statements_do_not_grow_with_lines(call: Call) -> None:
    costs = []
    for lines in (1, 10, 100):
        dairy = await make_shop(call, skus=lines, tracking=SkuTracking.LOT)
        await fitness.begin_day()
        costs.append(await cost(opened(dairy, *(line(sku, "1", "1", lot=LotLabel("L")) for sku in dairy.skus))))
    assert costs[0] == costs[1] == costs[2]
