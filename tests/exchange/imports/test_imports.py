"""Files are taken in by a job: through the operations, once, part by part, and what is wrong comes back by its cell."""

import io
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec import structs
from python_calamine import CalamineWorkbook

from jxc_graphql.app import build_app
from jxc_graphql.exchange.exports import drafts
from jxc_graphql.exchange.exports.models import FileFormat
from jxc_graphql.exchange.exports.rules import AskedList
from jxc_graphql.exchange.imports import operations, queries, reading, rules
from jxc_graphql.exchange.imports.kinds import ImportKind
from jxc_graphql.exchange.imports.rules import AskedImport
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.errors import Forbidden, Rejected
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.jobs import operations as jobs
from jxc_graphql.office.jobs import running
from jxc_graphql.office.jobs.models import Job, JobKind, JobState
from tests.exchange.imports.sending import Rows, asked_for, book, counts, imported, make_room, refused, result
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade

trade = begun(make_trade)


@pytest.fixture(autouse=True)
async def here(database: db.Database, tmp_path: Path) -> None:
    await make_room(database, tmp_path)


WHOLE: list[tuple[ImportKind, Rows]] = [
    (ImportKind.CATEGORIES, [("分类编码*", "名称", "上级分类"), ("FOOD", "食品", ""), ("NUTS", "坚果", "FOOD")]),
    (ImportKind.PRODUCTS, [("编码", "名称", "分类"), ("WAL", "核桃", "NUTS"), ("TV", "电视", "FOOD")]),
    (
        ImportKind.SKUS,
        [
            ("规格编码", "规格名称", "商品编码", "单位", "追踪方式", "保质期", "启用"),
            ("WAL-1", "核桃 500克", "WAL", "袋", "按批次", 365, "是"),
            ("007", "核桃 散装", "WAL", "千克", "", "", "否"),
            ("TV-1", "电视 55寸", "TV", "台", "SERIAL", "", ""),
        ],
    ),
    (ImportKind.UNITS, [("SKU", "单位", "换算数量"), ("WAL-1", "箱", 24), ("007", "袋", 25)]),
    (
        ImportKind.BARCODES,
        [("货号", "条码", "单位"), ("WAL-1", "6901234567892", ""), ("WAL-1", "16901234567899", "箱")],
    ),
    (
        ImportKind.SUPPLIERS,
        [("编码", "名称", "电话", "账期"), ("S1", "果园", "010-1", "EOM"), ("S2", "=电器", "", "")],
    ),
    (ImportKind.CUSTOMERS, [("code", "name", "payment_term"), ("C1", "超市", 30)]),
    (
        ImportKind.SUPPLIER_PRICES,
        [
            ("供应商", "SKU", "单价", "单位", "起订量", "首选"),
            ("S1", "WAL-1", "1,018.50", "箱", 10, "是"),
            ("S2", "TV-1", 1999, "", "", ""),
        ],
    ),
    (ImportKind.STOCK_LIMITS, [("SKU", "仓库", "下限", "上限"), ("WAL-1", "{warehouse}", 10, 500)]),
    (
        ImportKind.OPENING_BALANCES,
        [
            ("仓库", "日期", "规格编码", "数量", "单位成本", "批号", "到期日", "序列号"),
            ("{warehouse}", "2026-11-01", "WAL-1", 40, 18.6, "L1", "2027-11-01", ""),
            ("{warehouse}", "2026/11/1", "WAL-1", "2.5", 18.6, "L2", "", ""),
            ("{warehouse}", "2026年11月1日", "TV-1", 2, 1500, "", "", "SN1；SN2"),
        ],
    ),
]


async def files(trade: Trade, folder: Path) -> list[tuple[ImportKind, Path, int]]:
    """A file of each kind, and how many rows it has."""
    ((code,),) = await db.fetch("SELECT code FROM warehouse WHERE id = ?", (trade.shop.warehouse.id,))
    return [
        (
            kind,
            book(folder / f"{kind}.xlsx", [[code if one == "{warehouse}" else one for one in row] for row in rows]),
            len(rows) - 1,
        )
        for kind, rows in WHOLE
    ]


async def test_a_company_comes_in_by_files_and_the_same_files_again_add_nothing(trade: Trade, tmp_path: Path) -> None:
    for kind, path, count in await files(trade, tmp_path):
        tried = await imported(trade.call, kind, path, try_only=True)
        assert counts(tried) == (count, 0, 0, 0), (kind, await refused(tried))
        assert counts(await imported(trade.call, kind, path)) == (count, 0, 0, 0), kind
        assert counts(await imported(trade.call, kind, path)) == (0, 0, count, 0), kind
    skus = await db.fetch("SELECT code, tracking, shelf_life_days, is_active FROM sku WHERE code IN ('WAL-1', '007')")
    assert sorted((one, two, three, bool(four)) for one, two, three, four in skus) == [
        ("007", "NONE", None, False),
        ("WAL-1", "LOT", 365, True),
    ]
    ((price, unit),) = await db.fetch(
        "SELECT unit_price, sku_unit.name FROM supplier_price JOIN sku_unit ON sku_unit.id = unit_id"
        " JOIN supplier ON supplier.id = supplier_id WHERE supplier.code = 'S1'"
    )
    assert (price, unit) == (1_018_500_000, "箱")
    ((level,),) = await db.fetch(
        "SELECT sum(on_hand) FROM stock_level JOIN sku ON sku.id = sku_id WHERE sku.code IN ('WAL-1', 'TV-1')"
    )
    assert level == 445_000


async def test_what_is_there_is_changed_and_what_a_row_leaves_empty_stays(trade: Trade, tmp_path: Path) -> None:
    await imported(trade.call, ImportKind.SUPPLIERS, book(tmp_path / "a.xlsx", WHOLE[5][1]))
    path = tmp_path / "b.csv"
    path.write_bytes("编码,名称,电话,账期\r\nS1,果园二,,\r\nS9,新,'+86 10,\r\n,,,\r\n".encode("gb18030"))
    assert counts(await imported(trade.call, ImportKind.SUPPLIERS, path)) == (1, 1, 0, 0)
    rows = await db.fetch("SELECT name, phone, payment_term_id FROM supplier WHERE code IN ('S1', 'S9') ORDER BY code")
    assert rows == [("果园二", "010-1", 4), ("新", "+86 10", 3)]


async def test_each_row_that_is_wrong_comes_back_with_its_cell_and_can_be_sent_again(
    trade: Trade, tmp_path: Path
) -> None:
    rows = [
        ("供应商目录", ""),
        ("编码", "名称", "账期", "启用"),
        ("T1", "一", 30, "是"),
        ("", "二", 30, "是"),
        ("T3", "三", "十天", "是"),
        ("T4", "四", 30, "也许"),
        ("T5", "五" * 300, 30, "是"),
        ("T6", "六", 30, "是"),
        ("T1", "又一", 30, "是"),
    ]
    told = await imported(trade.call, ImportKind.SUPPLIERS, book(tmp_path / "a.xlsx", rows), locale="zh-CN")
    assert counts(told) == (2, 1, 0, 4)
    header, *wrong = await refused(told)
    assert [(row[0], row[-2]) for row in wrong] == [("", "A4"), ("T3", "C5"), ("T4", "D6"), ("T5", "B7")]
    assert all(row[-1] for row in wrong)
    mended = [header, ("T2", "二", "30", "是", "A4", "")]
    assert counts(await imported(trade.call, ImportKind.SUPPLIERS, book(tmp_path / "b.xlsx", mended))) == (1, 0, 0, 0)


async def test_a_file_that_is_wrong_as_a_whole_says_why_and_takes_nothing_in(trade: Trade, tmp_path: Path) -> None:
    for name, data, code in (
        ("a.csv", "名称,电话\n一,二\n".encode(), "HEADER_MISSING"),
        ("b.csv", "编码,代码,名称\n一,二,三\n".encode(), "COLUMN_TWICE"),
        ("c.csv", b'code,name\n"never closed', "FILE_UNREADABLE"),
        ("d.xlsx", b"PK\x03\x04 nothing", "FILE_UNREADABLE"),
    ):
        (tmp_path / name).write_bytes(data)
        job_id = await asked_for(trade.call, ImportKind.SUPPLIERS, tmp_path / name)
        await running.settle()
        assert (await Job.get(id=job_id)).error_code == code


async def test_a_header_is_mapped_as_the_caller_says(trade: Trade, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [("Nr", "Firma", "名称"), ("M1", "Müller", "nicht das")])
    mapping = {"Nr": "code", "Firma": "name", "名称": "address"}
    assert counts(await imported(trade.call, ImportKind.CUSTOMERS, path, mapping=mapping)) == (1, 0, 0, 0)
    assert await db.fetch("SELECT name, address FROM customer WHERE code = 'M1'") == [("Müller", "nicht das")]
    with pytest.raises(Rejected):
        await imported(trade.call, ImportKind.CUSTOMERS, path, mapping={"Nr": "colour"})


async def test_an_import_that_was_killed_goes_on_behind_its_last_part(
    trade: Trade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pass_time: Callable[[float], None]
) -> None:
    monkeypatch.setattr(rules, "PART", 3)
    rows = [("编码", "名称"), *((f"K{number}", "克" if number != 4 else "") for number in range(8))]
    job_id = await asked_for(trade.call, ImportKind.SUPPLIERS, book(tmp_path / "a.xlsx", rows))
    for _ in range(2):
        held = await running.claim(clock.now())
        assert held is not None
        assert await running._ahead(held) is not None  # noqa: SLF001  (once more than what is written after it)
        assert await running.step(held, await running._ahead(held))  # noqa: SLF001
        pass_time(running.LEASE.total_seconds() + 1)  # it died, and another takes over
    await running.settle()
    told = await result(job_id)
    assert counts(told) == (7, 0, 0, 1)
    assert await db.fetch("SELECT count(*) FROM supplier WHERE code LIKE 'K_'") == [(7,)]
    assert [row[-2] for row in await refused(told)] == ["Cell", "B6"]


async def test_a_file_is_read_once_however_many_parts_it_has(
    trade: Trade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PART", 2)
    read, times = reading.rows, itertools.count()

    def counted(*given: Any) -> Any:
        next(times)
        return read(*given)

    monkeypatch.setattr(reading, "rows", counted)
    rows = [("编码", "名称"), *((f"K{number}", "克") for number in range(7))]
    assert counts(await imported(trade.call, ImportKind.SUPPLIERS, book(tmp_path / "a.xlsx", rows))) == (7, 0, 0, 0)
    assert next(times) == 1


async def test_a_row_takes_what_it_would_take_otherwise(trade: Trade, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", WHOLE[5][1])
    narrow = structs.replace(trade.call, permissions=trade.call.permissions - {Permission.MANAGE_PARTNERS})
    job_id = await asked_for(narrow, ImportKind.SUPPLIERS, path)
    await running.settle()
    assert (await Job.get(id=job_id)).state is not JobState.DONE
    assert await db.fetch("SELECT count(*) FROM supplier WHERE code = 'S1'") == [(0,)]
    with pytest.raises(Forbidden):
        await operations.keep_sent(structs.replace(narrow, permissions=frozenset()), path)


async def test_a_file_is_sent_by_a_link_and_taken_in_for_its_sender_alone(trade: Trade) -> None:
    form = await queries.form(trade.call, ImportKind.CUSTOMERS)
    assert form.upload is not None
    assert form.template is not None
    transport = httpx.ASGITransport(build_app(Settings(database_url=db.settings().database_url)))
    data = "code,name\nC7,七\n".encode()
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        sent = await client.put(form.upload, content=data)
        assert sent.status_code == 200
        assert (await client.put(form.upload, content=data)).json() == sent.json()
        assert (await client.put(form.upload, content=b"another")).status_code == 400
        assert (await client.put(form.template, content=b"x")).status_code == 404
        template = await client.get(form.template)
    header, example = CalamineWorkbook.from_filelike(io.BytesIO(template.content)).get_sheet_by_index(0).to_python()
    assert header[:3] == ["Customer code*", "Customer name", "Contact name"]
    assert example[0] == "C001"
    asked = AskedImport(import_kind=ImportKind.CUSTOMERS, file=sent.json()["file"])
    job_id = (await operations.import_file(trade.call, asked=asked)).job_id
    await running.settle()
    assert counts(await result(job_id)) == (1, 0, 0, 0)
    for other in ("nothing", global_id("Sku", 7), global_id("DataFile", 7)):
        with pytest.raises(Rejected):
            await operations.import_file(trade.call, asked=structs.replace(asked, file=other))


async def test_a_schedule_takes_the_newest_file_of_the_folder(
    trade: Trade, tmp_path: Path, pass_time: Callable[[float], None]
) -> None:
    given = '{"import_kind": "SUPPLIERS", "pattern": "sup-*.csv"}'
    told: dict[str, Any] = {"name": "供应商", "job_kind": JobKind("IMPORT"), "cron": "0 8 * * *"}
    await jobs.create_schedule(trade.call, **told, job_input=given)
    with pytest.raises(Rejected):
        await jobs.create_schedule(trade.call, **told, job_input=given.replace("sup-*", "../*"))
    (tmp_path / "sup-1.csv").write_text("code,name\nF1,甲\n")
    (tmp_path / "other.csv").write_text("code,name\nF2,乙\n")
    pass_time(24 * 3600)
    await running.settle()
    assert await db.fetch("SELECT code FROM supplier WHERE code LIKE 'F_'") == [("F1",)]


PARTNER = "code name contactName phone email address taxNumber paymentTerm.code isActive"
ROUND = [
    (ImportKind.CATEGORIES, "categories", "code name parent.code"),
    (ImportKind.PRODUCTS, "products", "code name category.code description valuation isActive"),
    (ImportKind.SKUS, "skus", "code name product.code unit tracking shelfLifeDays isActive"),
    (
        ImportKind.SUPPLIERS,
        "suppliers",
        "code name contactName phone email address taxNumber paymentTerm.code isActive",
    ),
    (
        ImportKind.CUSTOMERS,
        "customers",
        "code name contactName phone email address taxNumber paymentTerm.code isActive",
    ),
    (
        ImportKind.SUPPLIER_PRICES,
        "supplierPrices",
        "supplier.code sku.code unitPrice unit.name minimumQuantity packQuantity leadTimeDays isPreferred",
    ),
]


async def test_what_was_exported_comes_in_again_and_changes_nothing(trade: Trade, tmp_path: Path) -> None:
    for kind, path, _ in (await files(trade, tmp_path))[:8]:
        await imported(trade.call, kind, path)
    for kind, name, columns in ROUND:
        for file_format, locale in ((FileFormat.CSV, "zh-CN"), (FileFormat.XLSX, "en")):
            path = tmp_path / f"{name}.{file_format.lower()}"
            wish = AskedList(list_name=name, columns=tuple(columns.split()), file_format=file_format, locale=locale)
            count = await drafts.write_list(trade.call, wish, path)
            told = await imported(trade.call, kind, path)
            assert counts(told) == (0, 0, count, 0), (kind, locale, await refused(told))
