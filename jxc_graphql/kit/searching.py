"""Search texts that were made by an earlier rule are made anew, in batches, and on from where that was interrupted."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Awaitable, Callable, Collection, Iterable
from functools import partial
from types import ModuleType
from typing import ClassVar

import msgspec
from tortoise import BaseDBAsyncClient, fields
from tortoise.models import Model

from jxc_graphql.kit import db
from jxc_graphql.kit.spelling import RULE, search_text

BATCH = 500
"""Rows of one transaction."""
_LOCK = {"sqlite": "", "postgres": " FOR NO KEY UPDATE"}


class SearchIndex(Model):
    """By which rule the search texts of a table are made: of the rows up to `through`, or of all where that is null."""

    table_name = fields.CharField(max_length=40, primary_key=True)
    rule = fields.IntField()
    through = fields.BigIntField(null=True)

    class Meta:
        table = "search_index"


class SpeltModel(Model):
    """A table whose rows are found by some of their columns, which are spelt again whenever a row is saved."""

    found_by: ClassVar[tuple[str, ...]] = ("code", "name")
    search_text = fields.TextField(default="")

    class Meta:
        abstract = True

    async def save(
        self,
        using_db: BaseDBAsyncClient | None = None,
        update_fields: Iterable[str] | None = None,
        force_create: bool = False,
        force_update: bool = False,
    ) -> None:
        """Saves the row, and how what it is found by may be spelt."""
        changed = None if update_fields is None else {*update_fields}
        if changed is None or changed.intersection(self.found_by):
            self.search_text = search_text(*(getattr(self, name) for name in self.found_by))
            update_fields = None if changed is None else [*changed, "search_text"]
        await super().save(using_db, update_fields, force_create, force_update)


class Searched(msgspec.Struct, frozen=True):
    """A table with search texts, and what makes those of some of its rows anew."""

    table: str
    refresh: Callable[[Collection[int]], Awaitable[None]]


def by_columns(table: str, *columns: str) -> Searched:
    """A table whose search texts are made of its own columns."""
    return Searched(table, partial(_refresh, table, columns))


def by_themselves(modules: Iterable[ModuleType]) -> list[Searched]:
    """The tables of these modules that say themselves by what their rows are found."""
    found = [one for module in modules for one in vars(module).values() if one in SpeltModel.__subclasses__()]
    return [by_columns(one._meta.db_table, *one.found_by) for one in found]  # noqa: SLF001  (Tortoise keeps it there)


async def index_anew(searched: Iterable[Searched], batch: int = BATCH) -> int:
    """Makes all search texts by the present rule; gives how many rows were gone through."""
    return sum([await _of_table(one, batch) for one in searched])


async def _of_table(one: Searched, batch: int) -> int:
    rows, is_done = 0, False
    while not is_done:
        count, is_done = await _go_on(one, batch)
        rows += count
    return rows


@db.transactional
async def _go_on(one: Searched, batch: int) -> tuple[int, bool]:
    """One batch: how many rows it had, and whether nothing is left."""
    await db.hold(f"search index of {one.table}")
    known = await db.fetch("SELECT rule, through FROM search_index WHERE table_name = ?", (one.table,))
    rule, through = known[0] if known else (0, 0)
    if rule == RULE and through is None:
        return 0, True
    begin = through if rule == RULE else 0
    rows = await db.fetch(
        f'SELECT id FROM "{one.table}" WHERE id > ? ORDER BY id LIMIT {batch:d}{_LOCK[db.dialect()]}', (begin,)
    )
    ids = [row_id for (row_id,) in rows]
    if ids:
        await one.refresh(ids)
    end = ids[-1] if len(ids) == batch else None
    await db.execute(
        "INSERT INTO search_index (table_name, rule, through) VALUES (?, ?, ?) "
        "ON CONFLICT (table_name) DO UPDATE SET rule = excluded.rule, through = excluded.through",
        (one.table, RULE, end),
    )
    return len(ids), end is None


async def _refresh(table: str, columns: Collection[str], ids: Collection[int]) -> None:
    asked = f'{db.rows({"id": "bigint"})} AS asked JOIN "{table}" AS thing ON thing.id = asked.id'
    rows = await db.fetch(
        f"SELECT thing.id, {', '.join(f'thing.{column}' for column in columns)} FROM {asked}",
        (db.json((row_id,) for row_id in ids),),
    )
    await db.execute(
        f'UPDATE "{table}" AS thing SET search_text = found.words '
        f"FROM {db.rows({'id': 'bigint', 'words': 'text'})} AS found WHERE thing.id = found.id",
        (db.json((row_id, search_text(*texts)) for row_id, *texts in rows),),
    )
