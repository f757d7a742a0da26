"""How levels were at the end of a day that is over: for late documents."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Sequence
from datetime import date

import msgspec

from jxc_graphql.books.goods.book import BookLevel
from jxc_graphql.books.goods.then import Held, Then
from jxc_graphql.books.goods.valuation import Layer, Pool, part_of
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import ValuationMethod


async def then(levels: Collection[BookLevel], day: date) -> dict[int, Then]:
    """What levels held at the end of a day, by their ids."""
    if not levels:
        return {}
    since: dict[int, dict[date, Held]] = {level.id: {} for level in levels}
    came: dict[int, list[Layer]] = {level.id: [] for level in levels}
    for level_id, needed, on, quantity, value in await _look(levels, day):
        if needed:
            layer = Layer(id=None, origin_on=db.day(on), line_id=0, quantity=Quantity(quantity), value=Money(value))
            came[level_id].append(layer)
        else:
            since[level_id][db.day(on)] = Held(Quantity(quantity), Money(value))
    found = {}
    for level in levels:
        held = Held(
            level.on_hand - Quantity.total(one.quantity for one in since[level.id].values()),
            level.value - Money.total(one.value for one in since[level.id].values()),
        )
        pool = Pool(_layers(came[level.id], held, day))
        found[level.id] = Then(level.valuation is ValuationMethod.FIFO, held, since[level.id], pool)
    return found


def _layers(came: Sequence[Layer], held: Held, day: date) -> list[Layer]:
    """What is left of what came last, worth so much together; `came` begins with the last."""
    left, kept = max(held.quantity, Quantity(0)), list[Layer]()
    for layer in came:
        part = min(layer.quantity, left)
        cost = part_of(layer.value or Money(0), part, layer.quantity)
        kept.insert(0, msgspec.structs.replace(layer, quantity=part, value=cost))
        left -= part
    if left or not kept:
        kept.insert(0, Layer(id=None, origin_on=day, line_id=0, quantity=left, value=Money(0)))
    pool = Pool(sorted(kept, key=lambda layer: layer.origin_on))
    pool.scale(max(held.value, Money(0)))
    return pool.layers


async def _look(levels: Collection[BookLevel], day: date) -> list[tuple[int, int, date, int, int]]:
    """How levels changed after a day, and, first in first out, what came last until then of what there was."""
    columns = {"id": "bigint", "on_hand": "bigint", "by_layer": "bigint"}
    asked = [(one.id, one.on_hand, int(one.valuation is ValuationMethod.FIFO)) for one in levels]
    rows: list[tuple[int, int, date, int, int]] = await db.fetch(
        f"""
        WITH RECURSIVE asked AS (SELECT * FROM {db.rows(columns)} AS line),
        changed AS (
            SELECT asked.id, business_date, CAST(SUM(day.quantity) AS BIGINT) AS quantity,
                CAST(SUM(day.value) AS BIGINT) AS value
            FROM asked JOIN stock_day AS day ON day.stock_level_id = asked.id AND day.business_date > ?
            GROUP BY asked.id, business_date),
        wanted AS (
            SELECT level.id, level.sku_id, level.warehouse_id, CAST(asked.on_hand - coalesce((
                SELECT SUM(quantity) FROM changed WHERE changed.id = asked.id), 0) AS BIGINT) AS needed
            FROM asked JOIN stock_level AS level ON level.id = asked.id WHERE asked.by_layer = 1),
        came AS (
            SELECT wanted.id, wanted.sku_id, wanted.warehouse_id, one.id AS movement_id, one.business_date,
                one.origin_on, one.quantity, one.value, wanted.needed
            FROM wanted JOIN stock_movement AS one ON one.id = {_newest("wanted", "one.business_date <= ?")}
            UNION ALL SELECT came.id, came.sku_id, came.warehouse_id, one.id, one.business_date,
                one.origin_on, one.quantity, one.value, came.needed - came.quantity
            FROM came JOIN stock_movement AS one ON one.id = {_newest("came", _OLDER)}
            WHERE came.needed > came.quantity)
        SELECT id, 0 AS needed, business_date, quantity, value FROM changed
        UNION ALL SELECT id, needed, origin_on, quantity, value FROM came WHERE needed > 0 ORDER BY needed DESC""",
        (db.json(asked), day, day),
    )
    return rows


_OLDER = "(one.business_date, one.id) < (came.business_date, came.movement_id)"


def _newest(of: str, where: str) -> str:
    """The newest movement that brought goods to the shelves of a level, as a select of its id."""
    return f"""(
        SELECT one.id FROM stock_movement AS one
        JOIN place AS target ON target.id = one.to_place_id AND target.warehouse_id = {of}.warehouse_id
            AND target.kind IN ('STOCK', 'QUALITY', 'DAMAGED')
        JOIN place AS source ON source.id = one.from_place_id
            AND (source.warehouse_id IS NULL OR source.kind IN ('TRANSIT', 'LENT', 'CONSIGNED'))
        WHERE one.warehouse_id = {of}.warehouse_id AND one.sku_id = {of}.sku_id AND {where}
        ORDER BY one.business_date DESC, one.id DESC LIMIT 1)"""
