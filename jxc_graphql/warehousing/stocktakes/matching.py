"""How counts come to their lines: looked up, kept from others, written down; so many statements however many counts."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Mapping, Sequence

import msgspec

from jxc_graphql.books.goods.ledger import SerialRepeated
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason, reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.documents.rules import check_line_count
from jxc_graphql.warehousing.stocktakes import slips
from jxc_graphql.warehousing.stocktakes.lines import clashes, missing_count, settle_levels
from jxc_graphql.warehousing.stocktakes.models import CountMode
from jxc_graphql.warehousing.stocktakes.queries import shelves
from jxc_graphql.warehousing.stocktakes.rules import MAX_LINES, SerialNotHere
from jxc_graphql.warehousing.stocktakes.slips import AskedCount, Count, Goods, KnownLine, Surroundings

_GOODS = {"sku_id": "bigint", "place_id": "bigint", "lot_id": "bigint"}
_LOCK = {"sqlite": "", "postgres": "FOR UPDATE OF line"}


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """On what is counted: a stocktake, or one of its sheets."""

    stocktake_id: int
    sheet_id: int | None
    warehouse: KnownWarehouse

    @property
    def lock(self) -> str:
        """Who adds lines to stocktakes of the warehouse, or counts pieces, holds this alone."""
        return lock_name(self.warehouse.id)


def lock_name(warehouse_id: int) -> str:
    """The lock of all that must not happen twice at once in a warehouse's stocktakes."""
    return f"stocktakes of {warehouse_id}"


async def write_down(
    call: Call, sheet: Sheet, asked: Sequence[AskedCount], mode: CountMode
) -> tuple[list[KnownLine], int]:
    """Writes counts down; gives the lines they are of, in their order, and how many of these are new.

    Raises `Rejected` with everything that is wrong: first what can be told at sight, then what is wrong with lots, then
    what does not fit the lines as they are now.
    """
    reject_if(slips.check_amount(asked))
    counted, problems = slips.read(asked, await _surroundings(call, sheet, asked))
    reject_if([*problems, *slips.check_totals(counted)])
    counted = await _with_lots(call, counted)
    if any(count.serials or count.sku.tracking is SkuTracking.SERIAL for count in counted):
        await db.hold(sheet.lock)
    found = await _make_missing(sheet, [*{count.goods for count in counted}])
    known = await _lock_lines(sheet, {count.goods for count in counted})
    reject_if(
        [
            *slips.check_lines(counted, known, sheet_id=sheet.sheet_id, mode=mode),
            *await _counted_already(sheet, counted, known, mode),
            *await _elsewhere(sheet, counted),
        ]
    )
    await _write(call, sheet, counted, known, mode)
    pieces = [known[count.goods].id for count in counted if count.sku.tracking is SkuTracking.SERIAL]
    if pieces:
        await settle_levels(sheet.warehouse.id, {count.sku.id for count in counted})
        await _compare_pieces(pieces)
    await _value_lines(counted, known, mode)
    return [known[goods] for goods in dict.fromkeys(count.goods for count in counted)], found


async def _surroundings(call: Call, sheet: Sheet, asked: Sequence[AskedCount]) -> Surroundings:
    lines = await _lines_by_id(sheet.stocktake_id, {one.line_id for one in asked if one.line_id is not None})
    codes = await catalog.scan_all(call, {one.code for one in asked if one.code is not None})
    sku_ids = {one.sku_id for one in asked if one.sku_id is not None}
    sku_ids |= {goods[0] for goods in lines.values()} | {match.sku_id for match in codes.values()}
    places = await shelves(sheet.warehouse.id)
    return Surroundings(
        warehouse_id=sheet.warehouse.id,
        stock_place_id=sheet.warehouse.stock_place_id,
        lines=lines,
        skus=await catalog.skus(sku_ids),
        codes=codes,
        places=places,
        place_codes={place.code: place.id for place in places.values()},
    )


async def _lines_by_id(stocktake_id: int, line_ids: Collection[int]) -> dict[int, Goods]:
    if not line_ids:
        return {}
    rows = await db.fetch(
        f"""
        SELECT line.id, line.sku_id, line.place_id, coalesce(line.lot_id, 0)
        FROM {db.rows({"id": "bigint"})} AS asked
        JOIN stocktake_line AS line ON line.id = asked.id AND line.stocktake_id = ?""",
        (db.json((line_id,) for line_id in line_ids), stocktake_id),
    )
    return {line_id: (sku_id, place_id, lot_id) for line_id, sku_id, place_id, lot_id in rows}


async def _with_lots(call: Call, counted: Sequence[Count]) -> list[Count]:
    """The counts with the lots that their labels name, created where there are none."""
    labelled = [count for count in counted if count.lot is not None]
    if not labelled:
        return [*counted]
    ids = await lots.ensure(call, [(count.sku.id, count.lot, (*count.path, "lot")) for count in labelled])
    lot_of = {count.index: lot_id or 0 for count, lot_id in zip(labelled, ids, strict=True)}
    return [msgspec.structs.replace(count, lot_id=lot_of.get(count.index, count.lot_id)) for count in counted]


async def _make_missing(sheet: Sheet, goods: Sequence[Goods]) -> int:
    """Makes lines of goods that were found where no line has them; gives how many."""
    there = """NOT EXISTS (SELECT 1 FROM stocktake_line AS line
        WHERE line.stocktake_id = ? AND line.sku_id = asked.sku_id AND line.place_id = asked.place_id
            AND coalesce(line.lot_id, 0) = asked.lot_id)"""
    lacking = await db.fetch(
        f"SELECT count(*) FROM {db.rows(_GOODS)} AS asked WHERE {there}", (db.json(goods), sheet.stocktake_id)
    )
    if not lacking[0][0]:
        return 0
    await db.hold(sheet.lock)
    made = await db.execute(
        f"""
        INSERT INTO stocktake_line (stocktake_id, sheet_id, line_no, sku_id, place_id, lot_id, is_found, is_blind,
            has_moved, since_movement_id, book_quantity, round, version, piece_differences)
        SELECT stocktake.id, CAST(? AS BIGINT),
            (SELECT max(line_no) FROM stocktake_line WHERE stocktake_id = stocktake.id)
                + row_number() OVER (ORDER BY asked.place_id, asked.sku_id, asked.lot_id),
            asked.sku_id, asked.place_id, nullif(asked.lot_id, 0), true, stocktake.is_blind, false,
            (SELECT coalesce(max(id), 0) FROM stock_movement),
            coalesce((SELECT quantity FROM place_level AS level WHERE level.sku_id = asked.sku_id
                AND level.place_id = asked.place_id AND coalesce(level.lot_id, 0) = asked.lot_id), 0), 1, 0, 0
        FROM stocktake CROSS JOIN {db.rows(_GOODS)} AS asked WHERE stocktake.id = ? AND {there}""",
        (sheet.sheet_id, db.json(goods), sheet.stocktake_id, sheet.stocktake_id),
    )
    have, _ = await missing_count(sheet.stocktake_id)
    reject_if([*check_line_count(have, MAX_LINES), *await clashes(sheet.stocktake_id, ("counts",))])
    return made


async def _lock_lines(sheet: Sheet, goods: Collection[Goods]) -> dict[Goods, KnownLine]:
    rows = await db.fetch(
        f"""
        SELECT line.sku_id, line.place_id, coalesce(line.lot_id, 0), line.id, line.sheet_id, sheet.sheet_no,
            line.round, line.version
        FROM {db.rows(_GOODS)} AS asked
        JOIN stocktake_line AS line ON line.stocktake_id = ? AND line.sku_id = asked.sku_id
            AND line.place_id = asked.place_id AND coalesce(line.lot_id, 0) = asked.lot_id
        LEFT JOIN stocktake_sheet AS sheet ON sheet.id = line.sheet_id
        ORDER BY line.id {_LOCK[db.dialect()]}""",
        (db.json(sorted(goods)), sheet.stocktake_id),
    )
    return {
        (sku_id, place_id, lot_id): KnownLine(
            id=line_id,
            goods=(sku_id, place_id, lot_id),
            sheet_id=sheet_id,
            sheet_no=sheet_no,
            round=round_no,
            version=version,
        )
        for sku_id, place_id, lot_id, line_id, sheet_id, sheet_no, round_no, version in rows
    }


async def _counted_already(
    sheet: Sheet, counted: Sequence[Count], lines: Mapping[Goods, KnownLine], mode: CountMode
) -> list[Reason]:
    """Pieces that were counted in this stocktake before, and whose count is not going to be replaced."""
    named = [(count.index, at, lines[count.goods].id, count.sku.id, number)
             for count in counted for at, number in enumerate(count.serials)]  # fmt: skip
    if not named:
        return []
    columns = {"count_no": "bigint", "serial_no": "bigint", "line_id": "bigint", "sku_id": "bigint", "number": "text"}
    replaced = ""
    if mode is CountMode.REPLACE:
        replaced = f"AND serial.line_id NOT IN (SELECT id FROM {db.rows({'id': 'bigint'})} AS replaced)"
    ids = (db.json({(line.id,) for line in lines.values()}),) if replaced else ()
    rows = await db.fetch(
        f"""
        SELECT asked.count_no, asked.serial_no, asked.number FROM {db.rows(columns)} AS asked
        JOIN stocktake_serial AS serial ON serial.number = asked.number
        JOIN stocktake_count AS count ON count.id = serial.count_id AND count.is_valid
        JOIN stocktake_line AS line ON line.id = serial.line_id AND line.stocktake_id = ? AND line.sku_id = asked.sku_id
        WHERE true {replaced} ORDER BY 1, 2""",
        (db.json(named), sheet.stocktake_id, *ids),
    )
    return [SerialRepeated(path=("counts", index, "serials", at), number=number) for index, at, number in rows]


async def _elsewhere(sheet: Sheet, counted: Sequence[Count]) -> list[Reason]:
    """Pieces that cannot be here, as the books have them: posting their count would be refused."""
    named = [(count.index, at, count.sku.id, number) for count in counted for at, number in enumerate(count.serials)]
    if not named:
        return []
    columns = {"count_no": "bigint", "serial_no": "bigint", "sku_id": "bigint", "number": "text"}
    rows = await db.fetch(
        f"""
        SELECT asked.count_no, asked.serial_no, asked.number FROM {db.rows(columns)} AS asked
        JOIN serial_number AS serial ON serial.sku_id = asked.sku_id AND serial.number = asked.number
        JOIN place ON place.id = serial.place_id
        WHERE place.warehouse_id <> ? OR place.kind IN ('TRANSIT', 'LENT') ORDER BY 1, 2""",
        (db.json(named), sheet.warehouse.id),
    )
    return [SerialNotHere(path=("counts", index, "serials", at), number=number) for index, at, number in rows]


async def _write(
    call: Call, sheet: Sheet, counted: Sequence[Count], lines: Mapping[Goods, KnownLine], mode: CountMode
) -> None:
    """Keeps who counted what, pieces by their numbers."""
    if mode is CountMode.REPLACE:
        await db.execute(
            f"""UPDATE stocktake_count SET is_valid = false WHERE is_valid AND line_id IN
            (SELECT id FROM {db.rows({"id": "bigint"})} AS line)""",
            (db.json((line.id,) for line in lines.values()),),
        )
    rows = [(new_id(), lines[count.goods].id, lines[count.goods].round, count.quantity) for count in counted]
    columns = {"id": "bigint", "line_id": "bigint", "round": "int", "quantity": "bigint"}
    await db.execute(
        f"""
        INSERT INTO stocktake_count (id, line_id, round, quantity, sheet_id, is_valid, counted_at, counted_by_id)
        SELECT line.id, line.line_id, line.round, line.quantity, CAST(? AS BIGINT), true, ?, CAST(? AS BIGINT)
        FROM {db.rows(columns)} AS line""",
        (sheet.sheet_id, call.at, call.actor_id, db.json(rows)),
    )
    serials = [
        (new_id(), row[0], row[1], number) for row, count in zip(rows, counted, strict=True) for number in count.serials
    ]
    if serials:
        columns = {"id": "bigint", "count_id": "bigint", "line_id": "bigint", "number": "text"}
        await db.execute(
            f"INSERT INTO stocktake_serial (id, count_id, line_id, number) SELECT id, count_id, line_id, number "
            f"FROM {db.rows(columns)} AS line",
            (db.json(serials),),
        )


async def _compare_pieces(line_ids: Collection[int]) -> None:
    """Tells which pieces of lines were found, and which are missing, as the books have them now."""
    asked, given = f"{db.rows({'id': 'bigint'})} AS asked", db.json((line_id,) for line_id in sorted(set(line_ids)))
    valid = "JOIN stocktake_count AS count ON count.id = serial.count_id AND count.is_valid"
    await db.execute(f"DELETE FROM stocktake_piece WHERE line_id IN (SELECT id FROM {asked})", (given,))
    await db.execute(
        f"""
        INSERT INTO stocktake_piece (line_id, number, is_missing)
        SELECT line.id, serial.number, false FROM {asked} JOIN stocktake_line AS line ON line.id = asked.id
        JOIN stocktake_serial AS serial ON serial.line_id = line.id {valid}
        WHERE NOT EXISTS (SELECT 1 FROM serial_number AS known WHERE known.sku_id = line.sku_id
            AND known.number = serial.number AND known.place_id = line.place_id)""",
        (given,),
    )
    await db.execute(
        f"""
        INSERT INTO stocktake_piece (line_id, number, is_missing)
        SELECT line.id, known.number, true FROM {asked} JOIN stocktake_line AS line ON line.id = asked.id
        JOIN serial_number AS known ON known.sku_id = line.sku_id AND known.place_id = line.place_id
        WHERE NOT EXISTS (SELECT 1 FROM stocktake_serial AS serial {valid}
            WHERE serial.line_id = line.id AND serial.number = known.number)""",
        (given,),
    )


async def _value_lines(counted: Sequence[Count], lines: Mapping[Goods, KnownLine], mode: CountMode) -> None:
    """Says what each line is worth, and what the books say at this moment."""
    before = "coalesce(stocktake_line.counted_quantity, 0)" if mode is CountMode.ADD else "0"
    quantity = f"line.quantity + {before}"
    rows = [(lines[goods].id, *goods, quantity) for goods, quantity in slips.totals(counted).items()]
    await db.execute(
        f"""
        UPDATE stocktake_line SET counted_quantity = {quantity}, book_quantity_at_count = line.book,
            variance = CASE WHEN is_blind THEN NULL ELSE {quantity} - line.book END, variance_value = NULL,
            version = version + 1
        FROM (SELECT line.id, line.quantity, coalesce(level.quantity, 0) AS book
            FROM {db.rows({"id": "bigint"} | _GOODS | {"quantity": "bigint"})} AS line
            LEFT JOIN place_level AS level ON level.sku_id = line.sku_id AND level.place_id = line.place_id
                AND coalesce(level.lot_id, 0) = line.lot_id) AS line
        WHERE stocktake_line.id = line.id""",
        (db.json(rows),),
    )
