"""How many rows each list reads to show a page: by every filter, every sort, and a search; on both databases.

KEEP=folder keeps the filled databases for the next run, that of PostgreSQL on the server that JXC_TEST_POSTGRES names;
ONLY=skus|lots asks these lists alone.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jxc_graphql import schema
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.gql.schema.types import Field, ModelColumn, ObjectType, ToMany
from jxc_graphql.kit import db
from jxc_graphql.kit.settings import Settings
from tests.bench import filled, kept
from tests.bench.probe import LONG, MATCHING, Outcome, Probe, outcome
from tests.bench.ranges import ranges
from tests.bench.stage import MODELS
from tests.make.settings import taken_up

SKUS = int(os.environ.get("SKUS", "100000"))
DEADLINE = 3_600
"""Seconds of a statement: what is asked to find probes looks through whole tables."""
LARGE = 1_000
"""Of a table with fewer rows all may be read."""


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


async def outcomes(
    url: str, wanted: Callable[[Probe], bool] = lambda _: True, *, of: str = ".*", with_ranges: bool = False
) -> list[Outcome]:
    """All probes of all lists over the connected database; `of`: a pattern for the names of lists."""
    executor = schema.executor(introspection=False)
    found = []
    for field, entity in lists():
        assert entity.table is not None
        if entity.table.name in filled.LEFT or not re.fullmatch(of, field.name):
            continue
        if (await db.fetch(f'SELECT count(*) FROM "{entity.table.name}"'))[0][0] < LARGE:
            continue
        asked = await probes(field, entity)
        if with_ranges:
            asked += [one async for one in ranges(field, entity)]
        found += [await outcome(executor, one, url) for one in asked if wanted(one)]
    return found


def rows_read(only: str | None = None) -> None:
    """Rows read by every filter, sort and search of every list, over SKUS=100000 and twenty movements of each."""

    async def measure(of: kept.Kept) -> list[Outcome]:
        name, url = of.kind, of.url
        async with db.open(Settings(database_url=url, deadline=DEADLINE), MODELS):
            await taken_up()
            filler = filled.Filler(url, SKUS, tables())
            if not of.is_filled:
                await filler.fill()
                of.tell()
            await db.look_at_sizes()
            print(f"{name}: {sum(filler.rows.values()):,} rows", flush=True)
            found = await outcomes(url, of=os.environ.get("ONLY", ".*"), with_ranges=True)
            bad = [one for one in found if not one.is_good]
            print(f"{name}: {len(found)} probes, {len(bad)} read more than 20 rows for each that they return + 1,000")
            for one in sorted(bad, key=lambda each: -each.ratio):
                print(f"  {one}")
            return found

    folder = os.environ.get("KEEP")
    with kept.databases(f"lists_{SKUS}", Path(folder) if folder else None, only) as databases:
        found = {one.kind: asyncio.run(measure(one)) for one in databases}
    print("\n".join(table(found)))


def table(found: Mapping[str, Sequence[Outcome]]) -> Iterator[str]:
    """By list and database: probes, those over the bound and over LONG, the most that one read, and of the texts."""
    yield "| list | database | probes | over | worst of bound | it read | by | texts read | over 50 ms | slowest |"
    yield "|---|---|---:|---:|---:|---|---|---:|---:|---:|"
    lists = sorted({(one.probe.of, name) for name, some in found.items() for one in some})
    for of, name in [*lists, *(("", name) for name in found)]:
        yield _line(of, name, [one for one in found[name] if of in {"", one.probe.of}])


def _line(of: str, name: str, some: Sequence[Outcome]) -> str:
    worst, slowest = max(some, key=lambda one: one.ratio), max(one.milliseconds for one in some)
    texts = [one.read for one in some if " search " in one.probe.name or " contains" in one.probe.name]
    cells = [
        of or "**all**", name, len(some), sum(not one.is_good for one in some), f"{worst.ratio:.2f}",
        f"{worst.read:,} for {worst.returned}", worst.probe.name.removeprefix(f"{worst.probe.of} ") or "–",
        f"{max(texts):,}" if texts else "–", sum(one.milliseconds > LONG for one in some), f"{slowest:.0f} ms",
    ]  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"
