"""What of the planner those need who plan a part of its work."""

from collections.abc import Callable, Sequence
from typing import Protocol

from graphql import FieldNode

from jxc_graphql.gql.plan.collect import Groups, Selections
from jxc_graphql.gql.plan.fetch import ByIds
from jxc_graphql.gql.plan.level import Alias, Level
from jxc_graphql.gql.plan.running import Run
from jxc_graphql.gql.schema.types import Field, ObjectType
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden

Check = Callable[[Run], Forbidden | None]
"""Finds out whether something hidden is asked for in another way."""


class Parts(Protocol):
    """Plans levels and fields."""

    selections: Selections
    call: Call
    checks: list[Check]

    def refusal_of(self, entity: ObjectType) -> Exception | None:
        """Why the caller may not have objects of an entity at all."""

    def level(self, entity: ObjectType, shapes: Sequence[Sequence[FieldNode]]) -> Level:
        """The level of the rows of an entity, or of a register, in one or more shapes; not compiled yet."""

    def part(self, level: Level, entity: ObjectType, field: Field, alias: Alias, nodes: list[FieldNode]) -> str:
        """The expression of one field of a row."""

    def own(self, entity: ObjectType, groups: Groups) -> ByIds:
        """Some fields of an entity's rows, found by their ids."""
