"""Counts of stocktakes come in from files, as Chinese spreadsheets save them too; sent again they change nothing."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jxc_graphql.exchange.imports.kinds import ImportKind
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.warehousing.openings.operations import OpeningLine, post_opening_balance
from jxc_graphql.warehousing.stocktakes import operations as stocktakes
from tests.exchange.imports.sending import counts, imported, make_room, refused
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade, set_column


async def make_stocked(call: Call) -> Trade:
    trade = await make_trade(call)
    await trade.stock_up("10", "20", "30")
    return trade


trade = begun(make_stocked)


@pytest.fixture(autouse=True)
async def here(database: db.Database, tmp_path: Path) -> None:
    await make_room(database, tmp_path)


async def started(trade: Trade) -> str:
    """The number of a stocktake that is being counted."""
    fact = await stocktakes.plan_stocktake(trade.call, warehouse_id=trade.shop.warehouse.id)
    await stocktakes.start_stocktake(trade.call, stocktake_id=fact.stocktake_id)
    return str((await db.fetch("SELECT number FROM stocktake"))[0][0])


async def codes() -> list[str]:
    return [code for (code,) in await db.fetch("SELECT code FROM sku ORDER BY id")]


async def counted() -> list[int]:
    rows = await db.fetch("SELECT counted_quantity FROM stocktake_line WHERE counted_quantity IS NOT NULL ORDER BY 1")
    return [quantity // 10_000 for (quantity,) in rows]


async def written_down() -> int:
    ((found,),) = await db.fetch("SELECT count(*) FROM stocktake_count")
    return int(found)


async def sent(
    trade: Trade, folder: Path, number: str, *rows: str, header: str = "code,quantity,place,unit", **told: Any
) -> dict[str, Any]:
    """What the counts of a file come to."""
    file = folder / "counts.csv"
    file.write_text("\n".join([header, *rows]))
    constants = {"stocktake": number, **told.pop("constants", {})}
    return await imported(trade.call, ImportKind.STOCKTAKE_COUNTS, file, constants=constants, **told)


async def test_counts_are_written_down_once(trade: Trade, tmp_path: Path) -> None:
    number = await started(trade)
    first, second, third = await codes()
    await set_column(
        "INSERT INTO barcode (id, sku_id, code, unit) SELECT 1, id, '690', '箱' FROM sku WHERE code = ?", second
    )
    rows = (f"{first},9", "690,2,STOCK,", f"{third},1.5,,箱")
    assert counts(await sent(trade, tmp_path, number, *rows, try_only=True)) == (3, 0, 0, 0)
    assert await counted() == []
    assert counts(await sent(trade, tmp_path, number, *rows)) == (3, 0, 0, 0)
    assert await counted() == [9, 18, 24]
    assert counts(await sent(trade, tmp_path, number, *rows)) == (0, 0, 3, 0)
    assert counts(await sent(trade, tmp_path, number, f"{first},8", *rows[1:])) == (0, 1, 2, 0)
    assert (await counted(), await written_down()) == ([8, 18, 24], 4)


async def test_counts_beside_earlier_ones_are_added_once_and_in_whole(trade: Trade, tmp_path: Path) -> None:
    number = await started(trade)
    first, second, _ = await codes()
    add: dict[str, Any] = {"constants": {"mode": "累加"}}
    assert counts(await sent(trade, tmp_path, number, f"{first},4", f"{first},5", **add)) == (2, 0, 0, 0)
    assert counts(await sent(trade, tmp_path, number, f"{first},4", f"{first},5", **add)) == (0, 0, 2, 0)
    assert await counted() == [9]
    told = await sent(trade, tmp_path, number, f"{first},1", "?,1", f"{second},2", **add)
    assert counts(told) == (0, 0, 0, 3)
    assert [row[-2] for row in await refused(told)] == ["Cell", "A2", "A3", "A4"]
    assert counts(await sent(trade, tmp_path, number, f"{first},1", f"{second},2", **add)) == (2, 0, 0, 0)
    assert await counted() == [2, 10]


async def test_each_count_that_is_wrong_comes_back_with_its_cell(trade: Trade, tmp_path: Path) -> None:
    number = await started(trade)
    first, second, third = await codes()
    rows = (f"{first},9", f"{second},ten", "?,1", f"{second},1,NOWHERE", f"{first},-1", f"{third},1,000", f"{first},3")
    told = await sent(trade, tmp_path, number, *rows, header="code,quantity,place")
    assert counts(told) == (1, 0, 0, 6)
    assert [row[-2] for row in await refused(told)] == ["Cell", "B3", "A4", "C5", "B6", "C7", "8"]
    assert await counted() == [9]


async def test_a_sheet_of_chinese_excel_is_read(trade: Trade, tmp_path: Path) -> None:
    number = await started(trade)
    first, second, third = await codes()
    file = tmp_path / "盘点.csv"
    rows = (f"{number},{first},9,,", f"{number},{second},2,STOCK,破", f"{number},{third},1,,", ",,,")
    file.write_bytes("\r\n".join(("盘点单号,编码,实盘数量,库位,备注", *rows, "")).encode("gb18030"))
    assert counts(await imported(trade.call, ImportKind.STOCKTAKE_COUNTS, file)) == (3, 0, 0, 0)
    assert await counted() == [1, 2, 9]


async def test_pieces_are_counted_by_their_numbers_once(trade: Trade, tmp_path: Path) -> None:
    of_pieces = await make_trade(trade.call, 1, SkuTracking.SERIAL)
    line = OpeningLine(
        sku_id=of_pieces.shop.skus[0], quantity=Quantity.of(2), unit_cost=UnitPrice.of(1), serials=("A", "B")
    )
    where = of_pieces.shop.warehouse.id
    await post_opening_balance(trade.call, warehouse_id=where, business_date=date(2026, 1, 1), lines=[line])
    number = await started(of_pieces)
    ((code,),) = await db.fetch("SELECT code FROM sku WHERE id = ?", (of_pieces.shop.skus[0],))
    for expected, serials in (((1, 0, 0, 0), "A;B"), ((0, 0, 1, 0), "B；A"), ((0, 1, 0, 0), "A")):
        told = await sent(trade, tmp_path, number, f"{code},,{serials}", header="code,quantity,serials")
        assert counts(told) == expected, await refused(told)
    assert await counted() == [1]


async def test_what_is_not_there_is_told_by_its_cell(trade: Trade, tmp_path: Path) -> None:
    number = await started(trade)
    for wrong, constants in (("ST-1", {}), (number, {"sheet": "1"}), (number, {"mode": "SUM"})):
        told = await sent(trade, tmp_path, wrong, "x,1", constants=constants)
        assert counts(told) == (0, 0, 0, 1)
