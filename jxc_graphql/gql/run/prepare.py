"""Operations that may be run, and what is kept of them: plans by deciding variables and rights."""

import dataclasses
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode

from jxc_graphql.gql.plan.collect import Groups
from jxc_graphql.gql.plan.hidden import Hidden
from jxc_graphql.gql.plan.planner import Planner
from jxc_graphql.gql.plan.running import Run
from jxc_graphql.gql.run.roots import RootFields
from jxc_graphql.gql.run.shown import Shown

V = TypeVar("V")


class Recent(Generic[V]):
    """A bounded memory: what was not used for longest goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._kept: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], V], weight: int = 1) -> V:
        """What is kept under the key, made when there is nothing."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found[0]
        made = make()
        self.keep(key, made, weight)
        return made

    def keep(self, key: Hashable, made: V, weight: int = 1) -> None:
        """Keeps what was made for a key, if nobody else has meanwhile."""
        if key in self._kept:
            return
        self._kept[key] = made, weight
        self._weight += weight
        while self._weight > self._most:
            self._weight -= self._kept.popitem(last=False)[1][1]

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept


@dataclasses.dataclass(frozen=True, eq=False)
class Checked:
    """A document of which an operation may be run."""

    document: DocumentNode
    costs: Sequence[int]
    """The rows that each of its operations may read."""
    deciding: tuple[str, ...]
    """The variables on whose values the shape of an answer depends."""

    @property
    def operations(self) -> list[OperationDefinitionNode]:
        """All of them, in their order."""
        return [one for one in self.document.definitions if isinstance(one, OperationDefinitionNode)]


@dataclasses.dataclass(frozen=True, eq=False)
class Plan:
    """How one operation is answered for some callers."""

    planner: Planner
    root: RootFields
    groups: Groups
    hidden: Hidden


@dataclasses.dataclass(frozen=True, eq=False)
class Showing:
    """How the outcomes of a subscription are shown to some callers."""

    shown: Shown
    check: Callable[[Run], None]
    hidden: Hidden


@dataclasses.dataclass(frozen=True, eq=False)
class Prepared:
    """An operation that may be run."""

    document: DocumentNode
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    deciding: tuple[str, ...]
    cost: int
    plans: Recent[Plan]
    shapes: Recent[Showing]
    topics: Recent[tuple[str, list[str], frozenset[str]]]
