"""Refusals: why something was refused, and that nothing of it is in the database, whatever tables there are."""

from collections.abc import Awaitable
from functools import cache

import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.errors import Path, Reason, Rejected

NO_BUSINESS = {"id_node"}
"""Says which process makes which ids, whatever happens."""
Columns = tuple[tuple[str, tuple[str, ...]], ...]


async def everything() -> dict[str, list[str]]:
    """Every row of every table of the models, as text, by table."""
    apps = current().context.apps
    assert apps
    of_models = [model._meta for model in apps.get_models_iterable()]  # noqa: SLF001
    columns = {of.db_table: tuple(sorted(of.db_fields)) for of in of_models if of.db_table not in NO_BUSINESS}
    used = {*columns} if db.dialect() == "sqlite" else await _used()
    found: dict[str, list[str]] = {}
    for table, row in await db.fetch(
        _all_rows(db.dialect(), tuple(sorted((name, columns[name]) for name in columns.keys() & used)))
    ):
        found.setdefault(table, []).append(row)
    return {table: sorted(rows) for table, rows in found.items()}


async def _used() -> set[str]:
    """The tables of PostgreSQL that hold anything, of which there are few: each takes a new connection a while."""
    rows = await db.fetch("SELECT relname FROM pg_class WHERE relkind = 'r' AND pg_relation_size(oid) > 0")
    return {name for (name,) in rows}


@cache
def _all_rows(dialect: str, tables: Columns) -> str:
    def row(columns: tuple[str, ...]) -> str:
        if dialect == "postgres":
            return "one::text"
        return " || ',' || ".join(f'quote("{column}")' for column in columns)

    return " UNION ALL ".join(f"SELECT '{name}', {row(columns)} FROM \"{name}\" AS one" for name, columns in tables)


async def refusal(work: Awaitable[object]) -> list[Reason]:
    """Why something was refused; nothing of it is in the database."""
    before = await everything()
    with pytest.raises(Rejected) as refused:
        await work
    assert await everything() == before
    return list(refused.value.reasons)


async def codes(work: Awaitable[object]) -> list[tuple[str, Path]]:
    """The codes and paths of a refusal that wrote nothing."""
    return [(reason.code, reason.path) for reason in await refusal(work)]
