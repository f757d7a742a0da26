"""Orders come in by rows that have partner and external number in common: each once, in whole or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from jxc_graphql.exchange.exports import drafts
from jxc_graphql.exchange.exports.models import FileFormat
from jxc_graphql.exchange.exports.rules import AskedList
from jxc_graphql.exchange.imports import rules
from jxc_graphql.exchange.imports.kinds import ImportKind
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import UnitPrice
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import AskedPrice, Profile
from jxc_graphql.office.auth.operations import create_user
from jxc_graphql.office.documents.copying import copy_document
from jxc_graphql.office.jobs import running
from jxc_graphql.office.jobs.models import Job, JobState
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales.models import EDIT_SALES_ORDERS
from tests.exchange.imports.sending import Rows, asked_for, book, counts, imported, make_room, refused, result
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade

SOLD = (
    "客户",
    "订单号",
    "仓库",
    "订单日期",
    "含税价",
    "整单优惠",
    "备注",
    "货号",
    "数量",
    "单位",
    "单价",
    "优惠",
    "税码",
)


async def make_coded(call: Call) -> Trade:
    trade = await make_trade(call)
    await partners.create_customer(call, profile=Profile(code="C1", name="超市"))
    await partners.create_customer(call, profile=Profile(code="C2", name="学校"))
    return trade


trade = begun(make_coded)


@pytest.fixture(autouse=True)
async def here(database: db.Database, tmp_path: Path) -> None:
    await make_room(database, tmp_path)


class Named:
    """What the goods of a trade are called in files."""

    def __init__(self, warehouse: str, supplier: str, skus: list[str]) -> None:
        self.warehouse, self.supplier, self.skus = warehouse, supplier, skus


@pytest.fixture
async def named(trade: Trade) -> Named:
    ((warehouse,),) = await db.fetch("SELECT code FROM warehouse WHERE id = ?", (trade.shop.warehouse.id,))
    ((supplier,),) = await db.fetch("SELECT code FROM supplier WHERE id = ?", (trade.supplier_id,))
    return Named(warehouse, supplier, [code for (code,) in await db.fetch("SELECT code FROM sku ORDER BY id")])


def sold(named: Named, *rows: tuple[Any, ...]) -> Rows:
    """Rows of customer, number, position of the SKU, quantity and price, and of what else stands in them."""
    told = []
    for customer, number, at, quantity, price, *others in rows:
        more = dict(others)
        told.append([
            customer, number, named.warehouse, more.get("day", ""), more.get("taxed", ""), more.get("off", ""),
            more.get("note", ""), named.skus[at] if isinstance(at, int) else at, quantity, more.get("unit", ""), price,
            more.get("less", ""), more.get("tax", ""),
        ])  # fmt: skip
    return [SOLD, *told]


async def orders() -> list[tuple[Any, ...]]:
    """The orders of customers: whose, which number, its lines, and what they come to in fen."""
    return await db.fetch(
        "SELECT customer.code, external_number, count(*), max(total) / 100 FROM sales_order JOIN customer ON"
        " customer.id = customer_id JOIN sales_order_line AS line ON line.sales_order_id = sales_order.id"
        " GROUP BY customer.code, external_number ORDER BY 1, 2"
    )


async def test_orders_come_in_once_with_all_that_their_rows_say(trade: Trade, named: Named, tmp_path: Path) -> None:
    day = {"day": "2026-11-05", "taxed": "是", "off": "10", "note": "急"}
    path = book(
        tmp_path / "a.xlsx",
        sold(
            named,
            ("C1", "WEB-1", 0, 2, "25.5", *day.items(), ("less", "1"), ("tax", "13")),
            ("C2", "WEB-1", 1, 1, "7"),
            ("C1", "WEB-1", 1, 3, "12", ("unit", "箱"), ("note", "急")),
        ),
    )
    assert counts(await imported(trade.call, ImportKind.SALES_ORDERS, path, try_only=True)) == (3, 0, 0, 0)
    assert await orders() == []
    seller = await create_user(trade.call, username="lin", name="林", roles=["SELLER"])
    told = await imported(trade.call, ImportKind.SALES_ORDERS, path, constants={"seller": "lin"})
    assert counts(told) == (3, 0, 0, 0)
    assert await db.fetch("SELECT DISTINCT seller_id FROM sales_order") == [(seller.user_id,)]
    # 2 × 25.50 − 1 = 50; 3 × 12 = 36; less 10: 76 in all, tax included
    assert await orders() == [("C1", "WEB-1", 2, 7_600), ("C2", "WEB-1", 1, 700)]
    assert counts(await imported(trade.call, ImportKind.SALES_ORDERS, path)) == (0, 0, 3, 0)
    (row,) = await db.fetch(
        "SELECT status, business_date, note, line.unit, line.quantity FROM sales_order JOIN sales_order_line AS line"
        " ON line.sales_order_id = sales_order.id WHERE note = '急' AND line_no = 2"
    )
    assert (row[0], db.day(row[1]).isoformat(), *row[2:]) == ("DRAFT", "2026-11-05", "急", "箱", 360_000)


async def test_a_draft_is_changed_and_what_is_none_any_more_stays(trade: Trade, named: Named, tmp_path: Path) -> None:
    first = sold(named, ("C1", "7", 0, 2, 5), ("C1", "7", 1, 1, 9), ("C1", "8", 0, 1, 5))
    await imported(trade.call, ImportKind.SALES_ORDERS, book(tmp_path / "a.xlsx", first))
    other = sold(named, ("C1", "7", 0, 3, 5), ("C1", "8", 0, 1, 5), ("C1", "8", 2, 1, "0.5"))
    told = await imported(trade.call, ImportKind.SALES_ORDERS, book(tmp_path / "b.xlsx", other))
    assert counts(told) == (0, 3, 0, 0)
    assert await orders() == [("C1", "7", 1, 1_500), ("C1", "8", 2, 550)]
    ((order_id,),) = await db.fetch("SELECT id FROM sales_order WHERE external_number = '7'")
    await sales.submit_sales_order(trade.call, sales_order_id=order_id)
    told = await imported(trade.call, ImportKind.SALES_ORDERS, book(tmp_path / "a.xlsx", first))
    assert counts(told) == (0, 1, 0, 2)
    assert [row[-2] for row in await refused(told)] == ["Cell", "I2", "H3 I3 K3"]
    assert await orders() == [("C1", "7", 1, 1_500), ("C1", "8", 1, 500)]


async def test_an_order_comes_in_whole_or_not_at_all(trade: Trade, named: Named, tmp_path: Path) -> None:
    rows = sold(
        named,
        ("C1", "1", 0, 2, 5),
        ("C1", "2", 0, 1, 5),
        ("C1", "1", 1, "two", 5),
        ("C9", "3", 0, 1, 5),
        ("C1", "4", 0, 1, 5, ("note", "x")),
        ("C1", "4", 1, 1, 5, ("note", "y")),
        ("C1", "", 0, 1, 5),
        ("C1", "5", 0, -1, 5),
        ("C1", "6", "NONE", 1, 5, ("tax", "X"), ("off", "-1")),
        ("C1", "7", 0, 1, 5, ("off", "-1"), ("less", "-2")),
    )
    told = await imported(trade.call, ImportKind.SALES_ORDERS, book(tmp_path / "a.xlsx", rows))
    assert counts(told) == (1, 0, 0, 9)
    header, *wrong = await refused(told)
    assert [row[-2] for row in wrong] == ["B2", "I4", "A5", "B6", "G7", "B8", "I9", "H10 M10", "L11 F11"]
    assert await orders() == [("C1", "2", 1, 500)]
    wrong[1][header.index("Quantity")] = "2"
    mended = book(tmp_path / "b.xlsx", [header, *wrong[:2]])
    assert counts(await imported(trade.call, ImportKind.SALES_ORDERS, mended)) == (2, 0, 0, 0)
    assert await orders() == [("C1", "1", 2, 2_000), ("C1", "2", 1, 500)]


async def test_an_import_of_orders_that_was_killed_goes_on_behind_the_last_whole_one(
    trade: Trade, named: Named, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pass_time: Callable[[float], None]
) -> None:
    monkeypatch.setattr(rules, "PART", 3)
    rows = sold(named, *(("C1", f"{at % 3}", at % 3, 1, at + 1) for at in range(12)))
    job_id = await asked_for(trade.call, ImportKind.SALES_ORDERS, book(tmp_path / "a.xlsx", rows))
    for _ in range(2):
        held = await running.claim(clock.now())
        assert held is not None
        assert await running.step(held, await running._ahead(held))  # noqa: SLF001
        pass_time(running.LEASE.total_seconds() + 1)  # it died, and another takes over
    assert (await Job.get(id=job_id)).steps_done == 8
    await running.settle()
    assert counts(await result(job_id)) == (12, 0, 0, 0)
    # the orders have lines of 1, 4, 7, 10; of 2, 5, 8, 11; and of 3, 6, 9, 12
    assert await orders() == [("C1", "0", 4, 2_200), ("C1", "1", 4, 2_600), ("C1", "2", 4, 3_000)]


async def test_purchase_orders_have_the_prices_of_their_supplier_and_what_all_rows_say(
    trade: Trade, named: Named, tmp_path: Path
) -> None:
    prices = [AskedPrice(sku_id=trade.shop.skus[0], unit_price=UnitPrice.of("3.25"))]
    await partners.set_supplier_prices(trade.call, supplier_id=trade.supplier_id, prices=prices)
    rows = [
        ("External number", "Supplier code", "Expected on", "SKU", "Quantity", "Price in €", "note"),
        ("P-1", named.supplier, "2099-02-01", named.skus[0], 4, "", "urgent"),
        ("P-1", named.supplier, "", named.skus[1], 1, "7", ""),
    ]
    path = book(tmp_path / "a.xlsx", rows)
    told: dict[str, Any] = {"constants": {"warehouse": named.warehouse}, "mapping": {"Price in €": "unit_price"}}
    assert counts(await imported(trade.call, ImportKind.PURCHASE_ORDERS, path, **told)) == (2, 0, 0, 0)
    assert counts(await imported(trade.call, ImportKind.PURCHASE_ORDERS, path, **told)) == (0, 0, 2, 0)
    ((number, total, note, day),) = await db.fetch(
        "SELECT external_number, total, note, expected_on FROM purchase_order"
    )
    assert (number, total, note, db.day(day).isoformat()) == ("P-1", 200_000, "urgent", "2099-02-01")


async def test_a_copy_of_an_order_has_no_number_elsewhere(trade: Trade, named: Named, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", sold(named, ("C1", "WEB-1", 0, 2, 5)))
    await imported(trade.call, ImportKind.SALES_ORDERS, path)
    ((order_id,),) = await db.fetch("SELECT id FROM sales_order")
    await copy_document(trade.call, document_id=order_id)
    assert await db.fetch("SELECT external_number FROM sales_order ORDER BY id") == [("WEB-1",), ("",)]


async def test_rows_of_orders_take_what_orders_take(trade: Trade, named: Named, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", sold(named, ("C1", "WEB-1", 0, 2, 5)))
    await imported(trade.call, ImportKind.SALES_ORDERS, path)
    narrow = structs.replace(trade.call, permissions=trade.call.permissions - {EDIT_SALES_ORDERS})
    job_id = await asked_for(narrow, ImportKind.SALES_ORDERS, path)
    await running.settle()
    assert (await Job.get(id=job_id)).state is not JobState.DONE


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
async def test_lines_that_were_exported_come_in_again_and_change_nothing(
    trade: Trade, named: Named, tmp_path: Path, locale: str
) -> None:
    rows = sold(
        named, ("C1", "1", 0, 2, 5, ("unit", "箱"), ("tax", "13")), ("C1", "1", 1, 1, "0.5"), ("C2", "1", 2, 9, 9)
    )
    await imported(trade.call, ImportKind.SALES_ORDERS, book(tmp_path / "a.xlsx", rows))
    of_order = ("customer.code", "externalNumber", "warehouse.code", "businessDate", "pricesIncludeTax", "note")
    columns = [f"salesOrder.{name}" for name in of_order]
    columns += ["sku.code", "quantityInUnit", "unit", "unitPrice", "discount", "taxCode.code"]
    wish = AskedList(
        list_name="salesOrderLines", columns=tuple(columns), file_format=FileFormat.XLSX, locale=locale,
        arguments={"orderBy": [{"field": "ID"}]},
    )  # fmt: skip
    assert await drafts.write_list(trade.call, wish, tmp_path / "b.xlsx") == 3
    told = await imported(trade.call, ImportKind.SALES_ORDERS, tmp_path / "b.xlsx")
    assert counts(told) == (0, 0, 3, 0), await refused(told)
