"""One execution: what all of its levels share, and what a plan may know of it before."""

import dataclasses
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from graphql import FieldNode, GraphQLError, GraphQLField, get_argument_values
from graphql.execution.values import VariableValues

from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.sql import Asked, Dialect, ScopeHole, Sql
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import DomainError

T = TypeVar("T")


class Run:
    """One execution: who asks, with which variables, and whether something went wrong."""

    def __init__(
        self,
        call: Call,
        dialect: Dialect,
        variables: VariableValues,
        noted: list[Exception] | None = None,
        hidden: dict[tuple[str, ...], str] | None = None,
        *,
        positions: list[int] | None = None,
    ) -> None:
        self.call = call
        self.dialect = dialect
        self.variables = variables
        self._noted = [] if noted is None else noted
        self.hidden = {} if hidden is None else hidden
        """What of the answer the caller may not see, and the permission that it takes."""
        self._positions = [] if positions is None else positions
        """With replicas, how far the log had come that belongs to what was read."""
        self._places: dict[str, Any] = {}
        self.made: dict[Any, Any] = {}
        """What parts of the plan have made of its variables."""

    def fail(self, error: Exception) -> Exception:
        """Notes that something went wrong; the error takes the place of the value."""
        if isinstance(error, DomainError | FieldError):
            error.__traceback__ = None  # a plan's refusals live long and would collect frames
        self._noted.append(error)
        return error

    @property
    def noted(self) -> int:
        """How much went wrong by now."""
        return len(self._noted)

    def forget(self, noted: int) -> None:
        """Forgets what went wrong beyond so much, since it is done anew."""
        del self._noted[noted:]

    @property
    def extensions(self) -> dict[str, Any]:
        """What goes with the answer: the paths in it that are hidden from the caller, and where its log had come to."""
        hidden = [{"path": list(path), "permission": str(one)} for path, one in self.hidden.items()]
        position = f"{max(self._positions):016X}" if self._positions else ""
        return ({"hidden": hidden} if hidden else {}) | ({"position": position} if position else {})

    @property
    def flawed(self) -> bool:
        """Whether the answer has an error in it."""
        return bool(self._noted)

    def for_call(self, call: Call) -> "Run":
        """The same execution on behalf of another caller."""
        return Run(call, self.dialect, self.variables, self._noted, self.hidden, positions=self._positions)

    async def at_once(
        self, load: Callable[["Run"], Awaitable[T]], *, alone: bool = False, since: int | None = None
    ) -> T:
        """What is loaded, from one state of the database; `alone`: by one statement.

        `since`: of a replica as well that has come as far.
        """
        noted, tells = len(self._noted), db.has_replicas()

        async def read() -> T:
            self.forget(noted)  # what a try before this one noted
            if tells:
                self._positions.append(await db.position())
            return await load(self)

        def is_sound() -> bool:
            return all(isinstance(one, DomainError | FieldError | GraphQLError) for one in self._noted[noted:])

        caller = self.call.actor_id or self.call.address
        return await db.at_once(read, caller=caller, alone=alone and not tells, since=since, is_sound=is_sound)

    async def fetch(self, statement: Sql, keys: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement, its holes filled; none of one that says nothing."""
        if not statement.text:
            return []
        return await db.fetch(statement.text, self.filled(statement, keys))

    def filled(self, statement: Sql, keys: Sequence[Any]) -> list[Any]:
        """The parameters of a statement, its holes filled."""
        return [self._filled(one, keys) for one in statement.params]

    def _filled(self, value: Any, keys: Sequence[Any]) -> Any:
        if value is Asked.KEYS:
            return self.dialect.listed(keys)
        if value is Asked.KEY:
            return keys[0]
        if isinstance(value, ScopeHole):
            name = value.dimension
            if name not in self._places:
                self._places[name] = self.dialect.listed(sorted(self.call.limits[name]))
            return self._places[name]
        return value


@dataclasses.dataclass(frozen=True)
class Arguments:
    """The arguments of a field: known from the start unless they contain variables."""

    told: GraphQLField
    node: FieldNode
    known: Mapping[str, Any] | None

    def of(self, run: Run) -> Mapping[str, Any]:
        """The arguments in an execution."""
        return get_argument_values(self.told, self.node, run.variables) if self.known is None else self.known
