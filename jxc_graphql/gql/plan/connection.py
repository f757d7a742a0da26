"""Connections: edges, nodes, pageInfo, totalCount and aggregates of a page, put together from shaped rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import FieldNode

from jxc_graphql.gql.plan.fetch import Figures, Paged
from jxc_graphql.gql.plan.parts import Parts
from jxc_graphql.gql.plan.problems import denied
from jxc_graphql.gql.plan.running import Run
from jxc_graphql.gql.schema.generated import summable
from jxc_graphql.gql.schema.types import ModelColumn, ObjectType, ToMany
from jxc_graphql.kit.numbers import Fixed, divide, plain

AVERAGE_PLACES = 6

Fail = Callable[[Exception], Exception]
Part = Callable[[Fail, Sequence[list[Any]], Sequence[str], Any, Any], Any]
"""(fail, shaped rows per shape, cursors, (before, after), figures) → the value of one field of the connection."""


def plan_connection(
    planner: Parts,
    connection: ObjectType,
    source: ToMany,
    arguments: Callable[[Run], Mapping[str, Any]],
    nodes: Sequence[FieldNode],
) -> Paged:
    """The level of a connection's rows, and how they are put together."""
    assembly = _Assembly(planner, connection)
    parts = {key: assembly.part(below) for key, below in planner.selections.below(connection, nodes).items()}
    assert connection.node is not None
    level = planner.level(connection.node, assembly.shapes)
    group = 0 if source.by is None else int(level.column(level.root, source.by.name)[1:])
    level.compile(with_keys=assembly.keys)

    def assemble(
        fail: Fail, shaped: Sequence[list[Any]], cursors: Sequence[str], span: Any, figures: Any
    ) -> dict[str, Any]:
        return {key: part(fail, shaped, cursors, span, figures) for key, part in parts.items()}

    return Paged(
        level,
        source,
        arguments,
        group=group,
        wants_rows=bool(assembly.shapes) or assembly.keys or assembly.rows,
        wants_keys=assembly.keys,
        wants_previous=assembly.previous,
        wants_next=assembly.following,
        figures=assembly.figures if assembly.counted else None,
        assemble=assemble,
    )


class _Assembly:
    """Collects what a connection's selection needs while its parts are made."""

    def __init__(self, planner: Parts, connection: ObjectType) -> None:
        assert connection.node is not None
        self._planner = planner
        self._connection = connection
        self._entity: ObjectType = connection.node
        self.shapes: list[Sequence[FieldNode]] = []
        self.figures = Figures()
        self.rows = self.keys = self.previous = self.following = self.counted = False

    def part(self, nodes: Sequence[FieldNode]) -> Part:
        """The value of one field of the connection."""
        name = nodes[0].name.value
        if name == "__typename":
            return _constant(self._connection.name)
        kind = self._connection.fields[name].type.of
        match name:
            case "nodes":
                self.rows = True
                index = self._shape(nodes)
                return lambda _fail, shaped, _cursors, _span, _figures: shaped[index]
            case "edges":
                assert isinstance(kind, ObjectType)
                return self._edges(kind, nodes)
            case "pageInfo":
                assert isinstance(kind, ObjectType)
                return self._page_info(kind, nodes)
            case "totalCount":
                self.counted = True
                return lambda _fail, _shaped, _cursors, _span, figures: figures[0] if figures else 0
        assert isinstance(kind, ObjectType)
        return self._aggregates(kind, nodes)

    def _shape(self, nodes: Sequence[FieldNode]) -> int:
        self.shapes.append(nodes)
        return len(self.shapes) - 1

    def _edges(self, edge: ObjectType, nodes: Sequence[FieldNode]) -> Part:
        self.rows = True
        parts: list[tuple[str, str, int]] = []
        for key, below in self._planner.selections.below(edge, nodes).items():
            name = below[0].name.value
            self.keys = self.keys or name == "cursor"
            parts.append((key, name, self._shape(below) if name == "node" else 0))
        title = edge.name
        if not self.shapes:
            self._shape([])

        def edges(_fail: Fail, shaped: Sequence[list[Any]], cursors: Sequence[str], _span: Any, _figures: Any) -> Any:
            return [
                {
                    key: shaped[index][row] if name == "node" else cursors[row] if name == "cursor" else title
                    for key, name, index in parts
                }
                for row in range(len(shaped[0]))
            ]

        return edges

    def _page_info(self, kind: ObjectType, nodes: Sequence[FieldNode]) -> Part:
        parts: list[tuple[str, Part]] = []
        for key, below in self._planner.selections.below(kind, nodes).items():
            name = below[0].name.value
            if name == "__typename":
                parts.append((key, _constant(kind.name)))
                continue
            self.rows = True
            self.previous |= name == "hasPreviousPage"
            self.following |= name == "hasNextPage"
            self.keys |= name in {"startCursor", "endCursor"}
            parts.append((key, _PAGE_INFO[name]))
        return lambda *known: {key: part(*known) for key, part in parts}

    def _aggregates(self, kind: ObjectType, nodes: Sequence[FieldNode]) -> Part:
        self.counted = True
        parts: list[tuple[str, Part]] = []
        for key, below in self._planner.selections.below(kind, nodes).items():
            name = below[0].name.value
            if name == "__typename":
                parts.append((key, _constant(kind.name)))
            elif name == "count":
                parts.append((key, lambda _fail, _shaped, _cursors, _span, figures: figures[0] if figures else 0))
            else:
                numbers = kind.fields[name].type.of
                assert isinstance(numbers, ObjectType)
                parts.append((key, self._numbers(name, numbers, below)))
        return lambda *known: {key: part(*known) for key, part in parts}

    def _numbers(self, operation: str, kind: ObjectType, nodes: Sequence[FieldNode]) -> Part:
        parts: list[tuple[str, Part]] = []
        known = summable(self._entity)
        for key, below in self._planner.selections.below(kind, nodes).items():
            name = below[0].name.value
            if name == "__typename":
                parts.append((key, _constant(kind.name)))
                continue
            field, column = known[name]
            if field.requires is not None and field.requires not in self._planner.call.permissions:
                parts.append((key, _refused(denied(self._planner.call, field.requires))))
            else:
                parts.append((key, self._figure(operation, column)))
        return lambda *given: {key: part(*given) for key, part in parts}

    def _figure(self, operation: str, column: ModelColumn) -> Part:
        self.figures.columns.setdefault(column.name, column)
        first = 1 + 4 * list(self.figures.columns).index(column.name)
        kind = column.leaf.type
        assert issubclass(kind, Fixed)
        places = kind.places

        def figure(_fail: Fail, _shaped: Any, _cursors: Any, _span: Any, figures: Any) -> str | None:
            if not figures or not figures[first + 1]:
                return None
            total, count, least, greatest = (int(one) for one in figures[first : first + 4])
            if operation == "avg":
                return plain(divide(total * 10 ** (AVERAGE_PLACES - places), count), AVERAGE_PLACES)
            return plain({"sum": total, "min": least, "max": greatest}[operation], places)

        return figure


_PAGE_INFO: dict[str, Part] = {
    "hasPreviousPage": lambda _fail, _shaped, _cursors, span, _figures: span[0],
    "hasNextPage": lambda _fail, _shaped, _cursors, span, _figures: span[1],
    "startCursor": lambda _fail, _shaped, cursors, _span, _figures: cursors[0] if cursors else None,
    "endCursor": lambda _fail, _shaped, cursors, _span, _figures: cursors[-1] if cursors else None,
}


def _constant(value: str) -> Part:
    return lambda _fail, _shaped, _cursors, _span, _figures: value


def _refused(error: Exception) -> Part:
    return lambda fail, _shaped, _cursors, _span, _figures: fail(error)
