"""What goods cost that go back: their line, in whatever warehouse it is by now.

A line costs what it brought, and what was charged on it since, less what went back already. A line with which goods
left costs what came back of it, less what left again.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Iterator, Mapping, Sequence

from jxc_graphql.books.goods.rules import SHELVES, Move
from jxc_graphql.books.goods.valuation import LineCost
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.warehouses.places import VirtualPlace
from jxc_graphql.masters.warehouses.queries import KnownPlace

_COSTS = f"""
    SELECT line.line_id, quantity, value
    FROM {{lines}} JOIN stock_movement AS came ON came.line_id = line.line_id
    JOIN place ON place.id = came.from_place_id AND (place.warehouse_id IS NULL OR place.kind = 'CONSIGNED')
    UNION ALL SELECT line.line_id, 0, value + in_transit_value + lent_value + sold_value
    FROM {{lines}} JOIN stock_revaluation AS charged ON charged.line_id = line.line_id
    UNION ALL SELECT line.line_id, -quantity, -value
    FROM {{lines}} JOIN stock_movement AS back ON back.of_line_id = line.line_id
        AND back.to_place_id = {VirtualPlace.SUPPLIER:d}
    UNION ALL SELECT line.line_id, quantity, value
    FROM {{lines}} JOIN stock_movement AS again ON again.of_line_id = line.line_id
        AND again.from_place_id = {VirtualPlace.SUPPLIER:d}
    UNION ALL SELECT line.line_id, CASE from_place_id WHEN {VirtualPlace.CUSTOMER:d} THEN quantity ELSE -quantity END,
        CASE from_place_id WHEN {VirtualPlace.CUSTOMER:d} THEN value ELSE -value END
    FROM {{lines}} JOIN stock_movement AS returned ON returned.of_line_id = line.line_id
        AND {VirtualPlace.CUSTOMER:d} IN (from_place_id, to_place_id)
    WHERE EXISTS (SELECT 1 FROM stock_movement AS sent
        WHERE sent.line_id = line.line_id AND sent.to_place_id = {VirtualPlace.CUSTOMER:d})"""


def of_lines(moves: Sequence[Move], known: Mapping[int, KnownPlace]) -> Iterator[Move]:
    """The moves with which goods of a line leave our shelves."""
    return (move for move in moves if move.of_line_id is not None and known[move.from_place_id].kind in SHELVES)


async def costs(moves: Sequence[Move], known: Mapping[int, KnownPlace]) -> dict[int, LineCost]:
    """What lines cost of which goods leave our shelves; the levels of these are locked."""
    line_ids = {move.of_line_id for move in of_lines(moves, known)}
    if not line_ids:
        return {}
    asked = "asked AS line"
    rows = await db.fetch(
        f"""
        WITH asked AS (SELECT * FROM {db.rows({"line_id": "bigint"})} AS line)
        SELECT line_id, CAST(SUM(quantity) AS BIGINT), CAST(SUM(value) AS BIGINT)
        FROM ({_COSTS.format(lines=asked)}) AS told GROUP BY line_id""",
        (db.json(sorted([line_id] for line_id in line_ids)),),
    )
    return {line_id: LineCost(Quantity(quantity), Money(value)) for line_id, quantity, value in rows}
