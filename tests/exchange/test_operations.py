import shutil
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from jxc_graphql.books.goods.queries import differences
from jxc_graphql.exchange.northwind import SAMPLE
from jxc_graphql.exchange.operations import LoadSummary, load
from jxc_graphql.exchange.sheet import SheetMissing
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden
from jxc_graphql.office.documents.operations import KEYS_KEPT, purge_idempotency_keys
from tests.make.begun import begun


async def count(table: str) -> int:
    ((rows,),) = await db.fetch(f"SELECT count(*) FROM {table}")
    return int(rows)


async def states(table: str) -> dict[str, int]:
    return dict(await db.fetch(f"SELECT status, count(*) FROM {table} GROUP BY status"))


async def test_loads_the_whole_history(call: Call) -> None:
    seen: list[tuple[int, int]] = []
    summary = await load(call, lambda _, done, total: seen.append((done, total)))
    assert dict(summary.loaded) == {
        "users": 9,
        "products": 45,
        "suppliers": 10,
        "customers": 29,
        "warehouses": 1,
        "stock limits": 1,
        "opening balances": 1,
        "purchase orders": 28,
        "approvals": 25,
        "goods receipts": 21,
        "sales orders": 39,
        "shipments": 32,
        "reservations": 7,
    }
    assert len(summary.refused) == 11
    assert len(summary.adapted) == 6
    assert seen[0][0] == 0
    assert seen[-1] == (len(seen) - 1, len(seen) - 1)
    assert await states("purchase_order") == {"SUBMITTED": 3, "APPROVED": 4, "PARTIALLY_RECEIVED": 3, "RECEIVED": 18}
    assert await states("sales_order") == {"APPROVED": 7, "SHIPPED": 32}
    assert await differences() == []


loaded = begun(load)


@pytest.mark.usefixtures("loaded")
async def test_keeps_the_days_of_the_history() -> None:
    rows = await db.fetch("SELECT min(business_date), max(business_date) FROM stock_movement")
    assert [str(day) for day in rows[0]] == ["2006-01-14", "2006-06-23"]


@pytest.mark.usefixtures("loaded")
async def test_leaves_stock_to_sell_and_stock_that_is_low() -> None:
    available = dict(
        await db.fetch(
            'SELECT sku.code, (level.available - stock_limit."limit") / 10000 FROM stock_level AS level '
            "JOIN stock_limit ON stock_limit.sku_id = level.sku_id JOIN sku ON sku.id = level.sku_id"
        )
    )
    assert available["NWTDFN-14"] == 30
    assert available["NWTB-81"] == -50
    assert sum(room > 0 for room in available.values()) >= 10


async def test_adds_nothing_the_second_time(call: Call, loaded: LoadSummary) -> None:
    facts = await count("journal")
    await purge_idempotency_keys(clock.now() + KEYS_KEPT + timedelta(days=1))
    second = await load(call)
    assert await count("journal") == facts
    assert second.loaded == loaded.loaded


async def test_takes_up_where_it_was_interrupted(call: Call) -> None:
    class Interruption(Exception):
        pass

    def interrupt(kind: str, _: int, __: int) -> None:
        if kind == "shipments":
            raise Interruption

    with pytest.raises(Interruption):
        await load(call, interrupt)
    summary = await load(call)
    assert summary.loaded["shipments"] == await count("shipment") == 32
    assert await differences() == []


async def test_refuses_only_the_rows_that_the_books_refuse(call: Call, tmp_path: Path) -> None:
    folder = shutil.copytree(SAMPLE, tmp_path / "sheets")
    sheet = folder / "customers.csv"
    sheet.write_text(sheet.read_text().replace("\n27,Company AA,", "\n27,,"))
    summary = await load(call, folder=folder)
    refused = {(remark.file, remark.line) for remark in summary.refused}
    assert {("customers.csv", 28), ("orders.csv", 2)} <= refused
    assert summary.loaded["customers"] == 28
    assert await differences() == []


async def test_writes_nothing_for_a_caller_who_may_not(call: Call) -> None:
    facts = await count("journal")
    with pytest.raises(Forbidden):
        await load(msgspec.structs.replace(call, permissions=frozenset()))
    assert await count("journal") == facts


async def test_writes_nothing_when_a_file_is_missing(call: Call, tmp_path: Path) -> None:
    facts = await count("journal")
    with pytest.raises(SheetMissing, match=r"employees\.csv"):
        await load(call, folder=tmp_path)
    assert await count("journal") == facts
