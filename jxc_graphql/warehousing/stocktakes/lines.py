"""The lines of stocktakes as rows, always all of them in one statement: drawn up, snapshot, flagged, valued, posted."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Mapping, Sequence

from jxc_graphql.books.goods import queries as goods
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice, amount
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.warehousing.stocktakes.rules import UNDER_WAY, Counted, CountedPiece, GoodsUnderCount, Varying

_CLASHES_SHOWN = 20
"""How many goods are named that another stocktake has."""
_NO_LOT = "CAST(NULL AS BIGINT)"
_UNDER_WAY = ", ".join(f"'{status}'" for status in UNDER_WAY)
SAME_GOODS = (
    "{a}.sku_id = {b}.sku_id AND {a}.place_id = {b}.place_id AND coalesce({a}.lot_id, 0) = coalesce({b}.lot_id, 0)"
)

_WANTED = f"""
WITH RECURSIVE taken AS (SELECT id, warehouse_id, includes_empty, is_blind FROM stocktake WHERE id = ?),
scope AS (SELECT category_id, place_id, sku_id FROM stocktake_scope JOIN taken ON taken.id = stocktake_id),
below (id) AS (
    SELECT category_id FROM scope WHERE category_id IS NOT NULL
    UNION SELECT category.id FROM category JOIN below ON category.parent_id = below.id),
shelf AS (
    SELECT place.id, place.code FROM place JOIN taken ON place.warehouse_id = taken.warehouse_id
    WHERE place.kind IN ('STOCK', 'QUALITY', 'DAMAGED')),
goods AS (
    SELECT level.sku_id, level.place_id, level.lot_id FROM taken CROSS JOIN shelf
    JOIN place_level AS level ON level.place_id = shelf.id WHERE level.quantity > 0 OR taken.includes_empty
    UNION ALL
    SELECT sku.id, warehouse.stock_place_id, {_NO_LOT}
    FROM taken JOIN warehouse ON warehouse.id = taken.warehouse_id CROSS JOIN sku
    WHERE taken.includes_empty AND sku.is_active AND sku.tracking <> 'LOT' AND NOT EXISTS (
        SELECT 1 FROM place_level AS level JOIN shelf ON shelf.id = level.place_id WHERE level.sku_id = sku.id)),
wanted AS (
    SELECT goods.sku_id, goods.place_id, goods.lot_id, shelf.code AS place, sku.code AS sku, lot.number AS lot
    FROM goods JOIN shelf ON shelf.id = goods.place_id JOIN sku ON sku.id = goods.sku_id
    JOIN product ON product.id = sku.product_id LEFT JOIN lot ON lot.id = goods.lot_id
    WHERE (NOT EXISTS (SELECT 1 FROM below) OR product.category_id IN (SELECT id FROM below))
        AND (NOT EXISTS (SELECT 1 FROM scope WHERE place_id IS NOT NULL)
            OR goods.place_id IN (SELECT place_id FROM scope WHERE place_id IS NOT NULL))
        AND (NOT EXISTS (SELECT 1 FROM scope WHERE sku_id IS NOT NULL)
            OR goods.sku_id IN (SELECT sku_id FROM scope WHERE sku_id IS NOT NULL))
        AND NOT EXISTS (SELECT 1 FROM stocktake_line AS line JOIN taken ON line.stocktake_id = taken.id
            WHERE {SAME_GOODS.format(a="line", b="goods")}))
"""


async def missing_count(stocktake_id: int) -> tuple[int, int]:
    """How many lines a stocktake has, and how many more its scope asks for."""
    ((have, lack),) = await db.fetch(
        f"{_WANTED} SELECT (SELECT count(*) FROM stocktake_line JOIN taken ON taken.id = stocktake_id), count(*) "
        "FROM wanted",
        (stocktake_id,),
    )
    return int(have), int(lack)


async def draw_up(stocktake_id: int) -> None:
    """Adds the lines that the scope asks for and that are not there yet, place by place."""
    await db.execute(
        f"""{_WANTED}
        INSERT INTO stocktake_line (stocktake_id, line_no, sku_id, place_id, lot_id, is_blind, is_found, has_moved,
            since_movement_id, round, version, piece_differences)
        SELECT taken.id, (SELECT coalesce(max(line_no), 0) FROM stocktake_line WHERE stocktake_id = taken.id)
                + row_number() OVER (ORDER BY wanted.place, wanted.sku, wanted.lot, wanted.lot_id),
            wanted.sku_id, wanted.place_id, wanted.lot_id, taken.is_blind, false, false, 0, 1, 0, 0
        FROM wanted CROSS JOIN taken WHERE true ORDER BY 2""",
        (stocktake_id,),
    )


async def clashes(stocktake_id: int, path: tuple[str, ...]) -> list[GoodsUnderCount]:
    """Goods that another stocktake under way has as well, the first few of them."""
    rows = await db.fetch(
        f"""
        SELECT other.id, other.number, sku.code, place.code FROM stocktake_line AS line
        JOIN stocktake_line AS theirs ON theirs.stocktake_id <> line.stocktake_id
            AND {SAME_GOODS.format(a="theirs", b="line")}
        JOIN stocktake AS other ON other.id = theirs.stocktake_id AND other.status IN ({_UNDER_WAY})
        JOIN sku ON sku.id = line.sku_id JOIN place ON place.id = line.place_id
        WHERE line.stocktake_id = ? ORDER BY line.line_no LIMIT {_CLASHES_SHOWN}""",
        (stocktake_id,),
    )
    return [
        GoodsUnderCount(path=path, stocktake_id=stocktake, stocktake=number, sku=sku, place=place)
        for stocktake, number, sku, place in rows
    ]


async def settle_levels(warehouse_id: int, sku_ids: Collection[int] | None = None) -> None:
    """Waits until nobody is posting goods of the warehouse (or of these SKUs in it); keeps others from it till we end.

    What is read afterwards is the state between two postings, pieces and movements included.
    """
    if db.dialect() == "sqlite":
        return
    named = "" if sku_ids is None else f"JOIN {db.rows({'id': 'bigint'})} AS asked ON asked.id = level.sku_id"
    given = () if sku_ids is None else (db.json((sku_id,) for sku_id in sorted(sku_ids)),)
    await db.fetch(
        f"""SELECT count(*) FROM (SELECT level.id FROM stock_level AS level {named}
        WHERE level.warehouse_id = ? ORDER BY level.id FOR SHARE OF level) AS held""",
        (*given, warehouse_id),
    )


async def snapshot(stocktake_id: int, line_ids: Collection[int] | None = None) -> None:
    """Notes what the books say now, of all lines or of these, which begin anew; `settle_levels` first."""
    named = "" if line_ids is None else f"AND id IN (SELECT id FROM {db.rows({'id': 'bigint'})} AS asked)"
    given = () if line_ids is None else (db.json((line_id,) for line_id in line_ids),)
    await db.execute(
        f"""
        UPDATE stocktake_line SET has_moved = false,
            book_quantity = coalesce((SELECT quantity FROM place_level AS level
                WHERE {SAME_GOODS.format(a="level", b="stocktake_line")}), 0),
            since_movement_id = (SELECT coalesce(max(id), 0) FROM stock_movement)
        WHERE stocktake_id = ? {named}""",
        (stocktake_id, *given),
    )


async def begin_again(stocktake_id: int, line_ids: Collection[int]) -> None:
    """Forgets what was counted of lines, for another round; the counts stay, and are not valid any more."""
    asked, given = f"(SELECT id FROM {db.rows({'id': 'bigint'})} AS asked)", db.json((one,) for one in line_ids)
    await db.execute(f"UPDATE stocktake_count SET is_valid = false WHERE is_valid AND line_id IN {asked}", (given,))
    await db.execute(f"DELETE FROM stocktake_piece WHERE line_id IN {asked}", (given,))
    await db.execute(
        f"""
        UPDATE stocktake_line SET round = round + 1, version = version + 1, counted_quantity = NULL,
            book_quantity_at_count = NULL, variance = NULL, variance_value = NULL, piece_differences = 0,
            is_blind = (SELECT is_blind FROM stocktake WHERE stocktake.id = stocktake_id)
        WHERE stocktake_id = ? AND id IN {asked}""",
        (stocktake_id, given),
    )


async def flag_moved(stocktake_id: int) -> None:
    """Flags every line whose goods moved since its snapshot."""
    await db.execute(
        f"""
        UPDATE stocktake_line SET has_moved = true
        FROM (SELECT sku_id, place_id, lot_id, max(id) AS id FROM (
                SELECT id, sku_id, lot_id, to_place_id AS place_id FROM stock_movement WHERE id > {_first("?")}
                UNION ALL
                SELECT id, sku_id, lot_id, from_place_id FROM stock_movement WHERE id > {_first("?")}) AS leg
            GROUP BY sku_id, place_id, lot_id) AS moved
        WHERE stocktake_line.stocktake_id = ? AND NOT has_moved AND moved.id > since_movement_id
            AND {SAME_GOODS.format(a="moved", b="stocktake_line")}""",
        (stocktake_id, stocktake_id, stocktake_id),
    )


def _first(stocktake: str) -> str:
    return f"(SELECT min(since_movement_id) FROM stocktake_line WHERE stocktake_id = {stocktake})"


def flag_moved_goods(stock_level_ids: Collection[int]) -> None:
    """Flags the lines under way whose goods moved since their snapshot, where they are of these levels."""
    levels = db.json((level_id,) for level_id in sorted(set(stock_level_ids)))
    moved = f"""
        SELECT line.id FROM {db.rows({"id": "bigint"})} AS asked
        JOIN stock_level AS level ON level.id = asked.id
        JOIN stocktake ON stocktake.warehouse_id = level.warehouse_id AND stocktake.status IN ({_UNDER_WAY})
        JOIN stocktake_line AS line ON line.stocktake_id = stocktake.id AND line.sku_id = level.sku_id
            AND NOT line.has_moved
        WHERE EXISTS (SELECT 1 FROM stock_movement AS movement
            WHERE movement.sku_id = line.sku_id AND line.place_id IN (movement.from_place_id, movement.to_place_id)
                AND movement.warehouse_id = level.warehouse_id AND movement.id > line.since_movement_id
                AND coalesce(movement.lot_id, 0) = coalesce(line.lot_id, 0))
        ORDER BY line.id"""
    lock = " FOR UPDATE OF line" if db.dialect() == "postgres" else ""
    db.later(f"UPDATE stocktake_line SET has_moved = true WHERE id IN ({moved}{lock})", (levels,))


async def uncount(stocktake_id: int) -> None:
    """Takes back what `count_as_zero` said."""
    guessed = """(
        SELECT line.id FROM stocktake_line AS line WHERE line.stocktake_id = ? AND line.counted_quantity IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM stocktake_count AS count WHERE count.line_id = line.id AND count.is_valid))"""
    await db.execute(f"DELETE FROM stocktake_piece WHERE line_id IN {guessed}", (stocktake_id,))
    await db.execute(
        f"""
        UPDATE stocktake_line SET counted_quantity = NULL, book_quantity_at_count = NULL, variance = NULL,
            variance_value = NULL, piece_differences = 0 WHERE id IN {guessed}""",
        (stocktake_id,),
    )


async def uncounted(stocktake_id: int) -> int:
    """How many lines nobody counted."""
    ((count,),) = await db.fetch(
        "SELECT count(*) FROM stocktake_line WHERE stocktake_id = ? AND counted_quantity IS NULL", (stocktake_id,)
    )
    return int(count)


async def count_as_zero(stocktake_id: int) -> None:
    """Says of every line that nobody counted that nothing is there; of pieces, that all are missing."""
    mine = "FROM stocktake_line AS line WHERE line.stocktake_id = ? AND line.counted_quantity IS NULL"
    await db.execute(
        f"""
        INSERT INTO stocktake_piece (line_id, number, is_missing)
        SELECT line.id, serial.number, true FROM serial_number AS serial
        JOIN (SELECT line.id, line.sku_id, line.place_id {mine}) AS line
            ON line.sku_id = serial.sku_id AND line.place_id = serial.place_id""",
        (stocktake_id,),
    )
    book = f"coalesce((SELECT quantity FROM place_level AS level WHERE {SAME_GOODS.format(a='level', b='line')}), 0)"
    await db.execute(
        f"""
        UPDATE stocktake_line SET counted_quantity = 0, book_quantity_at_count = now.book
        FROM (SELECT line.id, {book} AS book {mine}) AS now WHERE stocktake_line.id = now.id""",
        (stocktake_id,),
    )


async def reveal(stocktake_id: int) -> None:
    """Shows of every line what the books say, how the count varies, and of how many pieces."""
    await db.execute(
        """
        UPDATE stocktake_line SET is_blind = false, variance = counted_quantity - book_quantity_at_count,
            variance_value = CASE WHEN counted_quantity IS NOT NULL THEN 0 END,
            piece_differences = (SELECT count(*) FROM stocktake_piece WHERE stocktake_piece.line_id = stocktake_line.id)
        WHERE stocktake_id = ?""",
        (stocktake_id,),
    )


async def counted(stocktake_id: int, *, varying: bool) -> list[Counted]:
    """The lines that were counted, or those of them that vary, with what the variance is worth at present.

    That is what posting it now would say: what is missing of goods valued first in, first out are the oldest ones, and
    a piece that was found on another shelf is not missing.
    """
    only = "AND (line.counted_quantity <> line.book_quantity_at_count OR line.piece_differences > 0)" if varying else ""
    rows = await db.fetch(
        f"""
        WITH piece AS (
            SELECT line_id, sku_id, number, is_missing
            FROM stocktake_piece JOIN stocktake_line AS line ON line.id = line_id AND line.stocktake_id = ?),
        gone AS (
            SELECT piece.line_id, count(*) AS pieces FROM piece LEFT JOIN piece AS found
                ON found.sku_id = piece.sku_id AND found.number = piece.number AND NOT found.is_missing
            WHERE piece.is_missing AND found.number IS NULL GROUP BY piece.line_id)
        SELECT line.id, line.counted_quantity - line.book_quantity_at_count, coalesce(level.unit_cost, 0),
            CASE WHEN level.valuation = 'FIFO' AND product.valuation = 'FIFO' THEN level.id END,
            CASE WHEN sku.tracking = 'SERIAL' THEN coalesce(gone.pieces, 0) * 10000
                WHEN line.counted_quantity < line.book_quantity_at_count
                    THEN line.book_quantity_at_count - line.counted_quantity ELSE 0 END
        FROM stocktake_line AS line JOIN stocktake ON stocktake.id = line.stocktake_id
        JOIN sku ON sku.id = line.sku_id JOIN product ON product.id = sku.product_id
        LEFT JOIN gone ON gone.line_id = line.id
        LEFT JOIN stock_level AS level ON level.sku_id = line.sku_id AND level.warehouse_id = stocktake.warehouse_id
        WHERE line.stocktake_id = ? AND line.counted_quantity IS NOT NULL {only} ORDER BY line.line_no""",
        (stocktake_id, stocktake_id),
    )
    missing = {line_id: (level, Quantity(gone)) for line_id, _, _, level, gone in rows if level and gone}
    costs = dict(zip(missing, await goods.cost_of_oldest([*missing.values()]), strict=True))
    found = {line_id: Quantity(more) + missing.get(line_id, (0, Quantity(0)))[1] for line_id, more, *_ in rows}
    return [
        Counted(
            line_id=line_id,
            variance=Quantity(variance),
            value=amount(found[line_id], UnitPrice(unit_cost)) - costs.get(line_id, Money(0)),
        )
        for line_id, variance, unit_cost, *_ in rows
    ]


async def write_values(values: Mapping[int, Money]) -> None:
    """Writes what the variances of lines are worth."""
    await db.execute(
        f"""
        UPDATE stocktake_line SET variance_value = line.value
        FROM {db.rows({"id": "bigint", "value": "bigint"})} AS line WHERE stocktake_line.id = line.id""",
        (db.json(values.items()),),
    )


async def those_of(stocktake_id: int, line_ids: Collection[int]) -> set[int]:
    """Which of these lines a stocktake has."""
    rows = await db.fetch(
        f"SELECT line.id FROM {db.rows({'id': 'bigint'})} AS asked "
        "JOIN stocktake_line AS line ON line.id = asked.id AND line.stocktake_id = ?",
        (db.json((line_id,) for line_id in line_ids), stocktake_id),
    )
    return {line_id for (line_id,) in rows}


async def varying_count(stocktake_id: int) -> int:
    """How many lines are to be posted, or were."""
    ((count,),) = await db.fetch(
        "SELECT count(*) FROM stocktake_line WHERE stocktake_id = ? AND (variance <> 0 OR piece_differences > 0)",
        (stocktake_id,),
    )
    return int(count)


async def varying(stocktake_id: int) -> list[Varying]:
    """The lines that are to be posted."""
    rows = await db.fetch(
        """
        SELECT line.id, line.line_no, line.sku_id, line.place_id, line.lot_id, line.variance, sku.tracking
        FROM stocktake_line AS line JOIN sku ON sku.id = line.sku_id
        WHERE line.stocktake_id = ? AND (line.variance <> 0 OR line.piece_differences > 0) ORDER BY line.line_no""",
        (stocktake_id,),
    )
    return [
        Varying(
            line_id=line_id,
            line_no=line_no,
            sku_id=sku_id,
            place_id=place_id,
            lot_id=lot_id,
            variance=Quantity(variance),
            is_serial=tracking == SkuTracking.SERIAL,
        )
        for line_id, line_no, sku_id, place_id, lot_id, variance, tracking in rows
    ]


async def pieces(stocktake_id: int, warehouse_id: int) -> Sequence[CountedPiece]:
    """The pieces that were found or are missing, and on which shelf of the warehouse the books have them now."""
    rows = await db.fetch(
        """
        SELECT line.id, line.sku_id, piece.number, piece.is_missing, place.id
        FROM stocktake_line AS line JOIN stocktake_piece AS piece ON piece.line_id = line.id
        LEFT JOIN serial_number AS serial ON serial.sku_id = line.sku_id AND serial.number = piece.number
        LEFT JOIN place ON place.id = serial.place_id AND place.warehouse_id = ?
            AND place.kind IN ('STOCK', 'QUALITY', 'DAMAGED')
        WHERE line.stocktake_id = ? ORDER BY line.line_no, piece.number""",
        (warehouse_id, stocktake_id),
    )
    return [
        CountedPiece(line_id=line_id, sku_id=sku_id, number=number, is_missing=bool(is_missing), shelf_id=shelf_id)
        for line_id, sku_id, number, is_missing, shelf_id in rows
    ]
