"""What a list of an entity can be filtered, searched, sorted and added up by: told by its fields, never by hand.

An edge to one leads to what it points to, the short list of an object to what is in it: `where` goes on there, in the
words of what stands there. A list is sorted by its own columns and by what names the things that it points to.

Whatever may have many rows is filtered and sorted by that alone to which an index leads: a list that is asked for a
few of them reads hardly more.
"""

from collections.abc import Collection, Iterator

from jxc_graphql.gql.schema.types import (
    CodedRows,
    Edge,
    Field,
    Filtered,
    FromColumn,
    FromKey,
    Listed,
    ModelColumn,
    ObjectType,
    Sorted,
    ToMany,
    ToOne,
)
from jxc_graphql.gql.words.describe import screaming
from jxc_graphql.kit.numbers import Fixed, Money

_NAMES = ("code", "number", "name")
"""Fields that name a thing: lists of what points to it are sorted by the first in whose order an index has it."""
_DAY = "businessDate"
OWN = "OWN"
"""What a list is sorted by where it is sorted by what is said under a code."""
_LINES = "lines"
"""The list of what a document is about, also where that is a long one."""
_TOTAL = "total"
"""What a document comes to, where its own kind says that."""
TREE = "within"
"""The filter for a thing of a tree and all that lies below it."""


def listed(entity: ObjectType) -> Listed:
    """All of that, for an entity whose fields and those of its neighbours are known."""
    edges = dict(_edges(entity))
    parents = [one.column for one in edges.values() if one.by is None and one.target is entity]
    return Listed(
        dict(_filters(entity)), edges, parents[0] if len(parents) == 1 else None, dict(_orders(entity, edges)),
        dict(_numbers(entity)), next(_coded(entity), None), _ways(entity, edges.values()),
        list(_amounts(entity)),
    )  # fmt: skip


def _filters(entity: ObjectType) -> Iterator[tuple[str, Filtered]]:
    table = entity.table
    assert table is not None
    for field in entity.fields.values():
        match field.source:
            case FromKey(column):
                yield field.name, Filtered(field, column, entity)
            case ToOne(column) if table.leads(column):
                assert isinstance(field.type.of, ObjectType)
                yield f"{field.name}Id", Filtered(field, column, field.type.of)
            case FromColumn(column) if table.leads(column) or entity.spells(column):
                yield field.name, Filtered(field, column, None)


def _edges(entity: ObjectType) -> Iterator[tuple[str, Edge]]:
    """Those that lead to things which are found by their ids."""
    table = entity.table
    assert table is not None
    for field in entity.fields.values():
        target, source = field.type.of, field.source
        if not isinstance(target, ObjectType) or not target.is_found_by_id:
            continue
        if isinstance(source, ToOne) and table.leads(source.column):
            yield field.name, Edge(field, source.column, target)
        elif isinstance(source, ToMany) and not source.paged and source.key is not None:
            yield field.name, Edge(field, source.key, target, source.by)


def _orders(entity: ObjectType, edges: dict[str, Edge]) -> Iterator[tuple[str, Sorted]]:
    table = entity.table
    assert table is not None
    for field in entity.fields.values():
        if isinstance(field.source, FromColumn | FromKey) and table.orders(field.source.column):
            yield screaming(field.name), Sorted(field, field.source.column)
    for name, edge in edges.items():
        if edge.by is None and edge.target is not entity and (table.few or edge.is_sure):
            for field, column in _naming(edge.target):
                yield f"{screaming(name)}_{screaming(field.name)}", Sorted(field, column, edge)


def _naming(entity: ObjectType) -> Iterator[tuple[Field, ModelColumn]]:
    """The first that names it, and the day it counts for."""
    table = entity.table
    assert table is not None
    plain = {
        name: (field, field.source.column)
        for name, field in entity.fields.items()
        if isinstance(field.source, FromColumn) and field.requires is None and table.orders(field.source.column)
    }
    yield from [plain[name] for name in _NAMES if name in plain][:1]
    if _DAY in plain:
        yield plain[_DAY]


def _numbers(entity: ObjectType) -> Iterator[tuple[str, tuple[Field, ModelColumn]]]:
    for field in entity.fields.values():
        if isinstance(field.source, FromColumn):
            kind = field.source.column.leaf.type
            if issubclass(kind, Fixed) and kind.adds_up:
                yield field.name, (field, field.source.column)


def _amounts(entity: ObjectType) -> Iterator[tuple[Field, ModelColumn]]:
    """The sums by which the rows of a register are looked for: all of its own, and what a thing of a kind comes to."""
    table, is_of_kind = entity.table, any(one.register is not None for one in entity.interfaces)
    for name, (field, column) in _numbers(entity):
        is_meant = entity.register is not None or (is_of_kind and name == _TOTAL)
        if is_meant and table is not None and column.leaf.type is Money and table.leads(column):
            yield field, column


def _coded(entity: ObjectType) -> Iterator[tuple[Field, CodedRows]]:
    for field in entity.fields.values():
        if isinstance(field.source, ToMany) and field.source.coded is not None:
            yield field, field.source.coded


def _ways(entity: ObjectType, edges: Collection[Edge]) -> list[tuple[Edge, ...]]:
    """By which a search goes on from a thing; none where texts of its own name it, which a note does not."""
    table = entity.table
    assert table is not None
    if entity.register is None and table.texts.intersection(_NAMES) and not table.goes_on:
        return []
    found = [*_all_ways(entity, edges)]
    return [way for way in found if not _is_aside(way[-1].target)] or found


def _is_aside(entity: ObjectType) -> bool:
    return entity.table is not None and entity.table.aside


def _all_ways(entity: ObjectType, edges: Collection[Edge]) -> Iterator[tuple[Edge, ...]]:
    """Those to texts of what it points to, and of what that is about, which is nothing that is reached already.

    A document has a number and a note, and is looked for by its partner, its tags and its goods as well. The register
    of all kinds goes on to what documents of each kind are about, which are goods.
    """
    near = [way for way in _texts(entity) if way]
    near += [(edge, *way) for edge in edges if edge.target is not entity for way in _texts(edge.target)]
    yield from near
    reached = [way[-1].target for way in near]
    yield from (way for edge in edges for way in _beyond(entity, edge) if way[-1].target not in reached)
    own = [*_about(entity)]
    yield from own
    if entity.register is None:
        return
    beside = [edge.target.name for edge in edges] + [way[-1].target.name for way in own]
    of_kinds = {kind.name: [*_about(kind), *_itself_about(kind)] for kind in entity.members}
    ends = [{way[-1].target.name for way in ways} for ways in of_kinds.values() if ways]
    common = set[str]().union(*ends).intersection(*ends).difference(beside)
    yield from (way for ways in of_kinds.values() for way in ways if way[-1].target.name in common)


def _beyond(entity: ObjectType, first: Edge) -> Iterator[tuple[Edge, ...]]:
    """The ways on from what has no texts of its own to what that is about, as from a stock level to its SKU."""
    if first.by is not None or first.target is entity or any(True for _ in _texts(first.target)):
        return
    for edge in dict(_edges(first.target)).values():
        if edge.by is None and edge.target not in {entity, first.target} and not _is_aside(edge.target):
            yield from ((first, edge, *way) for way in _texts(edge.target))


def _about(entity: ObjectType) -> Iterator[tuple[Edge, ...]]:
    """The ways through what is in it, and not back to it."""
    for edge in _lists(entity):
        for other in dict(_edges(edge.target)).values():
            if other.by is None and other.target is not entity and other.column is not edge.by:
                yield from ((edge, other, *way) for way in _texts(other.target))


def _lists(entity: ObjectType) -> Iterator[Edge]:
    """Those of what is in it: the short ones, and that of its lines."""
    yield from (edge for edge in dict(_edges(entity)).values() if edge.by is not None)
    lines = entity.fields.get(_LINES)
    if lines is not None and isinstance(lines.source, ToMany) and lines.source.paged and lines.source.key is not None:
        assert isinstance(lines.type.of, ObjectType)
        assert lines.type.of.node is not None
        yield Edge(lines, lines.source.key, lines.type.of.node, lines.source.by)


def _itself_about(kind: ObjectType) -> Iterator[tuple[Edge, ...]]:
    """The ways from a row of a register through the thing itself."""
    assert kind.table is not None
    itself = Edge(kind.fields["id"], kind.table.columns[kind.table.key], kind)
    for edge in dict(_edges(kind)).values():
        if edge.by is None and edge.target is not kind:
            yield from ((itself, edge, *way) for way in _texts(edge.target))


def _texts(entity: ObjectType) -> Iterator[tuple[Edge, ...]]:
    """Ways to what is written of a thing itself: beside it, or in the register."""
    assert entity.table is not None
    if entity.table.search is not None:
        yield ()
    for above in entity.interfaces:
        if above.table is not None and above.table.search is not None:
            yield (Edge(entity.fields["id"], entity.table.columns[entity.table.key], above),)
