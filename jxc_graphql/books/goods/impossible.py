"""Days of the past that cannot have been: fewer goods than none, less value than none, or value without goods.

No document makes one any more (`late`). A database that an earlier release filled may have some; movements are never
changed, so they are told, with the late documents that made them, and stay.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Sequence
from datetime import date
from typing import Any

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.documents.comparisons import MOST_DIFFERENCES, Difference

WHAT = "no day of the past is below zero, or has a value without goods"

_LEVEL = """
    SELECT held.sku_id, warehouse_id, {place_id}, 0, held.on_day, held.quantity, held.value FROM (
        SELECT sku_id, warehouse_id, business_date AS on_day,
            SUM(SUM(day.{quantity})) OVER (PARTITION BY sku_id, warehouse_id ORDER BY business_date) AS quantity,
            SUM(SUM(day.{value})) OVER (PARTITION BY sku_id, warehouse_id ORDER BY business_date) AS value
        FROM stock_day AS day JOIN stock_level AS level ON level.id = day.stock_level_id
        GROUP BY sku_id, warehouse_id, business_date) AS held JOIN warehouse ON warehouse.id = warehouse_id
    WHERE quantity < 0 OR value < 0 OR (quantity = 0 AND value <> 0)"""
_LEVELS = f"""
    {_LEVEL.format(place_id="0", quantity="quantity", value="value")}
    UNION ALL {_LEVEL.format(place_id="transit_place_id", quantity="in_transit", value="in_transit_value")}
    UNION ALL {_LEVEL.format(place_id="lent_place_id", quantity="lent", value="lent_value")}
    ORDER BY 1, 2, 5 LIMIT {MOST_DIFFERENCES}"""
"""On the shelves (0), and at the places of goods that are away."""
_PLACES = f"""
    SELECT held.sku_id, place.warehouse_id, held.place_id, held.lot_id, held.on_day, held.quantity, NULL FROM (
        SELECT sku_id, place_id, coalesce(lot_id, 0) AS lot_id, business_date AS on_day, SUM(SUM(quantity)) OVER (
            PARTITION BY sku_id, place_id, coalesce(lot_id, 0) ORDER BY business_date) AS quantity
        FROM (SELECT sku_id, to_place_id AS place_id, lot_id, business_date, quantity FROM stock_movement
            UNION ALL SELECT sku_id, from_place_id, lot_id, business_date, -quantity FROM stock_movement) AS leg
        GROUP BY sku_id, place_id, coalesce(lot_id, 0), business_date) AS held
    JOIN place ON place.id = held.place_id AND place.kind IN ('STOCK', 'QUALITY', 'DAMAGED', 'CONSIGNED')
    WHERE held.quantity < 0 ORDER BY 1, 2, 3, 4, 5 LIMIT {MOST_DIFFERENCES}"""
_ASKED = {"sku_id": "bigint", "warehouse_id": "bigint", "through": "date"}


async def differences() -> list[Difference]:
    """The days that cannot have been, of levels and of single places and lots, and which late documents took goods."""
    levels = await db.fetch(_LEVELS)
    known = {(sku_id, warehouse_id, on_day) for sku_id, warehouse_id, place_id, _, on_day, *_ in levels if not place_id}
    found = [*levels, *(row for row in await db.fetch(_PLACES) if (row[0], row[1], row[4]) not in known)]
    if not found:
        return []
    names, late = await _names(found), await _late(found)
    return [
        Difference(
            what=WHAT,
            key=f"{names[tuple(where)]} on {db.day(on_day)}, after {_told(late, where, db.day(on_day))}",
            expected="0 or more",
            actual=str(Quantity(int(quantity))) + ("" if value is None else f" worth {Money(int(value))}"),
        )
        for *where, on_day, quantity, value in found
    ]


def _told(late: Sequence[tuple[Any, ...]], where: Sequence[int], on_day: date) -> str:
    numbers = [
        number
        for sku_id, warehouse_id, number, counts_for, posted_on in late
        if [sku_id, warehouse_id] == [*where[:2]] and counts_for <= on_day < posted_on
    ]
    return ", ".join(dict.fromkeys(numbers)) or "no late document"


async def _late(found: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The documents that took goods, or value, from levels under a day that was over."""
    through: dict[tuple[int, int], date] = {}
    for sku_id, warehouse_id, _, _, on_day, *_ in found:
        last = through.get((sku_id, warehouse_id), date.min)
        through[sku_id, warehouse_id] = max(last, db.day(on_day))
    rows = await db.fetch(
        f"""
        WITH asked AS (SELECT * FROM {db.rows(_ASKED)} AS line),
        took AS (
            SELECT asked.sku_id, asked.warehouse_id, document_id, business_date, posted_at FROM asked
            JOIN stock_movement AS movement ON movement.warehouse_id = asked.warehouse_id
                AND movement.sku_id = asked.sku_id AND movement.business_date <= asked.through
            JOIN place ON place.id = from_place_id AND place.warehouse_id = asked.warehouse_id
            UNION SELECT asked.sku_id, asked.warehouse_id, document_id, business_date, posted_at FROM asked
            JOIN stock_revaluation AS changed ON changed.warehouse_id = asked.warehouse_id
                AND changed.sku_id = asked.sku_id AND changed.business_date <= asked.through)
        SELECT took.sku_id, took.warehouse_id, document.number, took.business_date, posted_at
        FROM took JOIN document ON document.id = document_id ORDER BY posted_at, document.number""",
        (db.json((*key, day) for key, day in sorted(through.items())),),
    )
    return [
        (sku_id, warehouse_id, number, db.day(on), clock.day_of(db.moment(posted_at)))
        for sku_id, warehouse_id, number, on, posted_at in rows
    ]


async def _names(found: Sequence[tuple[Any, ...]]) -> dict[tuple[int, ...], str]:
    keys = {tuple(where) for *where, _, _, _ in found}
    columns = dict.fromkeys(("sku_id", "warehouse_id", "place_id", "lot_id"), "bigint")
    rows = await db.fetch(
        f"""
        SELECT line.sku_id, line.warehouse_id, line.place_id, line.lot_id, sku.code || ' @ ' || warehouse.code
            || coalesce(' ' || place.code, '') || coalesce(' lot ' || lot.number, '')
        FROM {db.rows(columns)} AS line JOIN sku ON sku.id = line.sku_id
        JOIN warehouse ON warehouse.id = line.warehouse_id
        LEFT JOIN place ON place.id = line.place_id LEFT JOIN lot ON lot.id = line.lot_id""",
        (db.json(sorted(keys)),),
    )
    return {tuple(key): name for *key, name in rows}
