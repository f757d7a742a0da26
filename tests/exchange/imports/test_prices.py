"""Exchange rates, customer levels and price lists come in from files, once, and what is wrong is told by its cell."""

from pathlib import Path

import pytest
from msgspec import structs
from python_calamine import CalamineWorkbook

from jxc_graphql.exchange.imports import kinds, running
from jxc_graphql.exchange.imports.kinds import ImportKind
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import RateOfExchange, UnitPrice
from jxc_graphql.masters.currencies import operations as currencies
from jxc_graphql.masters.currencies.models import MANAGE_CURRENCIES
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.jobs import running as jobs
from jxc_graphql.office.jobs.models import Job, JobState
from jxc_graphql.selling.pricing.models import MANAGE_PRICES
from tests.exchange.imports.sending import Rows, asked_for, book, counts, imported, make_room, refused
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade

trade = begun(make_trade, 2)


@pytest.fixture(autouse=True)
async def here(database: db.Database, tmp_path: Path) -> None:
    await make_room(database, tmp_path)


Took = tuple[tuple[int, ...], list[list[str]]]


async def take(trade: Trade, kind: ImportKind, folder: Path, rows: Rows, **told: bool) -> Took:
    """The counts, and of each refused row its first cell, the cell that is wrong and why."""
    done = await imported(trade.call, kind, book(folder / f"{abs(hash(str(rows)))}.xlsx", rows), locale="en", **told)
    return counts(done), [[row[0], *row[-2:]] for row in (await refused(done))[1:]]


async def rates() -> list[tuple[str, str, str, str]]:
    rows = await db.fetch(
        "SELECT currency.code, rate.day, rate.rate, rate.source FROM exchange_rate AS rate "
        "JOIN currency ON currency.id = rate.currency_id ORDER BY currency.code, rate.day"
    )
    return [(code, db.day(day).isoformat(), str(RateOfExchange(rate)), source) for code, day, rate, source in rows]


async def make_currency(trade: Trade, code: str) -> None:
    if not await db.fetch("SELECT 1 FROM currency WHERE code = ?", (code,)):
        await currencies.create_currency(trade.call, code=code, name=code, places=2)


async def test_rates_are_known_again_by_currency_and_day(trade: Trade, tmp_path: Path) -> None:
    await make_currency(trade, "USD")
    kind = ImportKind.EXCHANGE_RATES
    rows = [
        ("币种", "日期", "汇率", "来源"),
        ("usd", "2026-01-31", "7.1234", "中国银行"),
        ("USD", "2026-02-28", 7.2, ""),
    ]
    assert await take(trade, kind, tmp_path, rows, try_only=True) == ((2, 0, 0, 0), [])
    assert await rates() == []
    assert await take(trade, kind, tmp_path, rows) == ((2, 0, 0, 0), [])
    told = [("USD", "2026-01-31", "7.1234", "中国银行"), ("USD", "2026-02-28", "7.2", "")]
    assert await rates() == told
    assert await take(trade, kind, tmp_path, rows) == ((0, 0, 2, 0), [])
    changed = [rows[0], ("USD", "2026-01-31", "7.13", ""), ("USD", "2026-03-31", "7.3", "x")]
    assert await take(trade, kind, tmp_path, changed) == ((1, 1, 0, 0), [])
    assert await rates() == [("USD", "2026-01-31", "7.13", "中国银行"), told[1], ("USD", "2026-03-31", "7.3", "x")]


async def test_rates_that_are_none_are_told_by_their_cells(trade: Trade, tmp_path: Path) -> None:
    await make_currency(trade, "USD")
    rows = [
        ("币种", "日期", "汇率"), ("USD", "2026-01-31", "0"), ("XXX", "2026-01-31", "1"), ("USD", "31.1.2026", "7"),
        ("USD", "2026-02-28", "7,1"), ("CNY", "2026-01-31", "1"), ("USD", "2026-04-30", "7"),
    ]  # fmt: skip
    done, told = await take(trade, ImportKind.EXCHANGE_RATES, tmp_path, rows)
    assert done == (1, 0, 0, 5)
    assert [cell for _, cell, _ in told] == ["C2", "A3", "B4", "C5", "A6"]
    assert all(reason for _, _, reason in told)
    assert await rates() == [("USD", "2026-04-30", "7", "")]


async def test_levels_come_in_and_customers_have_them(trade: Trade, tmp_path: Path) -> None:
    rows = [("等级编码", "等级名称"), ("VIP", "贵宾"), ("NEW", ""), ("GOLD", "金卡")]
    done, told = await take(trade, ImportKind.CUSTOMER_LEVELS, tmp_path, rows)
    assert (done, [cell for _, cell, _ in told]) == ((2, 0, 0, 1), ["B3"])
    again = [rows[0], ("VIP", "大客户"), ("GOLD", "金卡")]
    assert (await take(trade, ImportKind.CUSTOMER_LEVELS, tmp_path, again))[0] == (0, 1, 1, 0)
    customers = [("编码", "名称", "客户等级"), ("K1", "甲", "VIP"), ("K2", "乙", ""), ("K3", "丙", "NONE")]
    done, told = await take(trade, ImportKind.CUSTOMERS, tmp_path, customers)
    assert (done, [cell for _, cell, _ in told]) == ((2, 0, 0, 1), ["C4"])
    level = "SELECT level.name FROM customer JOIN customer_level AS level ON level.id = customer.level_id "
    assert await db.fetch(f"{level} WHERE customer.code = 'K1'") == [("大客户",)]
    customers[1] = ("K1", "甲", "GOLD")
    assert (await take(trade, ImportKind.CUSTOMERS, tmp_path, customers))[0] == (0, 1, 1, 1)
    assert await db.fetch(f"{level} WHERE customer.code = 'K1'") == [("金卡",)]


async def listed() -> list[tuple[str, str, str, str | None]]:
    rows = await db.fetch(
        "SELECT list.code, sku.code, price.unit_price, unit.name FROM list_price AS price "
        "JOIN price_list AS list ON list.id = price.price_list_id JOIN sku ON sku.id = price.sku_id "
        "LEFT JOIN sku_unit AS unit ON unit.id = price.unit_id ORDER BY list.code, sku.code, price.from_quantity"
    )
    return [(code, sku, str(UnitPrice(price)), unit) for code, sku, price, unit in rows]


async def test_price_lists_come_in_with_their_prices(trade: Trade, tmp_path: Path) -> None:
    first, second = [code for (code,) in await db.fetch("SELECT code FROM sku ORDER BY id")]
    header = (
        "价目表编码",
        "价目表名称",
        "规格编码",
        "单价",
        "单位",
        "起始数量",
        "含税价",
        "生效日期",
        "失效日期",
        "优先级",
    )
    rows = [
        header, ("RETAIL", "零售", first, 25, "", "", "是", "2026-01-01", "2026-12-31", 5),
        ("RETAIL", "", first, "24", "", 100, "", "", "", ""), ("RETAIL", "", second, "288", "箱", "", "", "", "", ""),
        ("OTHER", "批发", first, "20", "", "", "", "", "", ""),
    ]  # fmt: skip
    kind = ImportKind.PRICE_LISTS
    assert await take(trade, kind, tmp_path, rows, try_only=True) == ((4, 0, 0, 0), [])
    assert await listed() == []
    assert await take(trade, kind, tmp_path, rows) == ((4, 0, 0, 0), [])
    told = [
        ("OTHER", first, "20", None), ("RETAIL", first, "25", None), ("RETAIL", first, "24", None),
        ("RETAIL", second, "288", "箱"),
    ]  # fmt: skip
    assert await listed() == told
    ((name, tax, priority, ends),) = await db.fetch(
        "SELECT name, prices_include_tax, priority, ends_on FROM price_list WHERE code = 'RETAIL'"
    )
    assert (name, bool(tax), priority, db.day(ends).isoformat()) == ("零售", True, 5, "2026-12-31")
    assert await take(trade, kind, tmp_path, rows) == ((0, 0, 4, 0), [])
    rows[3] = ("RETAIL", "", second, "276", "", "", "", "", "", "")  # the unit stays
    assert await take(trade, kind, tmp_path, rows) == ((0, 1, 3, 0), [])
    assert await listed() == [*told[:3], ("RETAIL", second, "276", "箱")]
    renamed = [("编码", "名称", "SKU", "单价"), ("OTHER", "批发价", first, 20)]
    assert await take(trade, kind, tmp_path, renamed) == ((0, 1, 0, 0), [])
    assert await trade.verify() == []


async def test_prices_that_are_wrong_are_told_by_their_cells(trade: Trade, tmp_path: Path) -> None:
    first, second = [code for (code,) in await db.fetch("SELECT code FROM sku ORDER BY id")]
    header = ("价目表编码", "价目表名称", "规格编码", "单价", "单位", "含税价", "客户等级", "失效日期")
    rows = [
        header, ("A", "甲", first, "25", "", "是", "", ""), ("A", "", "NONE", "1", "", "", "", ""),
        ("A", "", second, "-1", "", "", "", ""), ("A", "", second, "1", "车", "", "", ""),
        ("A", "乙", second, "1", "", "", "", ""), ("B", "", first, "1", "", "", "", ""),
        ("C", "丙", first, "1", "", "", "NONE", ""), ("A", "", first, "26", "", "", "", ""),
    ]  # fmt: skip
    done, told = await take(trade, ImportKind.PRICE_LISTS, tmp_path, rows)
    assert [(code, cell) for code, cell, _ in told] == [
        ("A", "C3"), ("A", "D4"), ("A", "E5"), ("A", "B6"), ("B", "B7"), ("C", "G8"), ("A", "9")
    ]  # fmt: skip
    assert done == (1, 0, 0, 7)
    assert await listed() == [("A", first, "25", None)]
    fixed = [header, ("A", "", first, "25", "", "否", "", "")]
    done, told = await take(trade, ImportKind.PRICE_LISTS, tmp_path, fixed)
    assert (done, [cell for _, cell, _ in told]) == ((0, 0, 0, 1), ["F2"])


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        (ImportKind.EXCHANGE_RATES, MANAGE_CURRENCIES), (ImportKind.CUSTOMER_LEVELS, Permission.MANAGE_PARTNERS),
        (ImportKind.PRICE_LISTS, MANAGE_PRICES),
    ],
)  # fmt: skip
async def test_it_takes_what_setting_them_takes_and_the_template_comes_in(
    trade: Trade, tmp_path: Path, kind: ImportKind, needed: str
) -> None:
    path = tmp_path / "t.xlsx"
    running.write_template(path, await kinds.whole(kind), "zh-CN")
    header, example = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert len(header) == len(example) == len(kinds.KINDS[kind].columns)
    narrow = structs.replace(trade.call, permissions=trade.call.permissions - {needed})
    job_id = await asked_for(narrow, kind, path)
    await jobs.settle()
    assert (await Job.get(id=job_id)).state is not JobState.DONE
