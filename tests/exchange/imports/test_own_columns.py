"""Files have a column for each own field of their things, by name or code; what is wrong there is told by its cell."""

from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from python_calamine import CalamineWorkbook

from jxc_graphql.exchange.imports import kinds, queries, running
from jxc_graphql.exchange.imports.kinds import ImportKind
from jxc_graphql.kit import db
from jxc_graphql.masters.own_fields import operations as own_fields
from jxc_graphql.masters.own_fields.models import SET_OWN_FIELDS, OwnFieldKind, OwnFieldType, ReferenceKind
from jxc_graphql.masters.own_fields.rules import WantedField
from jxc_graphql.office.jobs import running as jobs
from jxc_graphql.office.jobs.models import Job, JobState
from tests.exchange.imports.sending import asked_for, book, counts, imported, make_room, refused
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade

trade = begun(make_trade)


@pytest.fixture(autouse=True)
async def here(database: db.Database, tmp_path: Path) -> None:
    await make_room(database, tmp_path)


async def make(trade: Trade, kind: OwnFieldKind, code: str, name: str, value_type: OwnFieldType, **told: Any) -> int:
    is_required = told.pop("is_required", False)
    wanted = WantedField(name=name, **told)
    made = await own_fields.create_own_field(
        trade.call, kind=kind, code=code, value_type=value_type, wanted=wanted, is_required=is_required
    )
    return made.own_field_id


async def said(table: str, code: str) -> dict[str, str]:
    rows = await db.fetch(
        "SELECT own_field.code, told.value FROM own_field_value AS told "
        f"JOIN own_field ON own_field.id = told.field_id "
        f"JOIN {table} AS thing ON thing.id = told.{table}_id WHERE thing.code = ?",
        (code,),
    )
    return dict(rows)


async def test_each_type_is_read_and_the_same_file_twice_changes_nothing(trade: Trade, tmp_path: Path) -> None:
    supplier = OwnFieldKind.SUPPLIER
    await make(trade, supplier, "sales_season", "销售 季节", OwnFieldType.TEXT, is_required=True)
    await make(trade, supplier, "rate", "返点", OwnFieldType.NUMBER, decimals=2)
    await make(trade, supplier, "deposit", "押金", OwnFieldType.MONEY)
    await make(trade, supplier, "since", "合作日期", OwnFieldType.DATE)
    await make(trade, supplier, "grade", "等级", OwnFieldType.CHOICE, choices=["A", "B"])
    await make(trade, supplier, "agent", "代理", OwnFieldType.REFERENCE, reference_kind=ReferenceKind.CUSTOMER)
    header = ("编码", "名称", "销售 季节", "rate", "押金", "合作日期", "fields.grade", "代理")
    ((customer, customer_id),) = await db.fetch("SELECT code, id FROM customer LIMIT 1")
    rows = [header, ("N1", "新一", "春", 1.25, "1,000", "2026-01-31", "B", customer), ("N2", "新二", "夏", *[""] * 5)]
    path = book(tmp_path / "a.xlsx", rows)
    assert counts(await imported(trade.call, ImportKind.SUPPLIERS, path, try_only=True)) == (2, 0, 0, 0)
    assert await said("supplier", "N1") == {}
    assert counts(await imported(trade.call, ImportKind.SUPPLIERS, path)) == (2, 0, 0, 0)
    assert await said("supplier", "N1") == {
        "sales_season": "春", "rate": "1.25", "deposit": "1000", "since": "2026-01-31", "grade": "B",
        "agent": str(customer_id),
    }  # fmt: skip
    assert await said("supplier", "N2") == {"sales_season": "夏"}
    assert counts(await imported(trade.call, ImportKind.SUPPLIERS, path)) == (0, 0, 2, 0)
    rows[2] = ("N2", "新二", "", 0, *[""] * 4)
    assert counts(await imported(trade.call, ImportKind.SUPPLIERS, book(tmp_path / "b.xlsx", rows))) == (0, 1, 1, 0)
    assert await said("supplier", "N2") == {"sales_season": "夏", "rate": "0"}
    assert await trade.verify() == []


async def test_what_is_wrong_or_missing_is_told_by_its_cell(trade: Trade, tmp_path: Path) -> None:
    customer = OwnFieldKind.CUSTOMER
    await make(trade, customer, "sales_season", "季节", OwnFieldType.TEXT, is_required=True)
    await make(trade, customer, "grade", "等级", OwnFieldType.CHOICE, choices=["A", "B"])
    await make(trade, customer, "since", "合作日期", OwnFieldType.DATE)
    await make(trade, customer, "agent", "代理", OwnFieldType.REFERENCE, reference_kind=ReferenceKind.USER)
    rows = [
        ("编码", "名称", "季节", "等级", "合作日期", "代理"),
        ("N1", "一", "", "A", "", ""), ("N2", "二", "春", "C", "", ""),
        ("N3", "三", "春", "", "31.1.26", ""), ("N4", "四", "春", "", "", "nobody"), ("N5", "五", "春", "B", "", ""),
    ]  # fmt: skip
    done = await imported(trade.call, ImportKind.CUSTOMERS, book(tmp_path / "a.xlsx", rows), locale="zh-CN")
    assert counts(done) == (1, 0, 0, 4)
    told = await refused(done)
    assert told[0] == ["客户编码", "客户名称", "季节", "等级", "合作日期", "代理", "单元格", "拒收原因"]
    assert [(row[0], row[-2]) for row in told[1:]] == [("N1", "C2"), ("N2", "D3"), ("N3", "E4"), ("N4", "F5")]
    assert told[1][-1] == "请填写季节。"
    assert await db.fetch("SELECT code FROM customer WHERE code LIKE 'N%'") == [("N5",)]
    alone = book(tmp_path / "b.xlsx", [("编码", "名称"), ("N6", "六"), ("N5", "伍")])
    done = await imported(trade.call, ImportKind.CUSTOMERS, alone, locale="en")
    assert counts(done) == (0, 1, 0, 1)
    assert [row[-1] for row in await refused(done)][1:] == ["Fill in 季节."]


async def test_products_and_skus_say_theirs(trade: Trade, tmp_path: Path) -> None:
    await make(trade, OwnFieldKind.PRODUCT, "origin", "产地", OwnFieldType.TEXT, is_required=True)
    await make(trade, OwnFieldKind.SKU, "origin", "产地", OwnFieldType.TEXT, is_required=True)
    ((category,),) = await db.fetch("SELECT code FROM category LIMIT 1")
    products = [
        ("编码", "名称", "分类编码", "产地", "启用"),
        ("P9", "核桃", category, "新疆", "否"),
        ("P8", "枣", category, "", ""),
    ]
    assert counts(await imported(trade.call, ImportKind.PRODUCTS, book(tmp_path / "p.xlsx", products))) == (1, 0, 0, 1)
    products[1] = ("P9", "核桃", category, "云南", "是")
    assert counts(await imported(trade.call, ImportKind.PRODUCTS, book(tmp_path / "p2.xlsx", products))) == (0, 1, 0, 1)
    assert await said("product", "P9") == {"origin": "云南"}
    skus = [
        ("规格编码", "规格名称", "商品编码", "单位", "origin"),
        ("S9", "核桃", "P9", "袋", "新疆"),
        ("S8", "枣", "P9", "袋", ""),
    ]
    assert counts(await imported(trade.call, ImportKind.SKUS, book(tmp_path / "s.xlsx", skus))) == (1, 0, 0, 1)
    assert await said("sku", "S9") == {"origin": "新疆"}


async def test_a_template_has_them_behind_the_others(trade: Trade, tmp_path: Path) -> None:
    await make(trade, OwnFieldKind.SKU, "grade", "等级", OwnFieldType.CHOICE, choices=["优", "良"])
    await make(trade, OwnFieldKind.SKU, "unit", "基本单位", OwnFieldType.TEXT)
    form = await queries.form(trade.call, ImportKind.SKUS)
    assert [(one.key, one.name, one.example) for one in form.columns][-2:] == [
        ("fields.grade", "等级", "优"), ("fields.unit", "fields.unit", "")
    ]  # fmt: skip
    path = tmp_path / "t.xlsx"
    running.write_template(path, await kinds.whole(ImportKind.SKUS), "zh-CN")
    header, example = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert (header[-2:], example[-2:]) == (["等级", "fields.unit"], ["优", ""])
    assert len(header) == len(kinds.KINDS[ImportKind.SKUS].columns) + 2
    ((sku,),) = await db.fetch("SELECT code FROM sku LIMIT 1")
    mapped = book(tmp_path / "m.xlsx", [("规格编码", "Klasse"), (sku, "良")])
    done = await imported(trade.call, ImportKind.SKUS, mapped, mapping={"Klasse": "fields.grade"})
    assert (counts(done), await said("sku", sku)) == ((0, 1, 0, 0), {"grade": "良"})


async def test_it_takes_the_permission_to_fill_in(trade: Trade, tmp_path: Path) -> None:
    await make(trade, OwnFieldKind.SUPPLIER, "remark", "备注", OwnFieldType.TEXT)
    narrow = structs.replace(trade.call, permissions=trade.call.permissions - {SET_OWN_FIELDS})
    rows = [("编码", "名称", "备注"), ("N1", "新一", "好")]
    job_id = await asked_for(narrow, ImportKind.SUPPLIERS, book(tmp_path / "a.xlsx", rows))
    await jobs.settle()
    assert (await Job.get(id=job_id)).state is not JobState.DONE
    assert await db.fetch("SELECT id FROM supplier WHERE code = 'N1'") == []
