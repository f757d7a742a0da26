"""Connections: edges, nodes, pageInfo, totalCount and aggregates of a page, put together from shaped rows."""

from collections.abc import Callable, Sequence
from typing import Any

from graphql import FieldNode

from jxc_graphql.gql.plan.level import Slot
from jxc_graphql.gql.plan.page import FoundPage
from jxc_graphql.gql.plan.paged import Paged, Wishes
from jxc_graphql.gql.plan.parts import Parts
from jxc_graphql.gql.plan.running import Arguments
from jxc_graphql.gql.schema.types import Field, ModelColumn, ObjectType, ToMany
from jxc_graphql.kit.errors import Forbidden
from jxc_graphql.kit.numbers import Fixed, divide, plain

AVERAGE_PLACES = 6

Part = Callable[[FoundPage], Any]
"""The value of one field of the connection."""


def plan_connection(
    planner: Parts,
    owner: ObjectType,
    field: Field,
    arguments: Arguments,
    nodes: Sequence[FieldNode],
    *,
    seen_by_parent: bool,
) -> Paged:
    """The level of a connection's rows, and how they are put together."""
    connection, source = field.type.of, field.source
    assert isinstance(connection, ObjectType)
    assert isinstance(source, ToMany)
    assembly = Assembler(planner, connection)
    assemble = assembly.together(connection, nodes, assembly.part)
    assert connection.node is not None
    level = planner.level(connection.node, assembly.shapes)
    level.seen_by_parent = seen_by_parent
    group = Slot(0) if source.by is None else level.column(level.root, source.by.name)
    wishes = assembly.wishes
    wishes.rows = wishes.rows or wishes.keys or bool(assembly.shapes)
    level.compile(with_more=wishes.keys or wishes.counted)
    return Paged(level, owner.table, source, arguments, group, wishes, assemble)


class Assembler:
    """Collects what a connection's selection needs while its parts are made."""

    def __init__(self, planner: Parts, connection: ObjectType) -> None:
        assert connection.node is not None
        self._planner = planner
        self._entity: ObjectType = connection.node
        self.shapes: list[Sequence[FieldNode]] = []
        self.wishes = Wishes()

    def together(
        self, kind: ObjectType, nodes: Sequence[FieldNode], part: Callable[[ObjectType, str, list[FieldNode]], Part]
    ) -> Part:
        """An object of the connection: its parts by response key."""
        parts: list[tuple[str, Part]] = []
        for key, below in self._planner.selections.below(kind, nodes).items():
            name = below[0].name.value
            parts.append((key, _constant(kind.name) if name == "__typename" else part(kind, name, below)))
        return lambda page: {key: part(page) for key, part in parts}

    def part(self, kind: ObjectType, name: str, nodes: Sequence[FieldNode]) -> Part:
        """The value of one field of the connection."""
        below = kind.fields[name].type.of
        if name == "nodes":
            index = self._shape(nodes)
            return lambda page: page.shaped[index]
        if name == "totalCount":
            self.wishes.counted = True
            return _count
        assert isinstance(below, ObjectType)
        match name:
            case "edges":
                return self._edges(below, nodes)
            case "pageInfo":
                return self.together(below, nodes, self._page_info)
        self.wishes.counted = True
        return self.together(below, nodes, self._aggregate)

    def _shape(self, nodes: Sequence[FieldNode]) -> int:
        self.wishes.rows = True
        self.shapes.append(nodes)
        return len(self.shapes) - 1

    def _edges(self, edge: ObjectType, nodes: Sequence[FieldNode]) -> Part:
        parts: list[tuple[str, str, int]] = []
        for key, below in self._planner.selections.below(edge, nodes).items():
            name = below[0].name.value
            self.wishes.keys |= name == "cursor"
            parts.append((key, name, self._shape(below) if name == "node" else 0))
        title = edge.name
        if not self.shapes:
            self._shape([])

        def edges(page: FoundPage) -> Any:
            return [
                {
                    key: page.shaped[index][row] if name == "node" else page.cursors[row] if name == "cursor" else title
                    for key, name, index in parts
                }
                for row in range(len(page.shaped[0]))
            ]

        return edges

    def _page_info(self, _kind: ObjectType, name: str, _nodes: Sequence[FieldNode]) -> Part:
        wishes = self.wishes
        wishes.rows = True
        wishes.previous |= name == "hasPreviousPage"
        wishes.following |= name == "hasNextPage"
        wishes.keys |= name in {"startCursor", "endCursor"}
        return _PAGE_INFO[name]

    def _aggregate(self, kind: ObjectType, name: str, nodes: Sequence[FieldNode]) -> Part:
        if name == "count":
            return _count
        numbers = kind.fields[name].type.of
        assert isinstance(numbers, ObjectType)
        return self.together(numbers, nodes, lambda _kind, number, _nodes: self._number(name, number))

    def _number(self, operation: str, name: str) -> Part:
        field, column = self._entity.listed.numbers[name]
        if field.requires is not None and field.requires not in self._planner.call.permissions:
            refused = Forbidden(field.requires, f"{self._entity.name}.{name}")
            self._planner.checks.append(lambda _run: refused)
        return self._figure(operation, column)

    def _figure(self, operation: str, column: ModelColumn) -> Part:
        columns = self.wishes.figures.columns
        columns.setdefault(column.name, column)
        first = 1 + 4 * list(columns).index(column.name)
        kind = column.leaf.type
        assert issubclass(kind, Fixed)
        places = kind.places

        def figure(page: FoundPage) -> str | None:
            if not page.figures or not page.figures[first + 1]:
                return plain(0, places) if operation == "sum" else None
            total, count, least, greatest = (int(one) for one in page.figures[first : first + 4])
            if operation == "avg":
                return plain(divide(total * 10 ** (AVERAGE_PLACES - places), count), AVERAGE_PLACES)
            return plain({"sum": total, "min": least, "max": greatest}[operation], places)

        return figure


_PAGE_INFO: dict[str, Part] = {
    "hasPreviousPage": lambda page: page.before,
    "hasNextPage": lambda page: page.after,
    "startCursor": lambda page: page.cursors[0] if page.cursors else None,
    "endCursor": lambda page: page.cursors[-1] if page.cursors else None,
}


def _count(page: FoundPage) -> int:
    count: int = page.figures[0] if page.figures else 0
    return count


def _constant(value: str) -> Part:
    return lambda _page: value
