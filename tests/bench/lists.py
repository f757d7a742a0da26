"""How many rows each list reads to show a page: by every filter, every sort, and a search; on both databases."""

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from jxc_graphql import schema
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.gql.schema.types import Field, ModelColumn, ObjectType, ToMany
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth.permissions import Permission
from tests.bench import filled
from tests.bench.stage import connected, fresh_databases

SKUS = int(os.environ.get("SKUS", "100000"))
STEPS = 5
"""Steps that reading a row takes SQLite's machine at least: to the next one, a column of it, a comparison, a jump."""
LARGE = 1_000
"""Of a table with fewer rows all may be read."""
MATCHING = 0.01
ADMIN = Call(actor_id=1, permissions=frozenset(Permission))


class Probe(msgspec.Struct, frozen=True):
    """One way to ask a list, and how many rows answer it in all."""

    name: str
    text: str
    variables: dict[str, Any] = {}


class Outcome(msgspec.Struct, frozen=True):
    """What a probe read, and what it returned."""

    probe: Probe
    read: int
    returned: int

    @property
    def is_good(self) -> bool:
        """Whether it is within the bound."""
        return self.read <= 20 * self.returned + 1_000

    def __str__(self) -> str:
        return f"{self.probe.name:60} {self.read:9,} rows read for {self.returned}"


def lists() -> Iterator[tuple[Field, ObjectType]]:
    """The lists of the schema that begin nowhere."""
    for field in schema.schema().types.query.fields.values():
        if isinstance(field.source, ToMany):
            assert isinstance(field.type.of, ObjectType)
            assert field.type.of.node is not None
            yield field, field.type.of.node


def tables() -> set[str]:
    """Those that lists are of, and those that these lead to."""
    return {one.table.name for one in schema.schema().types.objects.values() if one.table is not None}


async def probes(field: Field, entity: ObjectType) -> list[Probe]:
    """Every filter with a value that few rows have, every sort both ways, the second page, and a search."""
    assert entity.table is not None
    name = field.name
    found = [Probe(f"{name}", f"{{ {name} {{ nodes {{ id }} }} }}")]
    for order in entity.listed.orders:
        for way in ("ASC", "DESC"):
            told = f"orderBy: [{{ field: {order}, direction: {way} }}]"
            found.append(Probe(f"{name} by {order} {way}", f"{{ {name}({told}) {{ nodes {{ __typename }} }} }}"))
    where = f"query($where: {entity.name}Where) {{ {name}(where: $where) {{ nodes {{ __typename }} }} }}"
    for key, (_, column, target) in entity.listed.filters.items():
        for operator, value in await _values(entity, column, target):
            found.append(Probe(f"{name} where {key} {operator}", where, {"where": {key: {operator: value}}}))
    for key, edge in entity.listed.edges.items():
        inner = edge.target.listed.filters
        for named in [one for one in ("code", "number") if one in inner][:1]:
            values = await _values(edge.target, inner[named].column, None)
            found += [
                Probe(f"{name} where {key} {named} {operator}", where, {"where": {key: {named: {operator: value}}}})
                for operator, value in values
                if operator == "eq"
            ]
    if "search" in field.arguments:
        text = f"query($word: String!) {{ {name}(search: $word) {{ nodes {{ __typename }} }} }}"
        found += [Probe(f"{name} search {word} of {one}", text, {"word": word}) async for one, word in _words(entity)]
    return found


async def _words(entity: ObjectType) -> AsyncIterator[tuple[str, str]]:
    """Two Chinese characters that a name has, of everything by which it is looked for that there are not few of."""
    targets = [entity, *(way[-1].target for way in entity.listed.search)]
    for name in dict.fromkeys(one.table.name for one in targets if one.table and one.table.search == "search_text"):
        rows = await db.fetch(f'SELECT search_text FROM "{name}" WHERE id > {filled.APART} LIMIT 1')
        ((total,),) = await db.fetch(f'SELECT count(*) FROM "{name}"')
        if rows and total * MATCHING >= 1:
            yield name, str(rows[0][0]).split()[-1][1:3]


async def _values(entity: ObjectType, column: ModelColumn, target: ObjectType | None) -> list[tuple[str, Any]]:
    """Operators with values that one row in a hundred has at most, where there is such a one."""
    table = entity.table
    assert table is not None
    name = f'"{column.name}"'
    total = (await db.fetch(f'SELECT count(*) FROM "{table.name}"'))[0][0]
    rare = await db.fetch(
        f'SELECT {name}, count(*) FROM "{table.name}" WHERE {name} IS NOT NULL AND "{table.key}" > {filled.APART} '
        f"GROUP BY {name} ORDER BY count(*), {name} DESC LIMIT 1"
    )
    if not rare or rare[0][1] > max(total * MATCHING, 1):
        return []
    value = rare[0][0]
    if target is not None:
        kinds = [one.name for one in target.members]
        return [("eq", global_id(kinds[0], value))] if len(kinds) == 1 else []
    leaf = column.leaf
    said: Any = bool(value) if leaf.type is bool else leaf.text(value) if leaf.text else value
    found: list[tuple[str, Any]] = [("eq", said)]
    if leaf.graphql == "String" and leaf.enum is None and value:
        found += [
            ("startsWith", said),
            *([("contains", said[-3:])] if entity.spells(column) and column.name in _TEXTS else []),
        ]
    if leaf.graphql in {"Decimal", "Int", "Date", "DateTime"}:
        most = (await db.fetch(f'SELECT max({name}) FROM "{table.name}"'))[0][0]
        found.append(("gte", leaf.text(most) if leaf.text else most))
    return found


_TEXTS = {"name", "note", "description"}


async def outcomes(url: str, wanted: Callable[[Probe], bool] = lambda _: True) -> list[Outcome]:
    """All probes of all lists over the connected database."""
    executor = schema.executor(introspection=False)
    found = []
    for field, entity in lists():
        assert entity.table is not None
        if (await db.fetch(f'SELECT count(*) FROM "{entity.table.name}"'))[0][0] < LARGE:
            continue
        found += [await outcome(executor, one, url) for one in await probes(field, entity) if wanted(one)]
    return found


async def outcome(executor: Executor, probe: Probe, url: str) -> Outcome:
    """What one probe reads and returns."""
    sent: list[tuple[str, list[Any]]] = []
    fetch = db.fetch

    async def noted(text: str, values: Any = ()) -> Any:
        sent.append((text, list(values)))
        return await fetch(text, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "fetch", noted)
        answer = await executor.run(executor.prepare(probe.text), probe.variables, ADMIN)
    told = json.loads(answer.encode("r"))
    assert "errors" not in told, (probe, told)
    (page,) = told["data"].values()
    read = sum([await _read(text, values, url) for text, values in sent])
    return Outcome(probe, read, len(page["nodes"]))


async def _read(text: str, values: list[Any], url: str) -> int:
    if db.dialect() == "postgres":
        rows = await db.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {text}", values)
        plan = rows[0][0]
        return _of_plan((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    connection = sqlite3.connect(urlsplit(url).path)
    ticks = 0

    def tick() -> int:
        nonlocal ticks
        ticks += 1
        return 0

    connection.execute("SELECT count(*) FROM sqlite_master")  # reads what tables there are, which a server knows
    connection.set_progress_handler(tick, STEPS)
    connection.execute(text, values).fetchall()
    connection.close()
    return ticks


def _of_plan(plan: dict[str, Any]) -> int:
    """Rows that scans looked at, those that they let go included."""
    below = sum(_of_plan(one) for one in plan.get("Plans", ()))
    if "Scan" not in plan["Node Type"] or plan["Node Type"] in {"Subquery Scan", "CTE Scan", "Function Scan"}:
        return below
    gone = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
    return below + int((plan["Actual Rows"] + gone) * plan["Actual Loops"])


def rows_read(only: str | None = None) -> None:
    """Rows read by every filter, sort and search of every list, over SKUS=100000 and twenty movements of each."""

    async def measure(name: str, url: str) -> None:
        async with connected(url):
            rows = await filled.fill(url, SKUS, tables())
            print(f"{name}: {sum(rows.values()):,} rows", flush=True)
            found = await outcomes(url)
            bad = [one for one in found if not one.is_good]
            print(f"{name}: {len(found)} probes, {len(bad)} read more than 20 rows for each that they return + 1,000")
            for one in sorted(bad, key=lambda each: -each.read):
                print(f"  {one}")

    with fresh_databases(only) as databases:
        for name, url in databases:
            asyncio.run(measure(name, url))
