"""Cost layers as rows; they are guarded by the lock of their stock level."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from jxc_graphql.books.goods.book import BookLevel
from jxc_graphql.books.goods.valuation import ON_THE_SHELVES, Layer, Pool, PoolKey
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import LIMIT, Money, Quantity
from jxc_graphql.masters.catalog.tracking import ValuationMethod

ALL = Quantity(LIMIT)
"""More than any level holds."""

_COLUMNS = "stock_level_id, consignment_id, id, origin_on, line_id, quantity, value"
_OF_LAYER = ", ".join(f"layer.{name}" for name in _COLUMNS.split(", "))

_BEHIND = "(one.origin_on, one.id) > (taken.origin_on, taken.id)"


def _oldest(of: str, where: str = "true") -> str:
    """The oldest layer of a pool in which there is something, as a select of its id."""
    return f"""(
        SELECT one.id FROM cost_layer AS one WHERE one.stock_level_id = {of}.stock_level_id
            AND one.consignment_id = {of}.consignment_id AND one.quantity > 0 AND {where}
        ORDER BY one.origin_on, one.id LIMIT 1)"""


async def pools(needed: Mapping[PoolKey, Quantity]) -> dict[PoolKey, Pool]:
    """The oldest layers of each pool, one after the other until they cover what is needed of it; 0 needs none."""
    found = {key: Pool([]) for key in needed}
    wanted = [(*key, quantity) for key, quantity in sorted(needed.items()) if quantity > 0]
    if not wanted:
        return found
    columns = {"stock_level_id": "bigint", "consignment_id": "bigint", "needed": "bigint"}
    rows = await db.fetch(
        f"""
        WITH RECURSIVE taken ({_COLUMNS}, needed) AS (
            SELECT {_OF_LAYER}, line.needed FROM {db.rows(columns)} AS line
            JOIN cost_layer AS layer ON layer.id = {_oldest("line")}
            UNION ALL SELECT {_OF_LAYER}, taken.needed - taken.quantity FROM taken
            JOIN cost_layer AS layer ON layer.id = {_oldest("taken", _BEHIND)}
            WHERE taken.needed > taken.quantity)
        SELECT {_COLUMNS} FROM taken ORDER BY origin_on, id""",
        (db.json(wanted),),
    )
    for stock_level_id, consignment_id, *row in rows:
        found[stock_level_id, consignment_id].layers.append(_layer(row))
    return found


async def of_lines(line_ids: Collection[int]) -> set[PoolKey]:
    """The pools in which there is something left of what the lines brought."""
    rows = await db.fetch(
        f"""
        SELECT DISTINCT stock_level_id, consignment_id FROM {db.rows({"line_id": "bigint"})} AS line
        JOIN cost_layer ON cost_layer.line_id = line.line_id AND quantity > 0""",
        (db.json((line_id,) for line_id in sorted(line_ids)),),
    )
    return {(stock_level_id, consignment_id) for stock_level_id, consignment_id in rows}


async def all_pools(level_ids: Collection[int]) -> dict[PoolKey, Pool]:
    """All layers of levels in which there is something, oldest first."""
    rows = await db.fetch(
        f"""
        SELECT stock_level_id, consignment_id, layer.id, origin_on, line_id, quantity, value
        FROM {db.rows({"id": "bigint"})} AS line
        JOIN cost_layer AS layer ON layer.stock_level_id = line.id AND layer.quantity > 0
        ORDER BY origin_on, layer.id""",
        (db.json((level_id,) for level_id in level_ids),),
    )
    found: dict[PoolKey, Pool] = {}
    for stock_level_id, consignment_id, *row in rows:
        found.setdefault((stock_level_id, consignment_id), Pool([])).layers.append(_layer(row))
    return found


def replace(pools: Mapping[PoolKey, Pool]) -> None:
    """Empties the layers of pools, and gives them new ones."""
    if not pools:
        return
    db.later(
        f"""
        UPDATE cost_layer SET quantity = 0, value = CASE WHEN value IS NULL THEN NULL ELSE 0 END
        FROM {db.rows({"stock_level_id": "bigint", "consignment_id": "bigint"})} AS line
        WHERE cost_layer.stock_level_id = line.stock_level_id AND cost_layer.consignment_id = line.consignment_id
            AND cost_layer.quantity > 0""",
        (db.json(pools),),
    )
    _add([(key, layer) for key, pool in pools.items() for layer in pool.layers if layer.quantity])


def adopt_methods(levels: Iterable[BookLevel], found: Mapping[PoolKey, Pool]) -> None:
    """Values levels as their products say from now on; their whole pools are at hand where that changes."""
    for level in levels:
        if level.valuation is not level.product_valuation:
            level.valuation = level.product_valuation
            pool = found[level.id, ON_THE_SHELVES]
            pool.revalue(level.value if level.valuation is ValuationMethod.FIFO else None)


def write(changed: Mapping[PoolKey, Pool]) -> None:
    """Writes back the layers that changed, and the new ones in the order in which they came."""
    layers = [(key, layer) for key, pool in changed.items() for layer in pool.layers if layer.changed]
    assert not any(pool.short for pool in changed.values())
    _lower([layer for _, layer in layers if layer.id is not None])
    _add([(key, layer) for key, layer in layers if layer.id is None])


def _layer(row: Sequence[Any]) -> Layer:
    layer_id, origin_on, line_id, quantity, value = row
    return Layer(
        id=layer_id,
        origin_on=db.day(origin_on),
        line_id=line_id,
        quantity=Quantity(quantity),
        value=None if value is None else Money(value),
    )


def _lower(layers: Collection[Layer]) -> None:
    if not layers:
        return
    db.later(
        f"""
        UPDATE cost_layer SET quantity = line.quantity, value = line.value
        FROM {db.rows({"id": "bigint", "quantity": "bigint", "value": "bigint"})} AS line
        WHERE cost_layer.id = line.id AND cost_layer.quantity >= line.quantity""",
        (db.json((layer.id, layer.quantity, layer.value) for layer in layers),),
        rows=len(layers),
    )


def _add(layers: Collection[tuple[PoolKey, Layer]]) -> None:
    if not layers:
        return
    columns = {
        "stock_level_id": "bigint", "consignment_id": "bigint", "origin_on": "date", "line_id": "bigint",
        "quantity": "bigint", "value": "bigint",
    }  # fmt: skip
    names = ", ".join(columns)
    db.later(
        f"""
        INSERT INTO cost_layer ({names}) SELECT {", ".join(f"line.{name}" for name in columns)}
        FROM {db.rows({"place_in_order": "bigint"} | columns)} AS line ORDER BY line.place_in_order""",
        (
            db.json(
                (index, *key, layer.origin_on, layer.line_id, layer.quantity, layer.value)
                for index, (key, layer) in enumerate(layers)
            ),
        ),
        apart=True,  # new rows
    )
