"""What is asked about stocktakes: how far they are, and whether what they keep agrees with the book of goods."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Sequence

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.warehouses.queries import PLACE_COLUMNS, KnownPlace, known_place
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.comparisons import Comparison, of_document, of_lines


class StocktakeProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far counting is."""

    lines: int = 0
    lines_counted: int = 0
    lines_found: int = 0
    lines_moved: int = 0


async def of_stocktakes(call: Call, stocktake_ids: Sequence[int]) -> list[StocktakeProgress]:  # noqa: ARG001
    """How far stocktakes are."""
    return await _progress("stocktake_id", stocktake_ids)


async def of_sheets(call: Call, sheet_ids: Sequence[int]) -> list[StocktakeProgress]:  # noqa: ARG001
    """How far sheets are."""
    return await _progress("sheet_id", sheet_ids)


async def _progress(column: str, ids: Sequence[int]) -> list[StocktakeProgress]:
    rows = await db.fetch(
        f"""
        SELECT line.{column}, count(*), count(counted_quantity), SUM(CASE WHEN is_found THEN 1 ELSE 0 END),
            SUM(CASE WHEN has_moved THEN 1 ELSE 0 END)
        FROM {db.rows({"id": "bigint"})} AS asked JOIN stocktake_line AS line ON line.{column} = asked.id
        GROUP BY line.{column}""",
        (db.json((one,) for one in set(ids)),),
    )
    found = {
        one: StocktakeProgress(lines=lines, lines_counted=counted, lines_found=int(new), lines_moved=int(moved))
        for one, lines, counted, new, moved in rows
    }
    return [found.get(one, StocktakeProgress()) for one in ids]


async def shelves(warehouse_id: int) -> dict[int, KnownPlace]:
    """The places of a warehouse by id."""
    rows = await db.fetch(f"SELECT {PLACE_COLUMNS} FROM place WHERE warehouse_id = ?", (warehouse_id,))
    return {row[0]: known_place(row) for row in rows}


async def stocktake_id(call: Call, number: str) -> int | None:
    """The stocktake with this number, where the caller may see it."""
    rows = await db.fetch("SELECT id, warehouse_id FROM stocktake WHERE number = ?", (number,))
    return next((one for one, warehouse_id in rows if call.sees(Dimension.WAREHOUSE, warehouse_id)), None)


async def sheet_id(stocktake_id: int, sheet_no: int) -> int | None:
    """The sheet with this number in a stocktake."""
    rows = await db.fetch(
        "SELECT id FROM stocktake_sheet WHERE stocktake_id = ? AND sheet_no = ?", (stocktake_id, sheet_no)
    )
    return rows[0][0] if rows else None


GoodsNamed = tuple[int, str, str]
"""SKU, place and lot as people name them; no place is the stock place, and no lot goods without one."""


class CountedGoods(msgspec.Struct, frozen=True, kw_only=True):
    """What counts make of a line."""

    quantity: Quantity
    pieces: frozenset[str] = frozenset()


async def counted(stocktake_id: int, sku_ids: Sequence[int], *, pieces: bool) -> dict[GoodsNamed, CountedGoods]:
    """What was counted of SKUs, by the goods of its line; of `pieces` by their numbers as well."""
    asked = db.ids(sku_ids)
    rows = await db.fetch(
        f"""
        SELECT line.id, line.sku_id, place.code, place.id = warehouse.stock_place_id, coalesce(lot.number, ''),
            counted_quantity
        FROM {asked.table} AS asked JOIN stocktake_line AS line ON line.sku_id = asked.id AND line.stocktake_id = ?
        JOIN place ON place.id = line.place_id JOIN warehouse ON warehouse.id = place.warehouse_id
        LEFT JOIN lot ON lot.id = line.lot_id WHERE counted_quantity IS NOT NULL""",
        (*asked.params, stocktake_id),
    )
    numbers: dict[int, set[str]] = {}
    for line_id, number in await _pieces(stocktake_id) if pieces else ():
        numbers.setdefault(line_id, set()).add(number)
    found = dict[GoodsNamed, CountedGoods]()
    for line_id, sku_id, place, is_stock, lot, quantity in rows:
        one = CountedGoods(quantity=Quantity(quantity), pieces=frozenset(numbers.get(line_id, ())))
        found |= dict.fromkeys([(sku_id, place, lot), *([(sku_id, "", lot)] if is_stock else [])], one)
    return found


async def _pieces(stocktake_id: int) -> list[tuple[int, str]]:
    return await db.fetch(
        "SELECT line.id, serial.number FROM stocktake_line AS line JOIN stocktake_serial AS serial"
        " ON serial.line_id = line.id JOIN stocktake_count AS count ON count.id = serial.count_id AND count.is_valid"
        " WHERE line.stocktake_id = ?",
        (stocktake_id,),
    )


_STOCKTAKE = of_document("stocktake")
_LINE = of_lines("stocktake")
_LEGS = """
    SELECT document_id, sku_id, to_place_id AS place_id, lot_id, quantity FROM stock_movement
    UNION ALL SELECT document_id, sku_id, from_place_id, lot_id, -quantity FROM stock_movement"""
_POSTED = "JOIN stocktake ON stocktake.id = line.stocktake_id AND stocktake.status = 'POSTED'"
_OF_LINES = "FROM stocktake_line AS line JOIN stocktake ON stocktake.id = line.stocktake_id"

COMPARISONS = (
    Comparison(
        "stocktake_line.counted_quantity is the sum of its valid counts", Quantity, _LINE,
        "SELECT line_id, quantity FROM stocktake_count WHERE is_valid",
        "SELECT id, coalesce(counted_quantity, 0) FROM stocktake_line",
    ),
    Comparison(
        "stocktake_line.variance is what was counted less the books at that moment", Quantity, _LINE,
        "SELECT id, counted_quantity - book_quantity_at_count FROM stocktake_line "
        "WHERE NOT is_blind AND counted_quantity IS NOT NULL",
        "SELECT id, variance FROM stocktake_line WHERE NOT is_blind AND counted_quantity IS NOT NULL",
    ),
    Comparison(
        "stocktake_line.variance was moved when it was posted", Quantity, _LINE,
        f"SELECT line.id, leg.quantity FROM stocktake_line AS line {_POSTED} JOIN ({_LEGS}) AS leg "
        "ON leg.document_id = line.stocktake_id AND leg.sku_id = line.sku_id AND leg.place_id = line.place_id "
        "AND coalesce(leg.lot_id, 0) = coalesce(line.lot_id, 0)",
        f"SELECT line.id, coalesce(line.variance, 0) FROM stocktake_line AS line {_POSTED}",
    ),
    Comparison(
        "stocktake_line.variance is the pieces found less the pieces missing", Quantity, _LINE,
        "SELECT line_id, CASE WHEN is_missing THEN -10000 ELSE 10000 END FROM stocktake_piece",
        "SELECT line.id, counted_quantity - book_quantity_at_count FROM stocktake_line AS line "
        "JOIN sku ON sku.id = line.sku_id WHERE tracking = 'SERIAL' AND counted_quantity IS NOT NULL",
    ),
    Comparison(
        "stocktake.surplus_value less shortage_value is the sum of its lines", Money, _STOCKTAKE,
        f"SELECT stocktake.id, coalesce(variance_value, 0) {_OF_LINES} WHERE surplus_value IS NOT NULL",
        "SELECT id, surplus_value - shortage_value FROM stocktake WHERE surplus_value IS NOT NULL",
    ),
    Comparison(
        "stocktake.lines_with_variance counts its lines that vary", Quantity, _STOCKTAKE,
        f"SELECT stocktake.id, CASE WHEN variance <> 0 OR piece_differences > 0 THEN 10000 ELSE 0 END {_OF_LINES} "
        "WHERE lines_with_variance IS NOT NULL",
        "SELECT id, lines_with_variance * 10000 FROM stocktake WHERE lines_with_variance IS NOT NULL",
    ),
)  # fmt: skip
