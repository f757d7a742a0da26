"""`node` and `nodes`: things of any kind by their ids."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from graphql import FieldNode

from jxc_graphql.gql.plan.fetch import ByIds
from jxc_graphql.gql.plan.hidden import Path
from jxc_graphql.gql.plan.planner import Planner
from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.reading import any_id, refused
from jxc_graphql.gql.plan.running import Arguments, Run
from jxc_graphql.gql.schema.scalars import Unreadable
from jxc_graphql.gql.schema.types import Field, ObjectType
from jxc_graphql.kit import errors
from jxc_graphql.kit.errors import Forbidden, Unauthenticated

MAX_NODES = 100


class Nodes:
    """Things of any kind by their ids, a statement per kind and level; those that are hidden are null."""

    def __init__(
        self, planner: Planner, field: Field, nodes: list[FieldNode], arguments: Arguments, path: Path
    ) -> None:
        """`path`: where in the answer they stand."""
        interface = field.type.of
        assert isinstance(interface, ObjectType)
        self._planner = planner
        self._possible = {one.name: one for one in interface.members}
        self._nodes = nodes
        self._many = field.type.many
        self._arguments = arguments
        self._path = path
        self._plans: dict[str, ByIds] = {}
        self._checks: dict[str, Callable[[Run], None]] = {}

    def is_alone(self, run: Run) -> bool:
        """Whether all are of one kind, and one statement finds them."""
        asked = self._asked(run)
        return len(asked) == 1 and all(self._plan(name).is_alone for name in asked)

    async def load(self, run: Run) -> Any:
        """The thing, or the things in the order of their ids."""
        ids = self._ids(run)
        if run.call.actor_id is None:
            raise Unauthenticated
        if len(ids) > MAX_NODES:
            raise FieldError("LIMIT_EXCEEDED", most=MAX_NODES, what="ids")
        wanted = [self._read(one, ("ids", index) if self._many else ("id",)) for index, one in enumerate(ids)]
        found: dict[Any, Any] = {}
        for name in self._asked(run):
            plan = self._plan(name)
            self._checks[name](run)
            keys = list(dict.fromkeys(one[1] for one in wanted if isinstance(one, tuple) and one[0] == name))
            rows = await plan.load(run, keys)
            found |= {(name, key): rows[key] for key in rows}
        shaped = [self._shaped(run, one, found) for one in wanted]
        return shaped if self._many else shaped[0]

    def _shaped(self, run: Run, one: tuple[str, int] | Exception, found: dict[Any, Any]) -> Any:
        if isinstance(one, Forbidden):
            run.hidden.setdefault(self._path, one.permission)
            return None
        return run.fail(one) if isinstance(one, Exception) else found.get(one)

    def _ids(self, run: Run) -> Sequence[str]:
        given = self._arguments.of(run)
        ids: Sequence[str] = given["ids"] if self._many else [given["id"]]
        return ids

    def _read(self, text: str, path: errors.Path = ()) -> tuple[str, int] | Exception:
        try:
            name, key = any_id(text)
        except Unreadable as error:
            return refused(path, error)
        if name not in self._possible:
            return errors.Rejected(errors.UnknownId(path=path, kind="Node"))
        return self._planner.refusal_of(self._possible[name]) or (name, key)

    def _plan(self, name: str) -> ByIds:
        if name not in self._plans:
            before = len(self._planner.checks)
            self._plans[name] = self._planner.by_ids(self._possible[name], self._nodes, typed=True)
            self._checks[name] = self._planner.checked_since(before)
        return self._plans[name]

    def _asked(self, run: Run) -> Counter[str]:
        found = [self._read(one) for one in self._ids(run)]
        return Counter(one[0] for one in found if isinstance(one, tuple))

    def work(self, run: Run) -> float:
        """How much is looked through below them."""
        return sum(self._plan(name).work(run, count) for name, count in self._asked(run).items())

    def explain(self, run: Run) -> Iterator[str]:
        """Each kind's level, and its statement."""
        for name in self._asked(run):
            yield from self._plan(name).explain(run)
