"""A page of a list, or of each parent's list: its rows, its figures, and what lies before and after it."""

# ruff: noqa: S608  (statements are made of our own table and column names; every value is a parameter)

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from graphql import GraphQLError

from jxc_graphql.gql.plan.level import Level, Slot
from jxc_graphql.gql.plan.page import FoundPage, Window, read_window
from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.running import Arguments, Run
from jxc_graphql.gql.plan.sql import NOTHING, Asked, Sql, beyond, both, joins, ordered, own, put, quoted, turned, where
from jxc_graphql.gql.plan.ways import PageParts, Way, statement
from jxc_graphql.gql.plan.work import SAY, Reckoning
from jxc_graphql.gql.schema.types import ModelColumn, Table, ToMany
from jxc_graphql.kit.errors import DomainError, Forbidden

KEPT = 16
KEPT_CHARACTERS = 1_000
"""So many statements of a list are kept, for arguments that are told in so many characters."""


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


@dataclasses.dataclass
class Wishes:
    """What a connection's selection needs."""

    figures: Figures = dataclasses.field(default_factory=Figures)
    rows: bool = False
    keys: bool = False
    previous: bool = False
    following: bool = False
    counted: bool = False


class _Statements(NamedTuple):
    """The statements of a page, for one parent or for several; those that are not needed say nothing."""

    window: Window
    rows: Sql
    """Without figures beside it, each row says last how many there are in all."""
    figures: Sql
    behind: Sql
    ahead: Sql

    @property
    def is_one(self) -> bool:
        """Whether there is only one of them."""
        return sum(bool(one.text) for one in (self.rows, self.figures, self.behind, self.ahead)) == 1


Rows = Sequence[tuple[Any, ...]]
Slices = dict[Any, tuple[list[tuple[Any, ...]], bool]]
"""Each parent's rows, in the list's order, and whether there are more in the direction of reading."""


class Paged:
    """A page of a list, or of each parent's list."""

    def __init__(  # noqa: PLR0917  (all that a plan knows of it)
        self,
        level: Level,
        parent: Table | None,
        source: ToMany,
        arguments: Arguments,
        group: Slot,
        wishes: Wishes,
        assemble: Callable[[FoundPage], Any],
    ) -> None:
        """`group`: where in a row its parent stands."""
        self._level = level
        self._parent = parent
        self._source = source
        self._arguments = arguments
        self._group = group
        self._wishes = wishes
        self._assemble = assemble
        self._by = "" if source.by is None else f"t0.{quoted(source.by.name)}"
        self._table = quoted(level.root.table.name)
        self._kept: dict[tuple[bool, str], _Statements] = {}
        """By whether there are several parents, and by arguments where they are variables."""

    def is_alone(self, run: Run) -> bool:
        """Whether it is one statement, of a list that has no parents."""
        return self._level.is_last and self._statements(run, many=False).is_one

    def check(self, run: Run) -> Forbidden | None:
        """Why the caller may not have it as it is asked for: because of what is hidden from him."""
        try:
            self._statements(run, many=False)
        except Forbidden as refused:
            return refused
        except (DomainError, FieldError, GraphQLError):  # which the field tells when it is asked
            return None
        return None

    def work(self, run: Run, parents: float = 1) -> float:
        """How much its statements look through, and those below."""
        level, wishes, given = self._level, self._wishes, self._arguments.of(run)
        found = Reckoning(level.entity, self._source, given, self._parent, parents)
        seen = level.seen.text.count("t0.")
        work = SAY * found.asked + found.beside + level.work(run, parents * found.page_size)
        if wishes.rows:
            work += found.page(seen, level.joins.text.count("JOIN"), ranked=parents > 1)
        if wishes.counted:
            work += found.whole(seen, len(wishes.figures.columns))
        if found.asked:  # what lies beyond a cursor is looked for under the same conditions
            work += found.whole(seen) * sum(given.get(one) is not None for one in ("after", "before"))
        return work

    async def load_root(self, run: Run) -> Any:
        """The connection of a list that has no parents."""
        return (await self.load(run, (None,)))[None]

    async def load(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """The shaped connection of each parent."""
        try:
            statements = self._statements(run, many=len(keys) > 1)
        except Exception as error:  # noqa: BLE001  (it becomes the error of the field)
            run.fail(error)
            return dict.fromkeys(keys, error)
        window = statements.window
        rows = await run.fetch(statements.rows, keys)
        slices = self._slices(rows, window, keys)
        shaped = await self._level.shape(run, [row for some, _ in slices.values() for row in some])
        told = await run.fetch(statements.figures, keys)
        figures = self._figures(statements, told, rows, keys) if self._wishes.counted else {}
        behind = {key for (key,) in await run.fetch(statements.behind, keys)}
        ahead = {key for (key,) in await run.fetch(statements.ahead, keys)}
        done, found = 0, {}
        width = len(self._level.columns)
        sorted_by = slice(width, width + len(window.order))
        for key, (some, more) in slices.items():
            mine = [one[done : done + len(some)] for one in shaped]
            done += len(some)
            cursors = [window.cursor(row[sorted_by]) for row in some] if self._wishes.keys else ()
            span = key in behind, more or key in ahead
            found[key] = self._assemble(
                FoundPage(run.fail, mine, cursors, *(span[::-1] if window.backwards else span), figures.get(key, ()))
            )
        return found

    def _statements(self, run: Run, *, many: bool) -> _Statements:
        found: _Statements | None = run.made.get((self, many))
        if found is None:
            found = run.made[self, many] = self._kept_or_made(run, many=many)
        return found

    def _kept_or_made(self, run: Run, *, many: bool) -> _Statements:
        given = self._arguments.of(run)
        key = many, "" if self._arguments.known is not None else repr(given)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._made(run, given, many=many)
            if len(key[1]) <= KEPT_CHARACTERS:
                if len(self._kept) >= KEPT:
                    self._kept.clear()
                self._kept[key] = kept
        return kept

    def _made(self, run: Run, given: Mapping[str, Any], *, many: bool) -> _Statements:
        level, wishes, dialect = self._level, self._wishes, self._level.sight.dialect
        window = read_window(dialect, level.entity, self._source, given, run.call)
        listed = self._listed(many=many)
        condition = both([*listed, level.seen, *window.asked])
        start = Sql("") if window.start is None else beyond(dialect, window.order, window.start)
        stop = Sql("") if window.stop is None else beyond(dialect, turned(window.order), window.stop)
        counted = wishes.counted
        # The rows of a whole list bring its count along: where there are none it is nothing.
        along = counted and wishes.rows and not (many or start.text or stop.text or wishes.figures.columns)
        count = self._count(condition) if along else NOTHING
        previous, following = wishes.previous, wishes.following
        if window.backwards:
            previous, following = following, previous
        return _Statements(
            window,
            self._page(window, count, listed, [start, stop], many=many) if wishes.rows else NOTHING,
            self._counting(condition) if counted and not along else NOTHING,
            self._beyond(window, condition, start) if previous and start.text else NOTHING,
            self._beyond(window, condition, stop) if following and stop.text else NOTHING,
        )

    def _listed(self, *, many: bool) -> list[Sql]:
        """What holds of the rows of the parents' lists, whoever asks."""
        kept = [] if self._source.only is None else [Sql(f"t0.{quoted(self._source.only.name)} IS NOT NULL")]
        if not self._by:
            return kept
        one_of = Sql(self._level.sight.dialect.one_of(self._by), (Asked.KEYS,))
        return [one_of if many else Sql(f"{self._by} = ?", (Asked.KEY,)), *kept]

    def _page(self, window: Window, count: Sql, listed: list[Sql], beyond: list[Sql], *, many: bool) -> Sql:
        """The rows, and one more of each parent where there is one; behind each perhaps a count."""
        level, order = self._level, ordered(self._level.sight.dialect, window.order)
        keys = "".join(f", {key.text}" for key, _ in window.order) if self._wishes.keys else ""
        select, most = Sql(f"SELECT {level.select}{keys}"), window.size + 1
        sorting, asked = joins(window.order), [*listed, *window.asked]
        if not many:
            wanted = PageParts(
                level.root.table, put(select, count), level.joins, window.order, most, self._own_way(window, listed),
                self._ways(window, listed), asked, level.seen, beyond, window.bounds(level.sight.dialect),
                (window.start, window.stop),
            )  # fmt: skip
            return statement(level.sight.dialect, wanted)
        chosen = where(*asked, level.seen, *beyond)
        key = quoted(level.root.table.key)
        return put(
            select,
            Sql(
                f" FROM (SELECT t0.{key} AS k, ROW_NUMBER() OVER (PARTITION BY {self._by} ORDER BY {order}) AS n"
                f" FROM {self._table} t0"
            ),
            sorting,
            chosen,
            Sql(f") page JOIN {self._table} t0 ON t0.{key} = page.k"),
            sorting if keys else NOTHING,
            level.joins,
            Sql(f" WHERE page.n <= {most} ORDER BY {self._by}, page.n"),
        )

    def _own_way(self, window: Window, listed: list[Sql]) -> Way | None:
        """The way to the rows of the parent, where its list is kept in the order that is asked for."""
        usual = [own(column) for column, _ in self._source.order]
        is_usual = usual == [key for key, _ in window.order[: len(usual)]]
        return self._to_parent(listed) if is_usual else None

    def _ways(self, window: Window, listed: list[Sql]) -> list[Way]:
        to_parent = self._to_parent(listed)
        is_other = to_parent is not None and self._own_way(window, listed) is None
        return [*([to_parent] if to_parent is not None and is_other else ()), *window.ways]

    def _to_parent(self, listed: list[Sql]) -> Way | None:
        by = self._source.by
        return None if by is None else Way(by.name, is_equal=True, holds=listed[0])

    def _count(self, condition: Sql) -> Sql:
        return put(Sql(f", (SELECT count(*) FROM {self._table} t0"), where(condition), Sql(")"))

    def _counting(self, condition: Sql) -> Sql:
        key, group = (f"{self._by}, ", f" GROUP BY {self._by}") if self._by else ("", "")
        select = f"SELECT {key}{self._wishes.figures.select()} FROM {self._table} t0"
        return put(Sql(select), where(condition), Sql(group))

    def _slices(self, rows: Rows, window: Window, keys: Sequence[Any]) -> Slices:
        groups: dict[Any, list[tuple[Any, ...]]] = {key: [] for key in keys}
        if len(keys) == 1:
            groups[keys[0]] = list(rows)
        else:
            for row in rows:
                groups[row[self._group]].append(row)
        step = -1 if window.backwards else 1
        return {key: (some[: window.size][::step], len(some) > window.size) for key, some in groups.items()}

    def _figures(self, made: _Statements, figures: Rows, rows: Rows, keys: Sequence[Any]) -> dict[Any, Sequence[Any]]:
        """By parent; where no statement told them, the rows of the only one do."""
        if not made.figures.text:
            return {keys[0]: rows[0][-1:]} if rows else {}
        return {row[0]: row[1:] for row in figures} if self._by else {None: figures[0]}

    def _beyond(self, window: Window, condition: Sql, inside: Sql) -> Sql:
        """The parents that have rows on the other side of a cursor."""
        chosen = where(condition, Sql(f"({inside.text}) IS NOT TRUE", inside.params))
        select, most = (f"DISTINCT {self._by}", "") if self._by else ("NULL", " LIMIT 1")
        return put(Sql(f"SELECT {select} FROM {self._table} t0"), joins(window.order), chosen, Sql(most))

    def explain(self, run: Run) -> Iterator[str]:
        """The level, and its statements: for one parent and for several where there can be."""
        statements: dict[str, Sql] = {}
        for many in (False, True) if self._by else (False,):
            made = self._statements(run, many=many)
            of = "" if not self._by else " of several parents" if many else " of one parent"
            statements |= {
                f"{title}{of}": one for title, one in (("page", made.rows), ("figures", made.figures)) if one.text
            }
        by = f" of each parent, told by {self._group}" if self._by else ""
        yield from self._level.explain(run, f"a page{by}", statements)
