from datetime import date

import msgspec
import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, NotFound, Rejected
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.stock import operations, queries
from jxc_graphql.stock.operations import OpeningLine
from tests.stock.conftest import Shop, rows_written

DAY = date(2025, 12, 31)


def codes(refusal: pytest.ExceptionInfo[Rejected]) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(reason.code, reason.path) for reason in refusal.value.reasons]


def line(sku_id: int, quantity: str, unit_cost: str) -> OpeningLine:
    return OpeningLine(sku_id=sku_id, quantity=Quantity.of(quantity), unit_cost=UnitPrice.of(unit_cost))


async def test_a_warehouse_comes_with_its_places(shop: Shop) -> None:
    rows = await db.fetch("SELECT kind, id FROM place WHERE warehouse_id = ?", (shop.warehouse.id,))
    assert dict(rows) == {
        "STOCK": shop.warehouse.stock_place_id,
        "QUALITY": shop.warehouse.quality_place_id,
        "DAMAGED": shop.warehouse.damaged_place_id,
    }


async def test_a_warehouse_is_found_by_pinyin_and_its_code_has_no_blanks(call: Call) -> None:
    made = await operations.create_warehouse(call, code=" WH-SH ", name="上海仓")
    ((text,),) = await db.fetch(
        "SELECT search_text FROM warehouse WHERE id = ? AND code = 'WH-SH'", (made.warehouse_id,)
    )
    assert "shanghaicang" in text


async def test_a_warehouse_code_is_unique(shop: Shop) -> None:
    before = await rows_written()
    with pytest.raises(Rejected) as refusal:
        await operations.create_warehouse(shop.call, code=shop.warehouse.code, name="二号仓")
    assert codes(refusal) == [("CODE_TAKEN", ("code",))]
    assert await rows_written() == before


async def test_a_nameless_warehouse_is_refused(call: Call) -> None:
    with pytest.raises(Rejected) as refusal:
        await operations.create_warehouse(call, code=" ", name="", address="x" * 401)
    assert codes(refusal) == [
        ("TEXT_REQUIRED", ("code",)),
        ("TEXT_REQUIRED", ("name",)),
        ("TEXT_TOO_LONG", ("address",)),
    ]


async def test_a_closed_warehouse_takes_no_new_documents(shop: Shop) -> None:
    await operations.update_warehouse(shop.call, warehouse_id=shop.warehouse.id, name="旧仓", is_active=False)
    changed = await queries.warehouse(shop.warehouse.id)
    assert changed == msgspec.structs.replace(shop.warehouse, name="旧仓", is_active=False)
    with pytest.raises(Rejected) as refusal:
        await queries.usable_warehouse(shop.call, shop.warehouse.id)
    assert codes(refusal) == [("WAREHOUSE_INACTIVE", ("warehouse_id",))]


async def test_a_caller_touches_only_warehouses_in_scope(shop: Shop) -> None:
    elsewhere = msgspec.structs.replace(shop.call, scope=frozenset({1}))
    with pytest.raises(Rejected) as refusal:
        await queries.usable_warehouse(elsewhere, shop.warehouse.id)
    assert codes(refusal) == [("OUT_OF_SCOPE", ("warehouse_id",))]
    with pytest.raises(NotFound):
        await operations.update_warehouse(elsewhere, warehouse_id=shop.warehouse.id, name="x")


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


async def test_each_operation_needs_its_permission(shop: Shop) -> None:
    nobody = msgspec.structs.replace(shop.call, permissions=frozenset())
    with pytest.raises(Forbidden):
        await operations.create_warehouse(nobody, code="X", name="X")
    with pytest.raises(Forbidden):
        await operations.update_warehouse(nobody, warehouse_id=shop.warehouse.id)
    with pytest.raises(Forbidden):
        await operations.post_opening_balance(nobody, warehouse_id=shop.warehouse.id, business_date=DAY, lines=[])
