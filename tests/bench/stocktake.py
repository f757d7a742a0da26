"""A stocktake of 10,000 lines: planned, counted by import, reviewed, posted."""

import csv
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from jxc_graphql.exchange.imports.kinds import ImportKind
from jxc_graphql.exchange.imports.rules import AskedImport
from jxc_graphql.exchange.imports.running import import_whole
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.schema import schema
from jxc_graphql.warehousing.openings import operations as openings
from jxc_graphql.warehousing.openings.rules import MAX_LINES, OpeningLine
from jxc_graphql.warehousing.stocktakes import operations as stocktakes
from tests.bench.stage import Stage, at, fresh_databases, set_up, verified

LINES, SHEETS = 10_000, 8
REVIEW = """{ stocktake(id: "%s") {
    number status linesWithVariance surplusValue shortageValue netValue progress { lines linesCounted linesMoved }
    lines(first: 100, where: { variance: { lt: "0" } }, orderBy: [{ field: VARIANCE_VALUE }]) {
        totalCount aggregates { sum { variance varianceValue } }
        nodes { lineNo bookQuantity countedQuantity variance varianceValue hasMoved sku { code name } place { code } }
    } } }"""

T = TypeVar("T")


async def _goods(stage: Stage) -> list[tuple[int, str]]:
    """So many SKUs of which there are ten each; as ids and codes."""
    made = [(new_id(), f"B{n:05d}") for n in range(LINES)]

    @db.transactional
    async def insert() -> None:
        await db.execute(
            f"""
            INSERT INTO sku (id, code, name, unit, tracking, is_active, search_text, created_at, product_id)
            SELECT line.id, line.code, line.code, '瓶', 'NONE', true, line.code, ?, sku.product_id
            FROM {db.rows({"id": "bigint", "code": "text"})} AS line CROSS JOIN sku WHERE sku.id = ?""",
            (stage.call().at, db.json(made), stage.sku_ids[0]),
        )

    await insert()
    for start in range(0, LINES, MAX_LINES):
        lines = [
            OpeningLine(sku_id=sku_id, quantity=Quantity.of("10"), unit_cost=UnitPrice.of("7.3"))
            for sku_id, _ in made[start : start + MAX_LINES]
        ]
        await openings.post_opening_balance(
            stage.call(), warehouse_id=stage.warehouse_id, business_date=date(2026, 1, 1), lines=lines
        )
    return made


async def _timed(told: list[str], what: str, work: Callable[[], Awaitable[T]]) -> T:
    with db.statements() as seen:
        began, used = time.perf_counter(), time.process_time()
        found = await work()
        seconds, cpu = time.perf_counter() - began, time.process_time() - used
    told.append(f"{what} {seconds:.2f} s ({cpu:.2f} s of this process), {len(seen)} statements")
    return found


async def _whole(file: Path) -> list[str]:
    stage = await set_up(1, "1")
    goods = await _goods(stage)
    with file.open("w", newline="") as written:
        rows = csv.writer(written)
        rows.writerow(("code", "place", "quantity"))
        rows.writerows((code, "STOCK", 9 if n % 2 else 12) for n, (_, code) in enumerate(goods))
    told: list[str] = []
    call = stage.call()
    planned = await _timed(
        told, "create", lambda: stocktakes.plan_stocktake(call, warehouse_id=stage.warehouse_id, is_blind=True)
    )
    one: dict[str, Any] = {"stocktake_id": planned.stocktake_id}
    sheets = [stocktakes.WantedSheet(name=f"{n}") for n in range(SHEETS)]
    await _timed(told, "sheets", lambda: stocktakes.split_stocktake(call, sheets=sheets, **one))
    await _timed(told, "start", lambda: stocktakes.start_stocktake(call, **one))
    ((number,),) = await db.fetch("SELECT number FROM stocktake")
    asked = AskedImport(import_kind=ImportKind.STOCKTAKE_COUNTS, constants={"stocktake": number})
    counts, refused = await _timed(told, "count by import", lambda: import_whole(call, asked, file))
    assert (counts.created, refused) == (LINES, None)
    uncounted = stocktakes.UncountedLines.UNCOUNTED_UNCHANGED
    await _timed(told, "submit", lambda: stocktakes.submit_stocktake(call, uncounted=uncounted, **one))
    executor = Executor(schema())
    document = executor.prepare(REVIEW % global_id("Stocktake", planned.stocktake_id))
    answer = await _timed(told, "review", lambda: executor.run(document, None, call))
    assert answer.errors is msgspec.UNSET
    assert answer.data["stocktake"]["linesWithVariance"] == LINES
    posted = await _timed(told, "post", lambda: stocktakes.post_stocktake(call, **one))
    assert len(posted.stock_level_ids) == LINES
    return told


def stocktake(only: str | None = None) -> None:
    """A stocktake of 10,000 lines that all vary: seconds and statements of each step."""
    with fresh_databases(only) as found, tempfile.TemporaryDirectory() as folder:
        for name, url in found:
            for line in at(url, lambda: _whole(Path(folder) / "counts.csv")):
                print(f"{name}: {line}")
            print(f"{name}: verify differences {at(url, verified)}")
