"""One list level of a plan: the columns to fetch, the joins, what hangs below, and the function that shapes its rows.

The shaping function is compiled: for `{ number supplier { name } }` it is as if somebody had written

    def shape(rows, fail, call):
        return [{"number": c1, "supplier": None if c2 is None else {"name": c3}} for (c0, c1, c2, c3) in rows]
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from jxc_graphql.gql.plan.running import Run
from jxc_graphql.gql.plan.sql import Sql, both, in_scope, quoted
from jxc_graphql.gql.schema.types import ModelColumn, ObjectType, Table


class Extra(Protocol):
    """What is fetched for all rows of a level at once: children, or the values of a batched function."""

    async def load(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """The shaped value of each key."""


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


@dataclasses.dataclass(repr=False)
class Level:
    """Rows of one table, with what is joined to them and what hangs below."""

    entity: ObjectType
    root: Alias
    columns: dict[str, int] = dataclasses.field(default_factory=dict)
    aliases: dict[tuple[str, str, str], Alias] = dataclasses.field(default_factory=dict)
    extras: list[tuple[tuple[int, ...], Extra]] = dataclasses.field(default_factory=list)
    outputs: list[str] = dataclasses.field(default_factory=list)
    """One expression per shape that the rows are needed in."""
    names: dict[str, Any] = dataclasses.field(default_factory=lambda: {"attempt": attempt, "Typed": Typed})
    kinds: Sql = dataclasses.field(default_factory=lambda: Sql(""))
    """Of a register: the rows whose type is known and may be seen."""
    seen_by_parent: bool = False
    """Whether the way that leads here has already kept to the caller's scope."""
    _shapes: list[Callable[..., list[Any]]] = dataclasses.field(default_factory=list)

    def column(self, alias: Alias, column: str) -> str:
        """The variable of a column in the compiled function; the column is fetched from now on."""
        if alias.column is not None and alias.parent is not None and not alias.used:
            if column == alias.table.key and alias.column.points_to is not None:
                return self.column(alias.parent, alias.column.name)
            alias.use()
        text = f"{alias.name}.{quoted(column)}"
        return f"c{self.columns.setdefault(text, len(self.columns))}"

    def join(self, parent: Alias, column: ModelColumn, table: Table, *, same: bool = False) -> Alias:
        """The table that a column of another one points to."""
        key = (parent.name, column.name, table.name)
        if key not in self.aliases:
            self.aliases[key] = Alias(f"t{len(self.aliases) + 1}", table, parent, column, same)
        return self.aliases[key]

    def constant(self, value: Any) -> str:
        """The name of a value in the compiled function."""
        name = f"k{len(self.names)}"
        self.names[name] = value
        return name

    def beside(self, variables: Sequence[str], extra: Extra, *, may_miss: bool = False) -> str:
        """The expression of what an extra gives for the current row; `may_miss`: None where it gives nothing."""
        found = self.extra(variables, extra)
        key = variables[0] if len(variables) == 1 else f"({', '.join(variables)})"
        return found + (f".get({key})" if may_miss else f"[{key}]")

    def extra(self, variables: Sequence[str], extra: Extra) -> str:
        """The variable of what an extra gives for the values of these columns."""
        self.extras.append((tuple(int(variable[1:]) for variable in variables), extra))
        return f"x{len(self.extras) - 1}"

    def select(self) -> str:
        """The columns, for SELECT."""
        return ", ".join(self.columns)

    def joins(self, run: Run) -> Sql:
        """The LEFT JOINs; rows out of the caller's scope are as if they were not there."""
        text = ""
        params: list[Any] = []
        for alias in self.aliases.values():
            if not alias.used:
                continue
            assert alias.parent is not None
            assert alias.column is not None
            seen = Sql("") if alias.same else in_scope(run.dialect, alias.table, alias.name, run.call)
            text += (
                f" LEFT JOIN {quoted(alias.table.name)} {alias.name} ON {alias.name}.{quoted(alias.table.key)}"
                f" = {alias.parent.name}.{quoted(alias.column.name)}{' AND ' if seen.text else ''}{seen.text}"
            )
            params += seen.params
        return Sql(text, tuple(params))

    def scope(self, run: Run) -> Sql:
        """The condition that keeps to the caller's scope."""
        own = Sql("") if self.seen_by_parent else in_scope(run.dialect, self.root.table, "t0", run.call)
        return both([self.kinds, own])

    def compile(self, *, with_keys: bool = False) -> None:
        """Makes the shaping functions; `with_keys`: rows have sort keys after the columns."""
        variables = "".join(f"c{index}, " for index in range(len(self.columns))) + ("*_" if with_keys else "")
        extras = "".join(f", x{index}" for index in range(len(self.extras)))
        for output in self.outputs:
            source = f"def shape(rows, fail, call{extras}):\n    return [{output} for ({variables}) in rows]\n"
            made: dict[str, Any] = dict(self.names)
            exec(compile(source, f"<{self.entity.name}>", "exec"), made)  # noqa: S102  (source of our own making)
            self._shapes.append(made["shape"])

    async def shape(self, run: Run, rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
        """The rows in each wanted shape, everything below them included."""
        extras = []
        for indexes, extra in self.extras:
            if len(indexes) == 1:
                index = indexes[0]
                keys = list(dict.fromkeys([row[index] for row in rows if row[index] is not None]))
            else:
                keys = list(dict.fromkeys([tuple([row[index] for index in indexes]) for row in rows]))
            extras.append(await extra.load(run, keys) if keys else {})
        return [shape(rows, run.fail, run.call, *extras) for shape in self._shapes]
