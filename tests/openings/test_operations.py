from datetime import date

import msgspec
import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.errors import Forbidden, NotFound, Rejected
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.openings import operations
from jxc_graphql.openings.operations import OpeningLine
from jxc_graphql.stock import queries
from tests.stock.conftest import Shop, rows_written

DAY = date(2025, 12, 31)


def codes(refusal: pytest.ExceptionInfo[Rejected]) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(reason.code, reason.path) for reason in refusal.value.reasons]


def line(sku_id: int, quantity: str, unit_cost: str) -> OpeningLine:
    return OpeningLine(sku_id=sku_id, quantity=Quantity.of(quantity), unit_cost=UnitPrice.of(unit_cost))


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
    assert await queries.differences() == []


async def test_a_refused_opening_balance_writes_nothing(shop: Shop) -> None:
    before = await rows_written()
    for lines, expected in (
        ([line(shop.skus[0], "1", "1"), line(5, "1", "1")], ("UNKNOWN_ID", ("lines", 1, "sku_id"))),
        ([line(shop.skus[0], "0", "1")], ("INVALID_NUMBER", ("lines", 0, "quantity"))),
        ([line(shop.skus[0], "99999999999", "999999999")], ("STOCK_OUT_OF_BOUNDS", ("lines", 0, "quantity"))),
        ([], ("EMPTY_DOCUMENT", ("lines",))),
    ):
        with pytest.raises(Rejected) as refusal:
            await operations.post_opening_balance(
                shop.call, warehouse_id=shop.warehouse.id, business_date=DAY, lines=lines
            )
        assert codes(refusal) == [expected]
    with pytest.raises(NotFound) as unknown:
        await operations.post_opening_balance(shop.call, warehouse_id=5, business_date=DAY, lines=lines)
    assert codes(unknown) == [("UNKNOWN_ID", ("warehouse_id",))]
    assert await rows_written() == before


async def test_a_repeated_opening_balance_is_posted_once(shop: Shop) -> None:
    call = msgspec.structs.replace(shop.call, idempotency_key="once")
    lines = [line(shop.skus[0], "10", "2.5")]
    facts = [
        await operations.post_opening_balance(call, warehouse_id=shop.warehouse.id, business_date=DAY, lines=lines)
        for _ in range(2)
    ]
    assert facts[0] == facts[1]
    assert (await shop.level())["on_hand"] == "10"


async def test_an_opening_balance_needs_its_permission(shop: Shop) -> None:
    nobody = msgspec.structs.replace(shop.call, permissions=frozenset())
    with pytest.raises(Forbidden):
        await operations.post_opening_balance(nobody, warehouse_id=shop.warehouse.id, business_date=DAY, lines=[])
