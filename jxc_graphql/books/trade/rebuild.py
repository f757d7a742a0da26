"""Days and months of trade made anew from movements and the documents that they are of, some SKUs at a time."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from jxc_graphql.books.goods.days import month_of
from jxc_graphql.books.goods.rebuild import Told
from jxc_graphql.books.goods.replay import FIRST_OF_LINE
from jxc_graphql.books.trade import operations
from jxc_graphql.books.trade.rules import SIDES, Figures, Key, Side, date_of
from jxc_graphql.kit import db
from jxc_graphql.office.documents.comparisons import Difference

Rows = dict[Key, Figures]
SPANS = ("day", "month")


async def rebuild(sku_ids: Sequence[int], told: Told) -> int:
    """Makes what was traded of these SKUs follow from the ledger again, whose levels are held; gives how many rows."""
    found = 0
    for side, span, wrong in await _wrong(sku_ids, told):
        operations.add(side, span, [(key, right) for key, (right, _) in wrong.items()], anew=True)
        found += len(wrong)
    return found


async def differences(sku_ids: Sequence[int], told: Told) -> list[Difference]:
    """Where days and months of these SKUs do not say what was traded."""
    wrong = await _wrong(sku_ids, told)
    names = await _names({_level(key) for _, _, rows in wrong for key in rows})
    return [
        Difference(
            what=f"{side.name}_{span} is what was traded in it",
            key=_key(side, names, key),
            expected=_figures_told(side, right),
            actual=_figures_told(side, actual),
        )
        for side, span, rows in wrong
        for key, (right, actual) in rows.items()
    ]


async def _wrong(sku_ids: Sequence[int], told: Told) -> list[tuple[Side, str, dict[Key, tuple[Figures, Figures]]]]:
    found = []
    for side, selects in zip(SIDES, (told.bought, told.sold), strict=True):
        wanted = await _traded(side, sku_ids, selects)
        for span, right in zip(SPANS, (wanted, _by_month(wanted)), strict=True):
            actual = await _kept(side, span, sku_ids)
            wrong = {
                key: (right.get(key, {}), actual.get(key, {}))
                for key in sorted(right.keys() | actual.keys(), key=_in_order)
                if right.get(key, {}) != actual.get(key, {})
            }
            found.append((side, span, wrong))
    return found


async def _traded(side: Side, sku_ids: Sequence[int], selects: Sequence[str]) -> Rows:
    """What movements say with the documents whose lines they are of."""
    whose = dict(zip(side.whose, ("told.partner_id", "told.seller_id"), strict=False))
    found: Rows = {}
    for select in selects:
        rows = await db.fetch(
            f"""
            SELECT level.id, {", ".join(whose.values())}, movement.business_date,
                CASE WHEN movement.to_place_id = {side.place.value} THEN 1 ELSE 0 END,
                CAST(SUM(movement.quantity) AS BIGINT), CAST(SUM(movement.value) AS BIGINT),
                CAST(SUM(CASE WHEN {FIRST_OF_LINE} THEN told.net ELSE 0 END) AS BIGINT),
                SUM(CASE WHEN {FIRST_OF_LINE} THEN 1 ELSE 0 END)
            FROM {db.rows({"id": "bigint"})} AS asked JOIN stock_movement AS movement ON movement.sku_id = asked.id
                AND {side.place.value} IN (movement.from_place_id, movement.to_place_id)
            JOIN ({select}) AS told ON told.line_id = movement.line_id
            JOIN stock_level AS level ON level.sku_id = movement.sku_id AND level.warehouse_id = movement.warehouse_id
            GROUP BY {", ".join(map(str, range(1, 4 + len(whose))))}""",
            (db.json([sku_id] for sku_id in sku_ids),),
        )
        for row in rows:
            *key, on, goes, quantity, value, net, lines = row
            way = side.goes if goes else side.comes
            sign = 1 if way == side.usual else -1
            there = found.setdefault((*key, db.day(on)), {})
            for of, figure in {"": quantity, "_value": value, "_net": sign * net, "_lines": lines}.items():
                there[f"{way}{of}"] = there.get(f"{way}{of}", 0) + int(figure)
    return {key: _something(figures) for key, figures in found.items()}


def _something(figures: Mapping[str, int]) -> Figures:
    return {name: figure for name, figure in figures.items() if figure}


def _by_month(rows: Rows) -> Rows:
    found: Rows = {}
    for (*key, on), figures in rows.items():
        assert isinstance(on, date)
        there = found.setdefault((*key, month_of(on)), {})
        for name, figure in figures.items():
            there[name] = there.get(name, 0) + figure
    return {key: _something(figures) for key, figures in found.items()}


async def _kept(side: Side, span: str, sku_ids: Sequence[int]) -> Rows:
    columns = ", ".join((*side.keys, date_of(span), *side.figures))
    rows = await db.fetch(
        f"SELECT {columns} FROM {db.rows({'id': 'bigint'})} AS asked JOIN stock_level ON stock_level.sku_id = asked.id "
        f"JOIN {side.name}_{span} ON stock_level_id = stock_level.id",
        (db.json([sku_id] for sku_id in sku_ids),),
    )
    at = len(side.keys)
    return {
        (*row[:at], db.day(row[at])): _something(dict(zip(side.figures, row[at + 1 :], strict=True))) for row in rows
    }


def _level(key: Key) -> int:
    assert isinstance(key[0], int)
    return key[0]


def _in_order(key: Key) -> list[Any]:
    return [one or 0 for one in key]


async def _names(level_ids: set[int]) -> dict[int, str]:
    rows = await db.fetch(
        f"SELECT level.id, sku.code || ' @ ' || warehouse.code FROM {db.rows({'id': 'bigint'})} AS asked "
        "JOIN stock_level AS level ON level.id = asked.id JOIN sku ON sku.id = level.sku_id "
        "JOIN warehouse ON warehouse.id = level.warehouse_id",
        (db.json([level_id] for level_id in sorted(level_ids)),),
    )
    return dict(rows)


def _key(side: Side, names: Mapping[int, str], key: Key) -> str:
    *whose, on = key[1:]
    told = " ".join(f"{name} {one}" for name, one in zip(side.whose, whose, strict=True) if one)
    return f"{names[_level(key)]}, {told or 'nobody'}, {on}"


def _figures_told(side: Side, figures: Figures) -> str:
    kinds = side.figures
    return ", ".join(f"{name} {kinds[name](figures[name])}" for name in kinds if name in figures) or "nothing"
