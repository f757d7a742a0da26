"""What is asked of a document to print it: a query for each kind, made of the schema."""

from collections.abc import Iterable, Iterator
from functools import cache

import msgspec
from graphql import (
    GraphQLEnumType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_interface_type,
    is_object_type,
)

from jxc_graphql.gql.words.selected import selection
from jxc_graphql.prints.columns import HEAD, LINE, Titled

LINES, MOST_LINES = 100, 2_000
"""Lines that are asked for at a time where they may be many, and that a print has at most."""
ALWAYS = (("id",), ("number",), ("createdBy", "name"), ("customer", "name"))
OWN = "fields"
OF_OWN = (
    ("field", "code"), ("field", "name"), ("field", "position"), ("field", "isActive"), ("field", "valueType"),
    ("value",), ("text",),
)  # fmt: skip
"""What is asked of what a document says in its own fields."""
TEMPLATE = "query PrintTemplate($id: ID!) { printTemplate(id: $id) { documentKind paper text } }"
COMPANY = "company { currency name address phone }"


class Printed(msgspec.Struct, frozen=True):
    """Something that a kind of document shows, and where the answer has it."""

    shown: Titled
    path: tuple[str, ...]
    enum: str | None
    """Whose value it is, where it is a word."""


class Print(msgspec.Struct, frozen=True):
    """How a kind of document is printed."""

    kind: str
    query: str
    head: tuple[Printed, ...]
    lines: tuple[Printed, ...]
    is_paged: bool
    """Whether its lines come a page at a time."""


@cache
def prints(schema: GraphQLSchema) -> dict[str, Print]:
    """How each kind of document is printed, by its type."""
    document = schema.type_map["Document"]
    assert is_interface_type(document)
    return {kind.name: _print(kind) for kind in schema.get_possible_types(document)}


def _print(kind: GraphQLObjectType) -> Print:
    head = tuple(_places(kind, HEAD))
    of_lines = get_named_type(kind.fields["lines"].type)
    is_paged = of_lines.name.endswith("Connection")
    line = get_named_type(of_lines.fields["nodes"].type) if is_paged and is_object_type(of_lines) else of_lines
    assert is_object_type(line)
    lines = tuple(_places(line, LINE))
    many = f"lines(first: {LINES}, after: $after)"
    at = (many, "nodes") if is_paged else ("lines",)
    own = [(OWN, *path) for path in OF_OWN] if OWN in kind.fields else []
    paths = [*ALWAYS, *own, *(place.path for place in head), *((*at, *place.path) for place in lines)]
    if is_paged:
        paths += [(many, "pageInfo", name) for name in ("endCursor", "hasNextPage")]
    declared = "($id: ID!, $after: String)" if is_paged else "($id: ID!)"
    asked = f"document(id: $id) {{ ... on {kind.name} {selection(paths)} }}"
    query = f"query Print{kind.name}{declared} {{ {COMPANY} {asked} }}"
    return Print(kind.name, query, head, lines, is_paged)


def _places(kind: GraphQLObjectType, shown: Iterable[Titled]) -> Iterator[Printed]:
    """What of it a type has fields for."""
    for one in shown:
        for way in one.ways.split():
            path = tuple(way.split("."))
            leaf = _leaf(kind, path)
            if leaf is not None:
                yield Printed(one, path, leaf.name if isinstance(leaf, GraphQLEnumType) else None)
                break


def _leaf(kind: GraphQLNamedType, path: tuple[str, ...]) -> GraphQLNamedType | None:
    """What a path leads to from a type; None where it leads to nothing, or to a thing that has fields itself."""
    for name in path:
        field = getattr(kind, "fields", {}).get(name)
        if field is None:
            return None
        kind = get_named_type(field.type)
    return None if hasattr(kind, "fields") else kind
