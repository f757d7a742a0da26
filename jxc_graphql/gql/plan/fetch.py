"""Statements of a plan, sent as plain tuples and shaped: rows by id, rows by parent, batches."""

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from jxc_graphql.gql.plan.level import Level, Slot, indented, plural
from jxc_graphql.gql.plan.rows import Write
from jxc_graphql.gql.plan.running import Run
from jxc_graphql.gql.plan.sql import NOTHING, Asked, Sql, ordered, own, put, quoted, where
from jxc_graphql.gql.plan.work import LISTED
from jxc_graphql.gql.schema.types import ToMany
from jxc_graphql.kit import db

KEY = Slot(0)
"""Where in a row of an entity its id stands."""


class RowsAtOnce:
    """What gives the rows of a level, and with them all that can be asked without them."""

    def __init__(self, level: Level, condition: Sql, order: Sql = NOTHING) -> None:
        self.statement = put(level.rows, condition, order)
        self._level = level
        select, table, columns = "SELECT DISTINCT {} AS id FROM {} t0", quoted(level.root.table.name), [*level.columns]
        self._beside: dict[int, tuple[Slot, Batch, Sql]] = {
            index: (slot, extra, put(Sql(select.format(columns[slot], table)), level.joins, condition))
            for index, ((slot, *_), extra) in enumerate(level.extras)
            if level.sight.dialect.reads_together and isinstance(extra, Batch) and extra.beside
        }
        """The batches that are asked for beside, each with the column of its ids, and what gives these."""

    async def load(
        self, run: Run, keys: Sequence[Any], known: Collection[int] = ()
    ) -> tuple[Sequence[tuple[Any, ...]], dict[int, Mapping[Any, Any]]]:
        """The rows, and what their extras give, all but those that are known already."""
        asked = {index: db.Ids(ids.text, run.filled(ids, keys)) for index, (_, _, ids) in self._beside.items()}

        async def read() -> Sequence[tuple[Any, ...]]:
            rows = await run.fetch(self.statement, keys)
            for index, ids in asked.items():
                slot, *_ = self._beside[index]
                ids.are(list(dict.fromkeys([row[slot] for row in rows if row[slot] is not None])))
            return rows

        beside = (self._beside[index][1].load(run, ids) for index, ids in asked.items())
        rows, *found = await db.together(read(), *beside)
        below = await self._level.below(run, rows, {*known, *asked})
        return rows, dict(zip(asked, found, strict=True)) | below


class ByIds:
    """The rows with these ids; those that the caller may not see are missing."""

    def __init__(self, level: Level) -> None:
        self.level = level
        named = Sql(level.sight.dialect.one_of(f"t0.{quoted(level.root.table.key)}"), (Asked.KEYS,))
        self._reading = RowsAtOnce(level, where(named, level.seen))
        self._children: dict[int, Children] = {
            index: extra
            for index, (slots, extra) in enumerate(level.extras)
            if slots == (KEY,) and isinstance(extra, Children)
        }
        """What hangs on the ids alone, and is fetched together with the rows."""

    @property
    def is_alone(self) -> bool:
        """Whether it is one statement."""
        together = self.level.sight.dialect.reads_together and all(one.is_last for one in self._children.values())
        return self.level.is_last or (together and len(self._children) == len(self.level.extras))

    def work(self, run: Run, rows: float) -> float:
        """How much is looked through below them."""
        return self.level.work(run, rows)

    async def load(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """The shaped rows by id."""
        if not keys:
            return {}
        below = [one.load(run, keys) for one in self._children.values()]
        (rows, extras), *found = await db.together(self._reading.load(run, keys, self._children), *below)
        (shaped,) = self.level.shaped(run, rows, extras | dict(zip(self._children, found, strict=True)))
        return {row[KEY]: one for row, one in zip(rows, shaped, strict=True)}

    def explain(self, run: Run) -> Iterator[str]:
        """The level and its statement."""
        yield from self.level.explain(run, "by ids", {"rows": self._reading.statement})


@dataclasses.dataclass(frozen=True)
class ByIdsOfAny:
    """The rows with these ids, whichever of several tables they are in: an id is of one row in all of them."""

    members: Sequence[ByIds]
    is_alone = False

    def work(self, run: Run, rows: float) -> float:
        """As if all were in each of them."""
        return sum(one.work(run, rows) for one in self.members)

    async def load(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """The shaped rows by id."""
        found: dict[Any, Any] = {}
        for rows in self.members:
            found |= await rows.load(run, [key for key in keys if key not in found])
        return found

    def explain(self, run: Run) -> Iterator[str]:
        """Each member's level, in the order in which they are asked."""
        yield f"one after the other of {len(self.members)} tables, until all are found"
        for rows in self.members:
            yield from rows.explain(run)


class Children:
    """All rows that point to each of the parents."""

    def __init__(self, level: Level, source: ToMany, group: Slot) -> None:
        """`group`: where in a row its parent stands."""
        assert source.by is not None
        self._level = level
        self._group = group
        dialect, table = level.sight.dialect, level.root.table
        by = Sql(dialect.one_of(f"t0.{quoted(source.by.name)}"), (Asked.KEYS,))
        keys = [(source.by, False), *source.order, (table.columns[table.key], False)]
        order = ordered(dialect, [(own(one), down) for one, down in keys])
        self._reading = RowsAtOnce(level, where(by, level.seen), Sql(f" ORDER BY {order}"))

    def work(self, run: Run, rows: float) -> float:
        """How much is looked through below them."""
        return self._level.work(run, rows * LISTED)

    @property
    def is_last(self) -> bool:
        """Whether nothing more is fetched for them."""
        return self._level.is_last

    async def load(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """The shaped rows in a list per parent."""
        rows, extras = await self._reading.load(run, keys)
        (shaped,) = self._level.shaped(run, rows, extras)
        groups: dict[Any, list[Any]] = {one: [] for one in keys}
        group = self._group
        for row, one in zip(rows, shaped, strict=True):
            groups[row[group]].append(one)
        return groups

    def explain(self, run: Run) -> Iterator[str]:
        """The level and its statement."""
        yield from self._level.explain(
            run, f"all of each parent, told by {self._group}", {"rows": self._reading.statement}
        )


@dataclasses.dataclass(frozen=True)
class Batch:
    """The values of an asynchronous function of the level's rows."""

    function: Callable[..., Any]
    readers: tuple[Callable[[Any], Any] | None, ...]
    """From a raw column to Python, for each column of the key."""
    finish: "Objects | Values"
    """From the function's values to shaped ones, in the same order."""
    beside: bool = False
    """Whether it can ask by `db.Ids` that are not known yet."""

    def work(self, run: Run, rows: float) -> float:
        """How much is looked through below the objects that the function names."""
        return self.finish.work(run, rows)

    async def load(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """The shaped values by raw key."""
        try:
            asked = keys if isinstance(keys, db.Ids) else [self._read(key) for key in keys]
            values = list(await self.function(run.call, asked))
            assert len(values) == len(keys), "a batched function gives one value per key"
            shaped = await self.finish.shape(run, values, keys)
        except Exception as error:  # noqa: BLE001  (it becomes the error of the field)
            run.fail(error)
            return dict.fromkeys(keys, error)
        return dict(zip(keys, shaped, strict=True))

    def _read(self, key: Any) -> Any:
        if len(self.readers) == 1:
            return read_raw(self.readers[0], key)
        return tuple(read_raw(reader, one) for reader, one in zip(self.readers, key, strict=True))

    def explain(self, run: Run) -> Iterator[str]:
        """The function, and the level of the objects that it names."""
        yield f"{self.function.__module__}.{self.function.__qualname__}, once for {plural(len(self.readers), 'column')}"
        yield from indented(self.finish.explain(run))


@dataclasses.dataclass(frozen=True)
class Objects:
    """Ids, or lists of ids, as objects."""

    rows: ByIds | ByIdsOfAny
    many: bool

    def work(self, run: Run, rows: float) -> float:
        """How much is looked through for so many values."""
        return self.rows.work(run, rows * (LISTED if self.many else 1))

    async def shape(self, run: Run, values: Sequence[Any], _keys: Sequence[Any] = ()) -> list[Any]:
        """The shaped row of each id, None where there is none in sight; of lists of ids, lists of those in sight."""
        if self.many:
            found = await self.rows.load(run, list(dict.fromkeys(key for keys in values for key in keys or ())))
            return [None if keys is None else [found[key] for key in keys if key in found] for keys in values]
        found = await self.rows.load(run, list(dict.fromkeys(key for key in values if key is not None)))
        return [found.get(key) for key in values]

    def explain(self, run: Run) -> Iterator[str]:
        """The level of the rows."""
        yield from self.rows.explain(run)


@dataclasses.dataclass(frozen=True)
class Values:
    """Values that are written as they are."""

    write: Write
    name: str
    """Of what they are the values."""

    def work(self, _run: Run, _rows: float) -> float:
        """Nothing."""
        return 0

    async def shape(self, run: Run, values: Sequence[Any], keys: Sequence[Any]) -> list[Any]:
        """The value of each key in the response, or the error in its place."""
        return [self._tried(run, one, f"{self.name}.{key}") for one, key in zip(values, keys, strict=True)]

    def _tried(self, run: Run, value: Any, asked: str) -> Any:
        try:
            return self.write(value, asked)
        except Exception as error:  # noqa: BLE001  (it becomes the error of one field)
            return run.fail(error)

    def explain(self, _run: Run) -> Iterator[str]:
        """Nothing: no statement is needed."""
        yield from ()


def read_raw(reader: Callable[[Any], Any] | None, raw: Any) -> Any:
    """A raw column value as Python sees it."""
    return raw if raw is None or reader is None else reader(raw)
