from pathlib import Path

import pytest

from jxc_graphql.exchange.counts import import_counts
from jxc_graphql.exchange.sheet import SheetMissing
from jxc_graphql.kit import db, messages
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound
from jxc_graphql.kit.numbers import Quantity, out_of_bounds
from jxc_graphql.warehousing.stocktakes import operations as stocktakes
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade, set_column


async def make_stocked(call: Call) -> Trade:
    trade = await make_trade(call)
    await trade.stock_up("10", "20", "30")
    return trade


trade = begun(make_stocked)


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


def written(folder: Path, *rows: str, header: str = "code,quantity,place,unit") -> Path:
    file = folder / "counts.csv"
    file.write_text("\n".join([header, *rows]))
    return file


async def test_writes_down_what_a_file_says(trade: Trade, tmp_path: Path) -> None:
    number = await started(trade)
    first, second, third = await codes()
    await set_column(
        "INSERT INTO barcode (id, sku_id, code, unit) SELECT 1, id, '690', '箱' FROM sku WHERE code = ?", second
    )
    file = written(tmp_path, f"{first},9", "690,2,STOCK,", f"{third},1.5,,箱")
    dry = await import_counts(trade.call, file, number=number, dry_run=True)
    assert (dry.lines_counted, dry.refused, await counted()) == (3, [], [])
    assert await import_counts(trade.call, file, number=number) == dry
    assert await counted() == [9, 18, 24]


async def test_tells_every_row_that_is_wrong_by_its_line_and_writes_nothing(trade: Trade, tmp_path: Path) -> None:
    number = await started(trade)
    first, second, _ = await codes()
    file = written(
        tmp_path, f"{first},9", f"{second},ten", "?,1", f"{second},1,NOWHERE", f"{first},-1", f"{first},1.00001"
    )
    summary = await import_counts(trade.call, file, number=number)
    assert [(each.file, each.line, each.text) for each in summary.refused] == [
        ("counts.csv", 3, "quantity: 'ten' cannot be read"),
        ("counts.csv", 4, "code: Nothing here has the code ?."),
        ("counts.csv", 5, "place: Nothing here has the code NOWHERE."),
        ("counts.csv", 6, f"quantity: {messages.render(out_of_bounds(Quantity, least=0), 'en')}"),
        ("counts.csv", 7, "quantity: '1.00001' cannot be read"),
    ]  # fmt: skip
    assert await counted() == []


async def test_reads_a_sheet_of_chinese_excel(trade: Trade, tmp_path: Path) -> None:
    number = await started(trade)
    first, second, third = await codes()
    file = tmp_path / "盘点.csv"
    file.write_bytes(
        f"编码,实盘数量,库位,备注\r\n{first},9,,\r\n{second},2,STOCK,破\r\n{third},1,,\r\n,,,\r\n".encode("gb18030")
    )
    summary = await import_counts(trade.call, file, number=number)
    assert (summary.lines_counted, summary.refused, await counted()) == (3, [], [1, 2, 9])


async def test_refuses_a_count_with_a_comma_for_thousands(trade: Trade, tmp_path: Path) -> None:
    number = await started(trade)
    first, second, _ = await codes()
    file = written(tmp_path, f'{first},"1,000"', f"{second},1,000", header="code,quantity")
    summary = await import_counts(trade.call, file, number=number)
    assert [(each.line, each.text) for each in summary.refused] == [
        (2, "quantity: '1,000' cannot be read"),
        (3, "more cells than columns: nobody knows what 000 stands for"),
    ]
    assert await counted() == []


async def test_refuses_what_is_not_there(trade: Trade, tmp_path: Path) -> None:
    number = await started(trade)
    with pytest.raises(NotFound):
        await import_counts(trade.call, written(tmp_path, "x,1"), number="ST-1")
    with pytest.raises(NotFound):
        await import_counts(trade.call, written(tmp_path, "x,1"), number=number, sheet_no=1)
    with pytest.raises(SheetMissing):
        await import_counts(trade.call, written(tmp_path, "x,1", header="product,quantity"), number=number)
