"""Levels as they were: the pieces of a statement that every report is made of.

WITH chosen AS (the levels that are asked for, with what they are added up by),
     changed AS (by how much each of them changed behind a moment, or until then),
     past AS (what each of them was: on_hand, value, in_transit, in_transit_value, lent, lent_value)

Goods in transit are told of the level they are on their way to, goods lent of the level they come from, so the sum over
levels is what the company had.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection
from itertools import product
from typing import Any, NamedTuple

from jxc_graphql.books.goods.days import HELD
from jxc_graphql.insight.analytics.rules import AsOf, Base, Closing, StockChoice, nearest
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.pages import Slice
from jxc_graphql.office.auth.permissions import Dimension

_CHOSEN = """
    SELECT level.id, level.sku_id, level.warehouse_id, level.on_hand, level.available, level.value, level.in_transit,
        level.in_transit_value, level.lent, level.lent_value, level.valuation, sku.code, sku.product_id,
        product.category_id, warehouse.branch_id
    FROM stock_level AS level JOIN sku ON sku.id = level.sku_id JOIN product ON product.id = sku.product_id
    JOIN warehouse ON warehouse.id = level.warehouse_id"""
_BELOW = """WITH RECURSIVE below (id) AS ({named} UNION
    SELECT category.id FROM category JOIN below ON below.id = category.parent_id) SELECT id FROM below"""
_PLACES = ("'STOCK', 'QUALITY', 'DAMAGED'", "'TRANSIT'", "'LENT'")
_FIGURES = ", ".join(
    f"CASE WHEN place.kind IN ({kinds}) THEN leg.{figure} ELSE 0 END AS {name}"
    for name, (kinds, figure) in zip(HELD, product(_PLACES, ("quantity", "value")), strict=True)
)
_LEGS = f"""
    SELECT chosen.id, {_FIGURES}
    FROM (SELECT sku_id, to_place_id AS place_id, quantity, value FROM stock_movement
            WHERE posted_at > ? AND posted_at < ?
        UNION ALL SELECT sku_id, from_place_id, -quantity, -value FROM stock_movement
            WHERE posted_at > ? AND posted_at < ?) AS leg
    JOIN place ON place.id = leg.place_id
    JOIN chosen ON chosen.sku_id = leg.sku_id AND chosen.warehouse_id = place.warehouse_id
    UNION ALL SELECT chosen.id, 0, revaluation.value, 0, revaluation.in_transit_value, 0, revaluation.lent_value
    FROM stock_revaluation AS revaluation
    JOIN chosen ON chosen.sku_id = revaluation.sku_id AND chosen.warehouse_id = revaluation.warehouse_id
    WHERE revaluation.posted_at > ? AND revaluation.posted_at < ?"""

_CLOSED = """
    SELECT id, ends_on FROM period WHERE status = 'CLOSED'
        AND ends_on < (SELECT MAX(ends_on) FROM period WHERE status = 'CLOSED')
        AND EXISTS (SELECT 1 FROM closing_balance WHERE closing_balance.period_id = period.id)"""
"""Balances that stay: only the newest closed period can be opened again, and might be before its balances are read."""
_CLOSING = """
    LEFT JOIN closing_balance ON closing_balance.period_id = ?
        AND closing_balance.sku_id = chosen.sku_id AND closing_balance.warehouse_id = chosen.warehouse_id"""


_TOLD = {name: "on_hand" if name == "quantity" else name for name in HELD}
"""What a figure of days and closing balances is called in levels, now and then."""
_KEYS = ("id", "code", "sku_id", "warehouse_id", "product_id", "category_id", "branch_id")
OWNED = "on_hand + in_transit + lent"
OWNED_VALUE = "value + in_transit_value + lent_value"
"""All that is the company's, and what it is worth."""


class PastPiece(NamedTuple):
    """A part of a statement, and its parameters in their order."""

    text: str
    params: tuple[Any, ...] = ()


def chosen(call: Call, choice: StockChoice) -> PastPiece:
    """The levels that a caller asks for, as far as they lie in the caller's scope."""
    conditions = [
        _among("level.warehouse_id", call.within(Dimension.WAREHOUSE)),
        _among("level.warehouse_id", choice.warehouse_ids),
        _among("warehouse.branch_id", choice.branch_ids),
        _among("level.sku_id", choice.sku_ids),
        _among("product.category_id", choice.category_ids, _BELOW),
    ]
    return _where(_CHOSEN, [one for one in conditions if one])


def page(levels: PastPiece, wanted: Slice) -> PastPiece:
    """Some of the levels, by SKU code, and one more where there is one."""
    text = f"{levels.text} ORDER BY sku.code, level.id LIMIT ? OFFSET ?"
    return PastPiece(text, (*levels.params, wanted.size + 1, wanted.start))


async def past(levels: PastPiece, state: AsOf | None) -> PastPiece:
    """WITH those levels as `chosen`, and as `past` with the figures that they had."""
    if state is None:
        return PastPiece(f"WITH chosen AS ({levels.text}), past AS (SELECT * FROM chosen)", levels.params)
    base = await _base(state)
    changes, sign = _changes(state, base), "-" if base.backwards else "+"
    joined = PastPiece(_CLOSING, (base.closing.period_id,)) if base.closing else PastPiece("")
    figures = [f"{_known(base, name)} {sign} coalesce(changed.{name}, 0) AS {_TOLD[name]}" for name in HELD]
    return PastPiece(
        f"WITH chosen AS ({levels.text}), changed ({', '.join(('id', *HELD))}) AS (SELECT id, "
        f"{', '.join(f'SUM({name})' for name in HELD)} FROM ({changes.text}) AS change GROUP BY id), "
        f"past AS (SELECT {', '.join(f'chosen.{key}' for key in _KEYS)}, {', '.join(figures)} "
        f"FROM chosen LEFT JOIN changed ON changed.id = chosen.id{joined.text})",
        levels.params + changes.params + joined.params,
    )


def _known(base: Base, name: str) -> str:
    """A figure of a level at a base."""
    if base.closing:
        return f"coalesce(closing_balance.{name}, 0)"
    return f"chosen.{_TOLD[name]}" if base.backwards else "0"


async def _base(state: AsOf) -> Base:
    """From what to reckon: balances of closed periods help where days count by business date."""
    closed = f" UNION ALL {_CLOSED}" if state.moment is None else ""
    (_, first), *rows = await db.fetch(f"SELECT 0 AS id, MIN({state.column}) AS day FROM stock_day{closed} ORDER BY 1")
    closings = [Closing(period_id=period_id, ends_on=db.day(ends_on)) for period_id, ends_on in rows]
    return nearest(state, None if first is None else db.day(first), closings)


def _changes(state: AsOf, base: Base) -> PastPiece:
    """What changed between a base and a state; of the day of a moment all, less what came behind the moment."""
    days = _days(state, base)
    if state.rest_of_day is None:
        return days
    taken = ", ".join(f"-{name}" for name in HELD)
    legs = _LEGS if base.backwards else f"SELECT id, {taken} FROM ({_LEGS}) AS later"
    return PastPiece(f"{days.text} UNION ALL {legs}", days.params + state.rest_of_day * 3)


def _days(state: AsOf, base: Base) -> PastPiece:
    """The days between a base and a state: those of the later one among them, those of the earlier one not."""
    here, there = (">", "<=") if base.backwards else ("<=", ">")
    bounds = [(here, state.day), *([(there, base.closing.ends_on)] if base.closing else [])]
    told = " AND ".join(f"stock_day.{state.column} {comparison} ?" for comparison, _ in bounds)
    return PastPiece(
        f"SELECT chosen.id, {', '.join(f'stock_day.{name}' for name in HELD)} FROM stock_day "
        f"JOIN chosen ON chosen.id = stock_day.stock_level_id WHERE {told}",
        tuple(day for _, day in bounds),
    )


def _among(column: str, ids: Collection[int] | None, wider: str = "{named}") -> PastPiece | None:
    if ids is None:
        return None
    named = wider.format(named=f"SELECT id FROM {db.rows({'id': 'bigint'})} AS asked")
    return PastPiece(f"{column} IN ({named})", (db.json([one] for one in sorted(ids)),))


def _where(text: str, conditions: Collection[PastPiece]) -> PastPiece:
    if not conditions:
        return PastPiece(text)
    told = " AND ".join(one.text for one in conditions)
    return PastPiece(f"{text} WHERE {told}", tuple(value for one in conditions for value in one.params))
