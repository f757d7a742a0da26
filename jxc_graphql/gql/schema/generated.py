"""Types that nobody declares: connections, filters, orders, aggregates, the enum of error codes."""

from enum import StrEnum
from typing import Any

from jxc_graphql.gql.schema import scalars
from jxc_graphql.gql.schema.listed import OWN, TREE, listed
from jxc_graphql.gql.schema.scalars import Leaf
from jxc_graphql.gql.schema.types import (
    Argument,
    Built,
    EnumType,
    Field,
    IdOf,
    InputType,
    ModelColumn,
    ObjectType,
    Ref,
    Sorted,
)
from jxc_graphql.gql.words import describe
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.pages import DEFAULT_SIZE, MAX_SIZE


class ValueOperator(StrEnum):
    """How a value is compared: numbers as numbers, days as days."""

    EQ = "EQ"
    """Is the value."""
    NOT = "NOT"
    """Is not the value, or is empty."""
    IN = "IN"
    """Is one of the values."""
    NOT_IN = "NOT_IN"
    """Is none of the values, or is empty."""
    LT = "LT"
    """Is less than the value."""
    LTE = "LTE"
    """Is at most the value."""
    GT = "GT"
    """Is greater than the value."""
    GTE = "GTE"
    """Is at least the value."""
    CONTAINS = "CONTAINS"
    """Is a text that contains the value, with A to Z as good as a to z."""
    STARTS_WITH = "STARTS_WITH"
    """Is a text that starts with the value; upper and lower case count."""
    EMPTY = "EMPTY"
    """Nothing is said."""
    NOT_EMPTY = "NOT_EMPTY"
    """Something is said."""


class SortDirection(StrEnum):
    """Which way a list is sorted."""

    ASC = "ASC"
    """From the smallest to the greatest; empty values last."""
    DESC = "DESC"
    """From the greatest to the smallest; empty values first."""


_FLAG = Ref(scalars.BOOLEAN, nullable=True)
_OPERATORS = {
    "eq": "Is this value.",
    "not": "Is not this value, or is empty.",
    "in": "Is one of these values.",
    "notIn": "Is none of these values, or is empty.",
    "lt": "Is less than this value.",
    "lte": "Is at most this value.",
    "gt": "Is greater than this value.",
    "gte": "Is at least this value.",
    "contains": "Contains this text, with A to Z as good as a to z.",
    "startsWith": "Starts with this text; upper and lower case count.",
}
_EQUAL, _LESS = ("eq", "not", "in", "notIn"), ("lt", "lte", "gt", "gte")
_KINDS = {
    "ID": _EQUAL,
    "String": (*_EQUAL, "contains", "startsWith"),
    "Code": (*_EQUAL, "startsWith"),
    "Text": ("eq", "not", "contains", "startsWith"),
    "Boolean": ("eq", "not"),
    "Decimal": (*_EQUAL, *_LESS),
    "Int": (*_EQUAL, *_LESS),
    "Date": (*_EQUAL, *_LESS),
    "DateTime": (*_EQUAL, *_LESS),
}
"""By type; to a `Code` an index leads, a `Text` is looked for in what is written for searches, a `String` both."""


def error_codes() -> EnumType:
    """One value per reason that any rule can give; described by the first paragraph of its docstring."""
    texts = {
        code: (reason.__doc__ or code).partition("\n\n")[0].replace("\n    ", " ")
        for code, reason in sorted(Reason.registry.items())
    }
    cls = StrEnum("ErrorCode", {code: code for code in texts})  # type: ignore[misc]
    return EnumType(cls, "What can be wrong with an input; programs go by these, and they never change.", texts)


def id_of_row() -> Field:
    """The id of a value that stands in lists."""
    text = "Its id (标识) in this answer: the same whenever the same is asked; it finds nothing."
    return Field("id", text, Ref(IdOf(None)), Built("row_id"))


def fill_connection(
    connection: ObjectType, objects: dict[str, ObjectType], inputs: dict[str, InputType], enums: dict[str, EnumType]
) -> None:
    """Gives a connection its fields, and makes the types that its fields and arguments need."""
    entity = connection.node
    assert entity is not None
    _fill_page(connection, entity, objects)
    if entity.table is None:
        return
    enums.setdefault("SortDirection", _sort_direction())
    _where(entity, inputs, enums)
    _fill_order(entity, inputs, enums)
    if entity.listed.numbers:
        _add(connection, "aggregates", "Figures about the whole list.", Ref(_aggregates(entity, objects)))


def _fill_page(connection: ObjectType, entity: ObjectType, objects: dict[str, ObjectType]) -> None:
    edge = objects[f"{entity.name}Edge"] = ObjectType(
        f"{entity.name}Edge", f"One {entity.name} at its position in a list.", "edge", node=entity
    )
    _add(edge, "cursor", "The position, to be given as `after` or `before`.", Ref(scalars.STRING))
    _add(edge, "node", "What is there.", Ref(entity))
    _add(connection, "edges", "The page, each object with its position.", Ref(edge, many=True))
    _add(connection, "nodes", "The page, the objects alone.", Ref(entity, many=True))
    _add(connection, "pageInfo", "What lies before and after the page.", Ref(_page_info(objects)))
    _add(connection, "totalCount", "How many objects the whole list has.", Ref(scalars.INT))


def slice_arguments() -> dict[str, Argument]:
    """The arguments of a field that is a connection of values, and the first ones of all others."""
    text, number = Ref(scalars.STRING, nullable=True), Ref(scalars.INT, nullable=True)
    first = f"How many objects from the start, at most {MAX_SIZE}; {DEFAULT_SIZE} where nothing is said."
    found = [
        Argument("first", "first", number, first),
        Argument("after", "after", text, "Only what follows this cursor."),
        Argument("last", "last", number, f"How many objects from the end, at most {MAX_SIZE}."),
        Argument("before", "before", text, "Only what precedes this cursor."),
    ]
    return {argument.name: argument for argument in found}


def page_arguments(entity: ObjectType, inputs: dict[str, InputType]) -> dict[str, Argument]:
    """The arguments of a field that is a connection of an entity."""
    assert entity.table is not None
    text = Ref(scalars.STRING, nullable=True)
    found = [
        *slice_arguments().values(),
        Argument("where", "where", Ref(inputs[f"{entity.name}Where"], nullable=True), "Only what fulfils this."),
        Argument(
            "orderBy",
            "order_by",
            Ref(inputs[f"{entity.name}Order"], nullable=True, many=True),
            "How the list is sorted, what is equal so far by id; by default one of a span of something by that.",
        ),
    ]
    if entity.table.search is not None or entity.listed.search:
        told = (
            "Only what has each of these words in its name, code, number and the like, or in those of what it is about."
        )
        found.append(Argument("search", "search", text, told))
    return {argument.name: argument for argument in found}


def _add(owner: ObjectType, name: str, description: str, kind: Ref) -> None:
    owner.fields[name] = Field(name, description, kind, Built(name))


def _sort_direction() -> EnumType:
    return EnumType(
        SortDirection,
        "Which way a list is sorted.",
        {
            "ASC": "From the smallest to the greatest; empty values last.",
            "DESC": "From the greatest to the smallest; empty values first.",
        },
    )


def _page_info(objects: dict[str, ObjectType]) -> ObjectType:
    if "PageInfo" not in objects:
        made = objects["PageInfo"] = ObjectType("PageInfo", "What lies before and after a page.", "page_info")
        cursor = Ref(scalars.STRING, nullable=True)
        _add(made, "hasNextPage", "Whether the list goes on after the page.", Ref(scalars.BOOLEAN))
        _add(made, "hasPreviousPage", "Whether the list has something before the page.", Ref(scalars.BOOLEAN))
        _add(made, "startCursor", "The position of the page's first object; null on an empty page.", cursor)
        _add(made, "endCursor", "The position of the page's last object; null on an empty page.", cursor)
    return objects["PageInfo"]


def _aggregates(entity: ObjectType, objects: dict[str, ObjectType]) -> ObjectType:
    made = objects[f"{entity.name}Aggregates"] = ObjectType(
        f"{entity.name}Aggregates", f"Figures about a list of {entity.name}.", "aggregates", node=entity
    )
    _add(made, "count", "How many objects the list has.", Ref(scalars.INT))
    each = objects[f"{entity.name}Numbers"] = ObjectType(
        f"{entity.name}Numbers", f"A figure for each number of {entity.name}; null where there is nothing.", "numbers"
    )
    sums = objects[f"{entity.name}Sums"] = ObjectType(
        f"{entity.name}Sums", f"The sum of each number of {entity.name}; 0 where there is nothing.", "numbers"
    )
    for field, column in entity.listed.numbers.values():
        for kind, nullable in ((each, True), (sums, False)):
            _add(kind, field.name, field.description, Ref(column.leaf, nullable=nullable))
            kind.fields[field.name].requires = field.requires
    _add(made, "sum", "Sums, exact.", Ref(sums))
    _add(made, "min", "The least values.", Ref(each))
    _add(made, "max", "The greatest values.", Ref(each))
    _add(made, "avg", "Means, rounded half-even at six decimal places.", Ref(each))
    return made


def _where(entity: ObjectType, inputs: dict[str, InputType], enums: dict[str, EnumType]) -> InputType:
    """The filter of an entity's lists, and of lists of what leads to it."""
    name = f"{entity.name}Where"
    if name in inputs:
        return inputs[name]
    made = inputs[name] = InputType(name, f"Which {entity.name} objects; all that is said must hold.")
    entity.listed = listed(entity)
    for key, (field, column, target) in entity.listed.filters.items():
        kind = _filter_type(_kind(entity, column, target), column.leaf, inputs)
        made.fields[key] = Argument(key, key, Ref(kind, nullable=True), field.description)
    for key, edge in entity.listed.edges.items():
        text = "It is there, and this holds of it." if edge.by is None else "This holds of one of them at least."
        made.fields[key] = Argument(key, key, Ref(_where(edge.target, inputs, enums), nullable=True), text)
    if entity.listed.coded is not None:
        (field, _), text = entity.listed.coded, "All of this is said under codes."
        several = Ref(_value_filter(inputs, enums), nullable=True, many=True)
        made.fields[field.name] = Argument(field.name, field.name, several, text)
    if entity.listed.tree is not None:
        several = Ref(IdOf(entity), nullable=True, many=True)
        made.fields[TREE] = Argument(TREE, TREE, several, "It is one of these, or lies below one.")
    both = Ref(made, nullable=True, many=True)
    for key, text in (("and", "All of these hold."), ("or", "At least one of these holds.")):
        made.fields[key] = Argument(key, key, both, text)
    made.fields["not"] = Argument("not", "not", Ref(made, nullable=True), "This does not hold.")
    return made


def _value_filter(inputs: dict[str, InputType], enums: dict[str, EnumType]) -> InputType:
    """The filter for what is said under a code."""
    title = "ValueFilter"
    if title not in inputs:
        text = describe.of_class(ValueOperator) or ""
        enums["ValueOperator"] = EnumType(ValueOperator, text, dict(describe.of_attributes(ValueOperator)))
        leaf, one = scalars.leaf_of(ValueOperator), Ref(scalars.STRING, nullable=True)
        assert leaf is not None
        made = inputs[title] = InputType(title, "What is said under a code.")
        several = Ref(scalars.STRING, nullable=True, many=True)
        made.fields |= {
            "code": Argument("code", "code", Ref(scalars.STRING), "The code."),
            "op": Argument("op", "op", Ref(leaf), "How it is compared.", default=ValueOperator.EQ),
            "value": Argument("value", "value", one, "With what, as it is filled in: `3.5`, `2026-01-31`, an id."),
            "values": Argument("values", "values", several, "With which, for IN and NOT_IN; at most 500."),
        }
    return inputs[title]


def _kind(entity: ObjectType, column: ModelColumn, target: ObjectType | None) -> str:
    """What a filter is called after."""
    table, name = entity.table, column.leaf.graphql
    assert table is not None
    if target is not None:
        return "ID"
    if name != "String" or table.few or (table.leads(column) and entity.spells(column)):
        return name
    return "Code" if table.leads(column) else "Text"


def _filter_type(name: str, leaf: Leaf, inputs: dict[str, InputType]) -> InputType:
    title = f"{'Id' if name == 'ID' else name}Filter"
    if title not in inputs:
        shown = "ID" if name == "ID" else leaf.graphql
        made = inputs[title] = InputType(title, f"What a field of type {shown} must be; all that is said must hold.")
        of: Any = IdOf(None) if name == "ID" else leaf
        for operator in _KINDS.get(name, _EQUAL):
            kind = Ref(of, nullable=True, many=operator in {"in", "notIn"})
            made.fields[operator] = Argument(operator, operator, kind, _OPERATORS[operator])
        if name != "Text":
            made.fields["isNull"] = Argument("isNull", "isNull", _FLAG, "Is empty (true), or is not empty (false).")
    return inputs[title]


def _of(order: Sorted) -> str:
    return order.field.description if order.edge is None else f"By `{order.edge.field.name} {{ {order.field.name} }}`."


def _fill_order(entity: ObjectType, inputs: dict[str, InputType], enums: dict[str, EnumType]) -> None:
    name = f"{entity.name}Order"
    texts = {key: _of(one) for key, one in entity.listed.orders.items()}
    if entity.listed.coded is not None:
        texts[OWN] = "By what is said under `code`."
    cls = StrEnum(f"{name}Field", {key: key for key in texts})  # type: ignore[misc]
    enums[cls.__name__] = EnumType(cls, f"What a list of {entity.name} can be sorted by.", texts)
    made = inputs[name] = InputType(name, f"One step of how a list of {entity.name} is sorted.")
    field_leaf, direction_leaf = scalars.leaf_of(cls), scalars.leaf_of(SortDirection)
    assert field_leaf is not None
    assert direction_leaf is not None
    made.fields["field"] = Argument("field", "field", Ref(field_leaf), "What it is sorted by.")
    made.fields["direction"] = Argument(
        "direction", "direction", Ref(direction_leaf), "Which way.", default=SortDirection.ASC
    )
    if entity.listed.coded is not None:
        text = Ref(scalars.STRING, nullable=True)
        made.fields["code"] = Argument("code", "code", text, "Under which code, for OWN.")
