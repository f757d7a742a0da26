"""One list level of a plan: the columns to fetch, the joins, what hangs below, and the function that shapes its rows.

The shaping function is compiled: for `{ number supplier { name } }` it is as if somebody had written

    def shape(rows, fail, call):
        return [{"number": c1, "supplier": None if c2 is None else {"name": c3}} for (c0, c1, c2, c3) in rows]
"""

import dataclasses
import itertools
import linecache
import weakref
from collections.abc import Callable, Collection, Coroutine, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from jxc_graphql.gql.plan.running import Run
from jxc_graphql.gql.plan.sql import NOTHING, Dialect, Sql, both, in_scope, put, quoted, told
from jxc_graphql.gql.schema.types import ModelColumn, ObjectType, Table
from jxc_graphql.kit import db

_numbers = itertools.count(1)


class Extra(Protocol):
    """What is fetched for all rows of a level at once: children, or the values of a batched function."""

    async def load(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """The shaped value of each key."""

    def work(self, run: Run, rows: float) -> float:
        """How much is looked through for so many rows."""

    def explain(self, run: Run) -> Iterator[str]:
        """How that is done, line by line."""


class Sight(NamedTuple):
    """What of a caller and his database the text of statements depends on."""

    dialect: Dialect
    dimensions: frozenset[str]
    """Those in which his scope is restricted."""


class Slot(int):
    """Where a column stands in a row; in the compiled function it is a variable."""

    def __str__(self) -> str:
        return f"c{int(self)}"


@dataclasses.dataclass
class Alias:
    """A table in FROM; a joined one is left out as long as nobody needs more of it than its key."""

    name: str
    table: Table
    parent: "Alias | None" = None
    column: ModelColumn | None = None
    same: bool = False
    """Whether it is about the same thing as its parent, seen by whom that is seen."""
    used: bool = False

    def use(self) -> None:
        """Has the table joined, and those on the way to it."""
        self.used = True
        if self.parent is not None:
            self.parent.use()


NONE: Mapping[int, Mapping[Any, Any]] = {}


class Typed(dict[str, Any]):
    """A shaped object where the schema only promises an interface or a union."""

    __slots__ = ("typename",)

    def __init__(self, typename: str, fields: dict[str, Any]) -> None:
        super().__init__(fields)
        self.typename = typename


def attempt(fail: Callable[[Exception], Exception], function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function of the schema's author gives, or the error in its place."""
    try:
        return function(*arguments)
    except Exception as error:  # noqa: BLE001  (it becomes the error of one field)
        return fail(error)


@dataclasses.dataclass(frozen=True)
class Kinds:
    """Some kinds of a register's rows, and where in a row its kind stands."""

    slot: Slot
    names: frozenset[str]


@dataclasses.dataclass(frozen=True)
class OfKinds:
    """What is fetched for rows of some kinds only, and not at all where there are none."""

    kinds: frozenset[str]
    extra: Extra

    async def load(self, run: Run, keys: Sequence[tuple[Any, ...]]) -> Mapping[Any, Any]:
        """The shaped value of each key, told from among kinds and keys."""
        own = [key[1:] for key in keys if key[0] in self.kinds]
        wanted = list(dict.fromkeys(key if len(key) > 1 else key[0] for key in own if key != (None,)))
        return await self.extra.load(run, wanted) if wanted else {}

    def work(self, run: Run, rows: float) -> float:
        """As if all were of these kinds."""
        return self.extra.work(run, rows)

    def explain(self, run: Run) -> Iterator[str]:
        """The same, for some rows only."""
        yield f"where it is {' or '.join(sorted(self.kinds))}"
        yield from indented(self.extra.explain(run))


@dataclasses.dataclass(eq=False, repr=False)
class Level:
    """Rows of one table, with what is joined to them and what hangs below."""

    entity: ObjectType
    root: Alias
    sight: Sight
    columns: dict[str, Slot] = dataclasses.field(default_factory=dict)
    aliases: dict[tuple[str, str, str], Alias] = dataclasses.field(default_factory=dict)
    extras: list[tuple[tuple[Slot, ...], Extra]] = dataclasses.field(default_factory=list)
    outputs: list[str] = dataclasses.field(default_factory=list)
    """One expression per shape that the rows are needed in."""
    names: dict[str, Any] = dataclasses.field(default_factory=lambda: {"attempt": attempt, "Typed": Typed})
    told: dict[str, str] = dataclasses.field(default_factory=dict)
    """What the constants among them are."""
    there: Sql = NOTHING
    """The rows of which the type, or that without which they are not shown, is known and may be seen."""
    only: Kinds | None = None
    """While the object of some kinds is planned: what hangs on it is not fetched for the others."""
    seen_by_parent: bool = False
    """Whether the way that leads here has already kept to the caller's scope."""
    select: str = ""
    joins: Sql = NOTHING
    rows: Sql = NOTHING
    """SELECT with the columns and joins, without conditions."""
    seen: Sql = NOTHING
    """The condition that keeps to what the caller may see."""
    sources: list[str] = dataclasses.field(default_factory=list)
    """The text of the shaping functions."""
    _shapes: list[Callable[..., list[Any]]] = dataclasses.field(default_factory=list)

    @property
    def is_last(self) -> bool:
        """Whether nothing more is fetched for its rows."""
        return not self.extras

    def work(self, run: Run, rows: float) -> float:
        """How much is looked through for what hangs on so many rows."""
        return sum(extra.work(run, rows) for _, extra in self.extras)

    def column(self, alias: Alias, column: str) -> Slot:
        """Where a column stands in a row; it is fetched from now on."""
        if alias.column is not None and alias.parent is not None and not alias.used:
            if column == alias.table.key and alias.column.points_to is not None:
                return self.column(alias.parent, alias.column.name)
            alias.use()
        return self.columns.setdefault(f"{alias.name}.{quoted(column)}", Slot(len(self.columns)))

    def join(self, parent: Alias, column: ModelColumn, table: Table, *, same: bool = False) -> Alias:
        """The table that a column of another one points to."""
        key = (parent.name, column.name, table.name)
        if key not in self.aliases:
            self.aliases[key] = Alias(f"t{len(self.aliases) + 1}", table, parent, column, same)
        return self.aliases[key]

    def constant(self, value: Any, what: str = "") -> str:
        """The name of a value in the compiled function, and what it is called in explanations."""
        name = f"k{len(self.names)}"
        self.names[name] = value
        self.told[name] = what or getattr(value, "__qualname__", repr(value))
        return name

    def failure(self, error: Exception) -> str:
        """The expression of an error in the place of a value."""
        return f"fail({self.constant(error)})"

    def beside(self, slots: Sequence[Slot], extra: Extra, *, may_miss: bool = False) -> str:
        """The expression of what an extra gives for the current row; `may_miss`: None where it gives nothing."""
        found = self.extra(slots, extra)
        key = str(slots[0]) if len(slots) == 1 else f"({', '.join(map(str, slots))})"
        return found + (f".get({key})" if may_miss else f"[{key}]")

    def extra(self, slots: Sequence[Slot], extra: Extra) -> str:
        """The variable of what an extra gives for the values of these columns."""
        if self.only is None:
            self.extras.append((tuple(slots), extra))
        else:
            self.extras.append(((self.only.slot, *slots), OfKinds(self.only.names, extra)))
        return f"x{len(self.extras) - 1}"

    def compile(self, *, with_more: bool = False) -> None:
        """Makes the shaping functions and the text of statements; `with_more`: something follows the columns."""
        self.select = ", ".join(self.columns)
        self.joins = put(*map(self._join, self._joined()))
        self.rows = put(Sql(f"SELECT {self.select} FROM {quoted(self.root.table.name)} t0"), self.joins)  # noqa: S608
        own = NOTHING if self.seen_by_parent else in_scope(*self._sight(self.root))
        self.seen = both([self.there, own])
        variables = "".join(f"{slot}, " for slot in self.columns.values()) + ("*_" if with_more else "")
        extras = "".join(f", x{index}" for index in range(len(self.extras)))
        for output in self.outputs:
            source = f"def shape(rows, fail, call{extras}):\n    return [{output} for ({variables}) in rows]\n"
            self.sources.append(source)
            self._shapes.append(self._compiled(source))

    def _compiled(self, source: str) -> Callable[..., list[Any]]:
        """The function, whose text shows up in tracebacks as long as the level lives."""
        name = f"<{self.entity.name} {next(_numbers)}>"
        linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
        weakref.finalize(self, linecache.cache.pop, name, None).atexit = False
        made: dict[str, Any] = dict(self.names)
        exec(compile(source, name, "exec"), made)  # noqa: S102  (source of our own making)
        shape: Callable[..., list[Any]] = made["shape"]
        return shape

    def _joined(self) -> Iterator[Alias]:
        return (alias for alias in self.aliases.values() if alias.used)

    def _join(self, alias: Alias) -> Sql:
        """A LEFT JOIN; rows out of the caller's scope are as if they were not there."""
        assert alias.parent is not None
        assert alias.column is not None
        seen = NOTHING if alias.same else in_scope(*self._sight(alias))
        to = f"{alias.name}.{quoted(alias.table.key)} = {alias.parent.name}.{quoted(alias.column.name)}"
        return put(Sql(f" LEFT JOIN {quoted(alias.table.name)} {alias.name} ON "), both([Sql(to), seen]))

    def _sight(self, alias: Alias) -> tuple[Dialect, Table, str, frozenset[str]]:
        return self.sight.dialect, alias.table, alias.name, self.sight.dimensions

    async def shape(self, run: Run, rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
        """The rows in each wanted shape, everything below them included."""
        return self.shaped(run, rows, await self.below(run, rows))

    async def below(
        self, run: Run, rows: Sequence[tuple[Any, ...]], known: Collection[int] = ()
    ) -> dict[int, Mapping[Any, Any]]:
        """What the extras give for rows, all but those that are known already, side by side."""
        loads: dict[int, Coroutine[Any, Any, Mapping[Any, Any]]] = {}
        for index, (slots, extra) in enumerate(self.extras):
            if index in known:
                continue
            if len(slots) == 1:
                slot = slots[0]
                keys = list(dict.fromkeys([row[slot] for row in rows if row[slot] is not None]))
            else:
                keys = list(dict.fromkeys([tuple([row[slot] for slot in slots]) for row in rows]))
            if keys:
                loads[index] = extra.load(run, keys)
        found = await db.together(*loads.values()) if len(loads) > 1 else [await one for one in loads.values()]
        return dict(zip(loads, found, strict=True))

    def shaped(
        self, run: Run, rows: Sequence[tuple[Any, ...]], extras: Mapping[int, Mapping[Any, Any]]
    ) -> list[list[Any]]:
        """The rows in each wanted shape, with what their extras gave."""
        given = [extras.get(index, NONE) for index in range(len(self.extras))]
        return [shape(rows, run.fail, run.call, *given) for shape in self._shapes]

    def explain(self, run: Run, which: str, statements: Mapping[str, Sql]) -> Iterator[str]:
        """The level, its statements, its shaping functions, and what hangs below."""
        yield f"level of {self.root.table.name}: {which}"
        for text, slot in self.columns.items():
            yield f"  column {slot} = {text}"
        for alias in self._joined():
            yield f"  join {alias.name} = {alias.table.name}"
        for title, statement in statements.items():
            yield f"  statement: {title}"
            yield from indented(told(statement), 4)
        for source in self.sources:
            yield from indented(source.splitlines())
        for name, what in self.told.items():
            yield f"  where {name} is {what}"
        for index, (slots, extra) in enumerate(self.extras):
            yield f"  x{index} by {', '.join(map(str, slots))}:"
            yield from indented(extra.explain(run), 4)


def indented(lines: Iterable[str], by: int = 2) -> Iterator[str]:
    """The lines, further to the right."""
    return (" " * by + line for line in lines)


def plural(count: int, what: str) -> str:
    """So many of something."""
    return f"{count} {what}{'' if count == 1 else 's'}"
