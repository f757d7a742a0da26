"""Statements of a plan, sent as plain tuples and shaped: rows by id, rows by parent, pages, figures, batches."""

# ruff: noqa: S608  (statements are made of our own table and column names; every value is a parameter)

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jxc_graphql.gql.plan.level import Level
from jxc_graphql.gql.plan.page import Page, read_page
from jxc_graphql.gql.plan.running import Run
from jxc_graphql.gql.plan.sql import Sql, beyond, both, ordered, quoted
from jxc_graphql.gql.schema.types import ModelColumn, ToMany
from jxc_graphql.kit import db


async def fetch(*pieces: Sql) -> list[tuple[Any, ...]]:
    """The rows of a statement put together from pieces."""
    return await db.fetch(
        "".join(piece.text for piece in pieces), [value for piece in pieces for value in piece.params]
    )


def where(*conditions: Sql) -> Sql:
    """WHERE with all the conditions that say something."""
    found = both(conditions)
    return Sql(f" WHERE {found.text}", found.params) if found.text else found


@dataclasses.dataclass(frozen=True)
class ByIds:
    """The rows with these ids; those that the caller may not see are missing."""

    level: Level

    async def load(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """The shaped rows by id."""
        level, table = self.level, self.level.root.table
        if not keys:
            return {}
        named = run.dialect.one_of(f"t0.{quoted(table.key)}", keys)
        rows = await fetch(
            Sql(f"SELECT {level.select()} FROM {quoted(table.name)} t0"),
            level.joins(run),
            where(named, level.scope(run)),
        )
        (shaped,) = await level.shape(run, rows)
        return {row[0]: one for row, one in zip(rows, shaped, strict=True)}


@dataclasses.dataclass(frozen=True)
class ByIdsOfAny:
    """The rows with these ids, whichever of several tables they are in: an id is of one row in all of them."""

    members: Sequence[ByIds]

    async def load(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """The shaped rows by id."""
        found: dict[Any, Any] = {}
        for rows in self.members:
            found |= await rows.load(run, [key for key in keys if key not in found])
        return found


@dataclasses.dataclass(frozen=True)
class OfKind:
    """Rows by the kinds and ids that a register tells: those of one kind, and no statement where there are none."""

    kind: str
    rows: ByIds

    async def load(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """The shaped rows by id."""
        return await self.rows.load(run, [key for kind, key in keys if kind == self.kind])


async def rows_by_id(run: Run, rows: ByIds | ByIdsOfAny, values: Sequence[Any], *, many: bool) -> list[Any]:
    """The shaped row of each id, None where there is none in sight; of lists of ids, lists of those in sight."""
    if many:
        found = await rows.load(run, list(dict.fromkeys(key for keys in values for key in keys or ())))
        return [None if keys is None else [found[key] for key in keys if key in found] for keys in values]
    found = await rows.load(run, list(dict.fromkeys(key for key in values if key is not None)))
    return [found.get(key) for key in values]


def tried(run: Run, write: Callable[[Any], Any], value: Any) -> Any:
    """What a function makes of a value, or the error in its place."""
    try:
        return write(value)
    except Exception as error:  # noqa: BLE001  (it becomes the error of one field)
        return run.fail(error)


@dataclasses.dataclass(frozen=True)
class Children:
    """All rows that point to each of the parents."""

    level: Level
    source: ToMany
    group: int
    """Where in a row its parent stands."""

    async def load(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """The shaped rows in a list per parent."""
        assert self.source.by is not None
        level, by = self.level, f"t0.{quoted(self.source.by.name)}"
        key = level.entity.table.columns[level.entity.table.key] if level.entity.table else self.source.by
        order = ordered(run.dialect, [(self.source.by, False), *self.source.order, (key, False)])
        rows = await fetch(
            Sql(f"SELECT {level.select()} FROM {quoted(level.root.table.name)} t0"),
            level.joins(run),
            where(run.dialect.one_of(by, keys), level.scope(run)),
            Sql(f" ORDER BY {order}"),
        )
        (shaped,) = await level.shape(run, rows)
        groups: dict[Any, list[Any]] = {one: [] for one in keys}
        group = self.group
        for row, one in zip(rows, shaped, strict=True):
            groups[row[group]].append(one)
        return groups


@dataclasses.dataclass(frozen=True)
class Batch:
    """The values of an asynchronous function of the level's rows."""

    function: Callable[..., Any]
    readers: tuple[Callable[[Any], Any] | None, ...]
    """From a raw column to Python, for each column of the key."""
    finish: Callable[[Run, list[Any]], Any]
    """From the function's values to shaped ones, in the same order."""

    async def load(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """The shaped values by raw key."""
        try:
            values = list(await self.function(run.call, [self._read(key) for key in keys]))
            assert len(values) == len(keys), "a batched function gives one value per key"
            shaped = await self.finish(run, values)
        except Exception as error:  # noqa: BLE001  (it becomes the error of the field)
            run.fail(error)
            return dict.fromkeys(keys, error)
        return dict(zip(keys, shaped, strict=True))

    def _read(self, key: Any) -> Any:
        if len(self.readers) == 1:
            return read_raw(self.readers[0], key)
        return tuple(read_raw(reader, one) for reader, one in zip(self.readers, key, strict=True))


def read_raw(reader: Callable[[Any], Any] | None, raw: Any) -> Any:
    """A raw column value as Python sees it."""
    return raw if raw is None or reader is None else reader(raw)


@dataclasses.dataclass
class Figures:
    """What is counted and added up over a whole list."""

    columns: dict[str, ModelColumn] = dataclasses.field(default_factory=dict)

    def select(self) -> str:
        """count(*), and for each column its sum, count, least and greatest value."""
        parts = ["count(*)"]
        for column in self.columns.values():
            name = f"t0.{quoted(column.name)}"
            parts += [f"sum({name})", f"count({name})", f"min({name})", f"max({name})"]
        return ", ".join(parts)


Span = tuple[bool, bool]
"""Whether there is something before a page, and after it."""


@dataclasses.dataclass
class Paged:
    """A page of a list, or of each parent's list."""

    level: Level
    source: ToMany
    arguments: Callable[[Run], Mapping[str, Any]]
    group: int = 0
    wants_rows: bool = False
    wants_keys: bool = False
    wants_previous: bool = False
    wants_next: bool = False
    figures: Figures | None = None
    assemble: Callable[..., Any] = dict

    async def load_root(self, run: Run) -> Any:
        """The connection of a list that has no parents."""
        return (await self.load(run, (None,)))[None]

    async def load(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """The shaped connection of each parent."""
        try:
            page = read_page(run.dialect, self.level.entity, self.source, self.arguments(run), run.call)
        except Exception as error:  # noqa: BLE001  (it becomes the error of the field)
            run.fail(error)
            return dict.fromkeys(keys, error)
        condition = both([self._listed(run, keys), self.level.scope(run), page.condition])
        rows: list[tuple[Any, ...]] = []
        if self.wants_rows:
            rows = await self._rows(run, page, condition, keys)
        slices = self._slices(rows, page, keys)
        kept = [row for some, _ in slices.values() for row in some]
        shaped = await self.level.shape(run, kept)
        figures = await self._figures(condition) if self.figures else {}
        spans = await self._spans(run, page, condition, slices)
        done, found = 0, {}
        width = len(self.level.columns)
        for key, (some, _) in slices.items():
            mine = [one[done : done + len(some)] for one in shaped]
            done += len(some)
            cursors = [page.cursor(row[width:]) for row in some] if self.wants_keys else ()
            found[key] = self.assemble(run.fail, mine, cursors, spans.get(key), figures.get(key))
        return found

    def _listed(self, run: Run, keys: Sequence[Any]) -> Sql:
        """The rows of the parents' lists, whoever asks."""
        kept = Sql("" if self.source.only is None else f"t0.{quoted(self.source.only.name)} IS NOT NULL")
        if self.source.by is None:
            return kept
        column = f"t0.{quoted(self.source.by.name)}"
        own = Sql(f"{column} = ?", (keys[0],)) if len(keys) == 1 else run.dialect.one_of(column, keys)
        return both([own, kept])

    async def _rows(self, run: Run, page: Page, condition: Sql, keys: Sequence[Any]) -> list[tuple[Any, ...]]:
        level, table = self.level, self.level.root.table
        start = Sql("") if page.start is None else beyond(run.dialect, page.order, page.start)
        stop = Sql("")
        if page.stop is not None:
            turned = tuple((column, not descending) for column, descending in page.order)
            stop = beyond(run.dialect, turned, page.stop)
        select = level.select()
        if self.wants_keys:
            select += "".join(f", t0.{quoted(column.name)}" for column, _ in page.order)
        order, chosen = ordered(run.dialect, page.order), where(condition, start, stop)
        if len(keys) == 1:
            return await fetch(
                Sql(f"SELECT {select} FROM {quoted(table.name)} t0"),
                level.joins(run),
                chosen,
                Sql(f" ORDER BY {order} LIMIT {page.size + 1}"),
            )
        assert self.source.by is not None
        by, key = f"t0.{quoted(self.source.by.name)}", quoted(table.key)
        return await fetch(
            Sql(
                f"SELECT {select} FROM"
                f" (SELECT t0.{key} AS k, ROW_NUMBER() OVER (PARTITION BY {by} ORDER BY {order}) AS n"
                f" FROM {quoted(table.name)} t0{chosen.text}) page JOIN {quoted(table.name)} t0 ON t0.{key} = page.k",
                chosen.params,
            ),
            level.joins(run),
            Sql(f" WHERE page.n <= {page.size + 1} ORDER BY {by}, page.n"),
        )

    def _slices(
        self, rows: Sequence[tuple[Any, ...]], page: Page, keys: Sequence[Any]
    ) -> dict[Any, tuple[list[tuple[Any, ...]], bool]]:
        """Each parent's rows, in the list's order, and whether there are more in the direction of reading."""
        groups: dict[Any, list[tuple[Any, ...]]] = {key: [] for key in keys}
        if len(keys) == 1:
            groups[keys[0]] = list(rows)
        else:
            for row in rows:
                groups[row[self.group]].append(row)
        step = -1 if page.backwards else 1
        return {key: (some[: page.size][::step], len(some) > page.size) for key, some in groups.items()}

    async def _figures(self, condition: Sql) -> dict[Any, tuple[Any, ...]]:
        assert self.figures is not None
        table, chosen = quoted(self.level.root.table.name), where(condition)
        if self.source.by is None:
            (row,) = await fetch(Sql(f"SELECT {self.figures.select()} FROM {table} t0"), chosen)
            return {None: row}
        by = f"t0.{quoted(self.source.by.name)}"
        rows = await fetch(Sql(f"SELECT {by}, {self.figures.select()} FROM {table} t0"), chosen, Sql(f" GROUP BY {by}"))
        return {row[0]: row[1:] for row in rows}

    async def _spans(
        self, run: Run, page: Page, condition: Sql, slices: Mapping[Any, tuple[list[tuple[Any, ...]], bool]]
    ) -> dict[Any, Span]:
        """What lies before and after each page; asks again only where a cursor cut something off."""
        behind: set[Any] = set()
        ahead: set[Any] = set()
        wants_behind, wants_ahead = self.wants_previous, self.wants_next
        if page.backwards:
            wants_behind, wants_ahead = wants_ahead, wants_behind
        if wants_behind and page.start is not None:
            behind = await self._outside(beyond(run.dialect, page.order, page.start), condition)
        if wants_ahead and page.stop is not None:
            turned = tuple((column, not descending) for column, descending in page.order)
            ahead = await self._outside(beyond(run.dialect, turned, page.stop), condition)
        found = {}
        for key, (_, more) in slices.items():
            span = key in behind, more or key in ahead
            found[key] = span[::-1] if page.backwards else span
        return found

    async def _outside(self, inside: Sql, condition: Sql) -> set[Any]:
        """The parents that have rows on the other side of a cursor."""
        table = quoted(self.level.root.table.name)
        chosen = where(condition, Sql(f"({inside.text}) IS NOT TRUE", inside.params))
        if self.source.by is None:
            return {None for _ in await fetch(Sql(f"SELECT 1 FROM {table} t0"), chosen, Sql(" LIMIT 1"))}
        by = f"t0.{quoted(self.source.by.name)}"
        return {key for (key,) in await fetch(Sql(f"SELECT DISTINCT {by} FROM {table} t0"), chosen)}
