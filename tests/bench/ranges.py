"""What lists are asked for between two values: days, moments, amounts and quantities, so that few rows answer."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.gql.schema.types import Field, ModelColumn, ObjectType
from jxc_graphql.kit import db
from tests.bench.probe import MATCHING, Probe

SHARES = (MATCHING, MATCHING / 10)
"""Of so many of the rows it holds, about."""
RANGED = {"Decimal", "Int", "Date", "DateTime"}
TIMES = {"Date", "DateTime"}
PAGES = (20, 50, 100)
"""Rows of a page that is asked for."""
OWNERS = ("warehouseId", "skuId", "supplierId", "customerId")
"""Whose rows of some days people look at."""


class Ends(NamedTuple):
    """Between which values of a column there are so many rows, as conditions of a list and of a statement."""

    told: dict[str, Any]
    holds: str
    values: list[Any]


async def ranges(field: Field, entity: ObjectType) -> AsyncIterator[Probe]:
    """Ranges in the middle, at the beginning and at the end of every filter that takes them, and those of an owner."""
    table = entity.table
    assert table is not None
    ((total,),) = await db.fetch(f'SELECT count(*) FROM "{table.name}"')
    for key, (_, column, target) in entity.listed.filters.items():
        if target is not None or column.leaf.graphql not in RANGED:
            continue
        for share in SHARES:
            for name, ends in await _found(table.name, column, int(total * share)):
                if await _count(table.name, ends) <= total * MATCHING:
                    where = {key: ends.told}
                    for page in PAGES if name == "between" else PAGES[:1]:
                        yield _probe(field, entity, f"{key} {name} {share:.1%}", where, page)
        if column.leaf.graphql in TIMES:
            for share in (*SHARES, 20 * MATCHING):
                async for one in _of_owners(field, entity, (key, column), total, share):
                    yield one


async def _of_owners(
    field: Field, entity: ObjectType, of: tuple[str, ModelColumn], total: int, share: float
) -> AsyncIterator[Probe]:
    """The rows of a warehouse, a SKU or a partner within some days."""
    table, (key, column) = entity.table, of
    assert table is not None
    middle = [ends for name, ends in await _found(table.name, column, int(total * share)) if name == "between"]
    for owner in OWNERS:
        if owner not in entity.listed.filters or not middle:
            continue
        _, by, target = entity.listed.filters[owner]
        assert target is not None
        most = await db.fetch(
            f'SELECT "{by.name}" FROM "{table.name}" WHERE "{by.name}" IS NOT NULL'
            f' GROUP BY "{by.name}" ORDER BY count(*) DESC, "{by.name}" LIMIT 1'
        )
        if not most:
            continue
        (ends,), owned = middle, most[0][0]
        both = Ends({}, f'{ends.holds} AND "{by.name}" = ?', [*ends.values, owned])
        if 0 < await _count(table.name, both) <= total * MATCHING:
            where = {owner: {"eq": global_id(target.name, owned)}, key: ends.told}
            yield _probe(field, entity, f"{owner} and {key} between {share:.1%}", where, PAGES[0])


async def _found(table: str, column: ModelColumn, count: int) -> list[tuple[str, Ends]]:
    """The middle, the first and the last so many rows by a column; nothing where equal ones cannot be parted."""
    name = f'"{column.name}"'
    ((total,),) = await db.fetch(f'SELECT count({name}) FROM "{table}"')
    if not 1 <= count < total / 2:
        return []
    begin, end = await _at(table, name, total // 2), await _at(table, name, total // 2 + count)
    low, high = await _at(table, name, count), await _at(table, name, total - count - 1)
    text = column.leaf.text or (lambda value: value)
    wished = {
        "between": ({"gte": text(begin), "lt": text(end)}, f"{name} >= ? AND {name} < ?", [begin, end]),
        "first": ({"lt": text(low)}, f"{name} < ?", [low]),
        "last": ({"gt": text(high)}, f"{name} > ?", [high]),
    }
    found = [(title, Ends(*one)) for title, one in wished.items()]
    return [(title, ends) for title, ends in found if await _count(table, ends)]


async def _at(table: str, name: str, place: int) -> Any:
    rows = await db.fetch(
        f'SELECT {name} FROM "{table}" WHERE {name} IS NOT NULL ORDER BY {name} LIMIT 1 OFFSET {place}'
    )
    return rows[0][0]


async def _count(table: str, ends: Ends) -> int:
    return int((await db.fetch(f'SELECT count(*) FROM "{table}" WHERE {ends.holds}', ends.values))[0][0])


def _probe(field: Field, entity: ObjectType, title: str, where: dict[str, Any], page: int) -> Probe:
    asked = f"{field.name}(where: $where, first: {page})"
    text = f"query($where: {entity.name}Where) {{ {asked} {{ nodes {{ __typename }} }} }}"
    return Probe(f"{field.name} where {title}, {page} of them", text, {"where": where})
