"""How much one document may ask for, counted before anything is validated or run.

One pass visits every selection of the text once: what a fragment asks for is counted at its definition and added
wherever it is spread, so fragments that double each other cost us nothing. Counts depend on the text alone, never on
the values of variables, so a document is counted once and its cost kept with it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from graphql import GraphQLError, GraphQLSchema, GraphQLSyntaxError, get_named_type, get_nullable_type
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    TokenKind,
    parse,
)
from graphql.type import GraphQLCompositeType, GraphQLList, is_composite_type

BYTES = 64 * 1024
TOKENS = 2_000
NESTING = 50
"""Brackets within brackets, fragments within fragments, values of variables within values."""
DEPTH = 10
ALIASES = 30
DIRECTIVES = 20
FIELDS = 300
DOCUMENT_FIELDS = 1_000
"""Fields of all operations of a document together: validation reads them all, whichever is run."""
OPERATIONS = 50
FRAGMENTS = 100
"""Definitions, spreads and inline fragments in the text: validation compares each with each."""
REPEATS = 30
"""Fields that stand in a selection under a name that stands there before: validation compares each with each."""
COST = 5_000
PAGE = 100
"""Rows of a connection whose `first` or `last` is not a number in the text."""
LIST = 10
"""Rows we expect in a list that says nothing of its size, such as the lines of an order."""
VALUES = 10_000
"""Values in the variables, lists and objects included; the largest document that can be posted has 6,000."""
INTROSPECTION_DEPTH = 20
INTROSPECTION_FIELDS = 500
INTROSPECTION_COST = {"__schema": 2_000, "__type": 100}

CODE = "LIMIT_EXCEEDED"
_OPENING = {TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L}
_CLOSING = {TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R}


class LimitExceeded(GraphQLError):
    """The document asks for more than one request may."""

    def __init__(self, what: str, most: int) -> None:
        """Of what there may be so many at most."""
        super().__init__(f"The document has more than {most:,} {what}.", extensions={"code": CODE, "maximum": most})


class Weight(NamedTuple):
    """What a selection asks for, everything below it included."""

    depth: int = 0
    nesting: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    cost: int = 0
    introspected_lists: frozenset[str] = frozenset()

    def beside(self, other: "Weight") -> "Weight":
        """Both selections in one object."""
        return Weight(
            max(self.depth, other.depth),
            max(self.nesting, other.nesting),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
            self.cost + other.cost,
            self.introspected_lists | other.introspected_lists,
        )


def parse_document(text: str) -> DocumentNode:
    """The document of a text; `GraphQLSyntaxError` when it is none, `LimitExceeded` when it is too long or too deep."""
    if len(text.encode("utf-8", "replace")) > BYTES:
        raise LimitExceeded("bytes", BYTES)
    try:
        document = parse(text, max_lexical_tokens=TOKENS, max_comments=TOKENS, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        if not error.message.endswith("Parsing aborted."):
            raise
        what = next((word for word in ("tokens", "comments") if word in error.message), None)
        raise (LimitExceeded(what, TOKENS) if what else LimitExceeded("levels of brackets", NESTING)) from None
    _check_brackets(document)
    return document


def check_variables(variables: Mapping[str, Any] | None) -> None:
    """Raises `LimitExceeded` for more values than are worth reading, or nested so deeply as to exhaust the stack."""
    level: list[Any] = [variables]
    count = 0
    for _ in range(NESTING):
        level = [inner for outer in level for inner in _inside(outer)]
        count += len(level)
        _at_most(count, VALUES, "values in its variables")
        if not level:
            return
    raise LimitExceeded("levels of values within values", NESTING)


def weigh(document: DocumentNode, schema: GraphQLSchema) -> list[int]:
    """The rows that each operation may read; `LimitExceeded` when a definition of the document asks for too much."""
    scale = _Scale(document, schema)
    _at_most(len(document.definitions) - scale.fragments, OPERATIONS, "operations")
    costs, total = [], 0
    for definition in document.definitions:
        weight = scale.definition(definition)
        if isinstance(definition, OperationDefinitionNode):
            total += weight.fields
            _at_most(total, DOCUMENT_FIELDS, "fields in all its operations")
            costs.append(weight.cost)
    return costs


def _check_brackets(document: DocumentNode) -> None:
    assert document.loc is not None
    token, depth = document.loc.start_token.next, 0
    while token is not None:
        if token.kind in _OPENING:
            depth += 1
            _at_most(depth, NESTING, "levels of brackets")
        elif token.kind in _CLOSING:
            depth -= 1
        token = token.next


def _inside(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _at_most(count: int, most: int, what: str) -> None:
    if count > most:
        raise LimitExceeded(what, most)


class _Scale:
    """Weighs the definitions of one document, each fragment once."""

    def __init__(self, document: DocumentNode, schema: GraphQLSchema) -> None:
        self._schema = schema
        defined = [one for one in document.definitions if isinstance(one, FragmentDefinitionNode)]
        self._fragments = {one.name.value: one for one in defined}
        self._weights: dict[str, Weight] = {}
        self.fragments = len(defined)
        self._repeats = 0

    def definition(self, node: Any) -> Weight:
        """The weight of an operation or fragment; nothing for other definitions, which validation refuses."""
        try:
            if isinstance(node, FragmentDefinitionNode):
                return self._fragment(node.name.value)
            if isinstance(node, OperationDefinitionNode):
                root = self._schema.get_root_type(node.operation)
                weight = self._selection_set(node.selection_set, root)
                own = len(node.directives or ()) + sum(len(v.directives or ()) for v in node.variable_definitions or ())
                return _checked(weight._replace(directives=weight.directives + own), introspection=False)
        except RecursionError:
            raise LimitExceeded("levels of fragments", NESTING) from None
        return Weight()

    def _fragment(self, name: str) -> Weight:
        if name not in self._weights:
            self._weights[name] = Weight()  # a fragment within itself adds nothing; validation refuses it
            node = self._fragments[name]
            type_name = node.type_condition.name.value
            weight = self._selection_set(node.selection_set, self._composite(type_name))
            own = len(node.directives or ())
            weight = weight._replace(nesting=weight.nesting + 1, directives=weight.directives + own)
            self._weights[name] = _checked(weight, introspection=type_name.startswith("__"))
        return self._weights[name]

    def _composite(self, name: str) -> GraphQLCompositeType | None:
        found = self._schema.get_type(name)
        return found if is_composite_type(found) else None

    def _selection_set(
        self, node: SelectionSetNode, parent: GraphQLCompositeType | None, names: set[str] | None = None
    ) -> Weight:
        weight, names = Weight(), set() if names is None else names
        for selection in node.selections:
            if isinstance(selection, FieldNode):
                name = (selection.alias or selection.name).value
                self._repeats += name in names
                names.add(name)
            else:
                self.fragments += 1
            weight = weight.beside(self._selection(selection, parent, names))
        _at_most(self.fragments, FRAGMENTS, "fragments")
        _at_most(self._repeats, REPEATS, "fields that stand twice in one selection")
        return weight

    def _selection(self, node: SelectionNode, parent: GraphQLCompositeType | None, names: set[str]) -> Weight:
        if isinstance(node, FieldNode):
            return self._field(node, parent)
        weight = Weight()
        if isinstance(node, InlineFragmentNode):
            inner = self._composite(node.type_condition.name.value) if node.type_condition else parent
            weight = self._selection_set(node.selection_set, inner, names if inner is parent else None)
        elif isinstance(node, FragmentSpreadNode) and node.name.value in self._fragments:
            weight = self._fragment(node.name.value)
        return weight._replace(nesting=weight.nesting + 1, directives=weight.directives + len(node.directives or ()))

    def _field(self, node: FieldNode, parent: GraphQLCompositeType | None) -> Weight:
        name = node.name.value
        field = self._schema.get_field(parent, name) if parent else None
        named = get_named_type(field.type) if field else None
        below = Weight()
        if node.selection_set:
            below = self._selection_set(node.selection_set, named if is_composite_type(named) else None)
        weight = below._replace(
            depth=below.depth + 1,
            nesting=below.nesting + 1,
            fields=below.fields + 1,
            aliases=below.aliases + (node.alias is not None),
            directives=below.directives + len(node.directives or ()),
        )
        if name in INTROSPECTION_COST:
            _checked(weight, introspection=True)
            return weight._replace(depth=1, fields=1, cost=INTROSPECTION_COST[name], introspected_lists=frozenset())
        if field is None or not node.selection_set:
            return weight
        is_list = isinstance(get_nullable_type(field.type), GraphQLList)
        if parent is not None and parent.name.startswith("__"):
            return _introspected(weight, name) if is_list else weight
        return weight._replace(cost=_rows(node, parent, named, is_list=is_list) * (1 + below.cost) or below.cost)


def _checked(weight: Weight, *, introspection: bool) -> Weight:
    _at_most(weight.depth, INTROSPECTION_DEPTH if introspection else DEPTH, "levels of fields")
    _at_most(weight.nesting, NESTING, "levels of fragments")
    _at_most(weight.fields, INTROSPECTION_FIELDS if introspection else FIELDS, "fields")
    _at_most(weight.aliases, ALIASES, "aliases")
    _at_most(weight.directives, DIRECTIVES, "directives")
    _at_most(weight.cost, COST, "rows to read")
    return weight


def _introspected(weight: Weight, name: str) -> Weight:
    """The types of fields of types of fields … grow without end: a list may not lie within the same list."""
    _at_most(1 + (name in weight.introspected_lists), 1, f"level of {name} within {name}")
    return weight._replace(introspected_lists=weight.introspected_lists | {name})


def _rows(node: FieldNode, parent: GraphQLCompositeType | None, named: Any, *, is_list: bool) -> int:
    """How many rows a field adds for each row it lies in; none for the object at the other end of a foreign key."""
    written = [a.value for a in node.arguments or () if a.name.value in {"first", "last"}]
    sizes = [max(int(value.value), 0) if isinstance(value, IntValueNode) else PAGE for value in written]
    if named.name.endswith("Connection"):
        return min(max(sizes, default=PAGE), PAGE)
    if not is_list or (parent is not None and parent.name.endswith("Connection")):
        return 0
    keys = [a.value for a in node.arguments or () if a.name.value == "ids"]
    if keys:
        return len(keys[0].values) if isinstance(keys[0], ListValueNode) else PAGE
    return min(max(sizes, default=LIST), PAGE)
