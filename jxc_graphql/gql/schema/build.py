"""From the features' `api` modules to one schema: roots are merged, types resolved, Strawberry builds and prints."""

from collections.abc import Sequence
from inspect import signature
from itertools import chain
from types import ModuleType

from graphql import GraphQLSchema

from jxc_graphql.gql.schema import generated, outcomes, registers
from jxc_graphql.gql.schema.answers import reasons_of
from jxc_graphql.gql.schema.find import TypeFinder
from jxc_graphql.gql.schema.sight import when_null
from jxc_graphql.gql.schema.sources import SourceFinder, members
from jxc_graphql.gql.schema.strawberry_types import StrawberryTypes
from jxc_graphql.gql.schema.types import (
    Argument,
    Built,
    Field,
    FromFunction,
    FromOutcome,
    FromRoot,
    IdOf,
    ObjectType,
    Ref,
    ToMany,
    Types,
)
from jxc_graphql.gql.words import describe, markers, user_errors
from jxc_graphql.gql.words.describe import DeclarationError, camel
from jxc_graphql.gql.words.entity import RootFunction, ShownAs, declaration
from jxc_graphql.gql.words.node import Node
from jxc_graphql.gql.words.user_errors import InvalidInputError, UserError
from jxc_graphql.kit.errors import Reason

ROOTS = {
    "query": ("Query", "What can be asked; a field is null, with an error, where it is refused."),
    "mutation": (
        "Mutation",
        "What can be done, one after the other; a field is one action, and null where it is refused.",
    ),
    "subscription": ("Subscription", "What can be followed as it happens."),
}


class Schema:
    """A schema: its resolved types, the executable schema, and its text."""

    def __init__(self, modules: Sequence[ModuleType]) -> None:
        self.types = resolve(modules)
        self._strawberry = StrawberryTypes(self.types).schema()
        self.core: GraphQLSchema = self._strawberry._schema  # noqa: SLF001  (Strawberry has no other door to it)

    def as_str(self) -> str:
        """The schema in the schema definition language: every text wherever it belongs, and what mutations answer."""
        return StrawberryTypes(self.types, codes=codes_of).schema().as_str()


def codes_of(mutation: Field) -> list[str]:
    """The codes that a mutation can answer."""
    assert isinstance(mutation.source, FromRoot)
    return sorted(one.code for one in reasons_of(mutation.source.function, mutation.arguments))


def resolve(modules: Sequence[ModuleType]) -> Types:
    """All types of the schema that some modules declare."""
    finder = TypeFinder()
    roots = {
        operation: finder.objects.setdefault(name, ObjectType(name, text, "root"))
        for operation, (name, text) in ROOTS.items()
    }
    finder.add(Node)
    finder.add(UserError)
    finder.add(InvalidInputError)
    for module in modules:
        for found in vars(module).values():
            if declaration(found) and found.__module__ == module.__name__:
                finder.add(found)
        _note_feature(finder, module)
    _publish_problems(finder, modules)
    for module in modules:
        _add_root_fields(finder, roots, module)
        _note_feature(finder, module)
    _add_node_fields(finder, roots["query"])
    finder.fill()
    _add_fields_by_id(finder, roots["query"])
    _finish(finder, roots["query"])
    for field in roots["mutation"].fields.values():
        assert isinstance(field.source, FromRoot)
        assert isinstance(field.type.of, ObjectType)
        outcomes.check(f"Mutation.{field.name}", field.type.of, field.source.function)
    for operation in ("mutation", "subscription"):
        if not roots[operation].fields:
            del finder.objects[roots[operation].name]
    return Types(
        roots["query"],
        roots["mutation"] if roots["mutation"].fields else None,
        roots["subscription"] if roots["subscription"].fields else None,
        finder.objects,
        finder.inputs,
        finder.enums,
        finder.features,
    )


def _note_feature(finder: TypeFinder, module: ModuleType) -> None:
    """What nobody asked for before belongs to the feature whose module asks for it."""
    feature = "/".join(module.__name__.split(".")[1:-1])
    for name in chain(finder.objects, finder.inputs, finder.enums):
        finder.features.setdefault(name, feature)


def _publish_problems(finder: TypeFinder, modules: Sequence[ModuleType]) -> None:
    for module in (user_errors, *modules):
        for found in vars(module).get("PROBLEMS", ()):
            _publish(finder, found)
    known = {reason for shape in finder.objects.values() for reason in shape.reasons}
    for reason in Reason.registry.values():
        if reason not in known and (shown := user_errors.implied(reason)):
            _publish(finder, shown)


def _publish(finder: TypeFinder, told: ShownAs) -> None:
    finder.add(told.shape)
    for shape in finder.objects.values():
        if told.reason in shape.reasons:
            mend = f"Take it out of PROBLEMS, or from {shape.name}"
            raise DeclarationError(told.reason.__name__, "it has a shape already", mend)
    fields = {member.name for member in members(told.shape)}
    for name, known in told.attributes.items():
        if name not in fields or (isinstance(known, str) and known not in told.reason.__struct_fields__):
            mend = f"Name a field of {told.shape.__name__} and an attribute of the reason"
            raise DeclarationError(told.reason.__name__, f"nothing says what {name} is", mend)
    finder.objects[told.shape.__name__].reasons[told.reason] = told.attributes


def _add_root_fields(finder: TypeFinder, roots: dict[str, ObjectType], module: ModuleType) -> None:
    query = vars(module).get("Query")
    if isinstance(query, type):
        sources = SourceFinder(roots["query"], finder.ref)
        for member in members(query):
            if not isinstance(member.marker, markers.Many):
                mend = "Write connection(), or use @query"
                raise DeclarationError(f"Query.{member.name}", "nothing says where it comes from", mend)
            _add_field(roots["query"], sources.field(member))
    for name, found in vars(module).items():
        root = getattr(found, "__gql_root__", None)
        if isinstance(root, RootFunction) and root.function.__module__ == module.__name__:
            _add_field(roots[root.operation], _root_field(finder, root, name))


def _add_field(owner: ObjectType, field: Field) -> None:
    if field.name in owner.fields:
        raise DeclarationError(f"{owner.name}.{field.name}", "two features declare it", "Rename one")
    owner.fields[field.name] = field


def _root_field(finder: TypeFinder, root: RootFunction, name: str) -> Field:
    place = f"{ROOTS[root.operation][0]}.{camel(name)}"
    description = describe.of_function(root.function)
    if not description:
        raise DeclarationError(place, "it has no description", "Give the function a docstring")
    kind = finder.ref(root.shown_as, place)
    if root.operation == "mutation":
        told = isinstance(kind.of, ObjectType) and kind.of.kind == "payload"
        if not told:
            raise DeclarationError(place, "it is not shown as a payload", "Name a class declared with @payload")
        kind = kind.or_null()
    arguments = finder.arguments(root.function, place)
    paged = isinstance(kind.of, ObjectType) and kind.of.kind == "connection"
    if paged != ("page" in signature(root.function).parameters):
        raise DeclarationError(
            place, "a connection is of a `page: Slice`, and nothing else", "Take one, and give a Page"
        )
    return Field(
        camel(name),
        description,
        kind,
        FromRoot(
            root.function, root.operation, root.adds_up, root.seen_by, root.for_anybody, root.own, root.does_without
        ),
        arguments=arguments,
    )


def _add_node_fields(finder: TypeFinder, query: ObjectType) -> None:
    node = finder.objects["Node"]
    ids = Argument("ids", "ids", Ref(IdOf(None), many=True), "The ids, at most 100.")
    one = Argument("id", "id", Ref(IdOf(None)), "The id.")
    text = "The thing with this id; null where there is none in sight."
    query.fields["node"] = Field("node", text, Ref(node, nullable=True), Built("node"), arguments={"id": one})
    text = "The things with these ids, in their order; null where there is none in sight."
    listed = Ref(node, nullable=True, many=True, item_nullable=True)
    query.fields["nodes"] = Field("nodes", text, listed, Built("nodes"), arguments={"ids": ids})


def _add_fields_by_id(finder: TypeFinder, query: ObjectType) -> None:
    """A node, or what is in a register, is found by its id in a field of its name, unless a function has that name."""
    for entity in list(finder.objects.values()):
        name = entity.name[:1].lower() + entity.name[1:]
        if entity.is_found_by_id and name not in query.fields:
            one = Argument("id", "id", Ref(IdOf(None)), "The id.")
            text = f"The {entity.name} with this id; null where there is none in sight."
            query.fields[name] = Field(name, text, Ref(entity, nullable=True), Built("by_id"), arguments={"id": one})


def _finish(finder: TypeFinder, query: ObjectType) -> None:
    """What needs all types to be known: arguments of connections, what payloads share, what interfaces promise."""
    pages = [one for one in finder.objects.values() if one.kind == "connection"]
    for owner in finder.objects.values():
        if owner.register is not None:
            registers.fill(owner)
        for field in owner.fields.values():
            _check_source(f"{owner.name}.{field.name}", field)
            if isinstance(field.source, FromOutcome) and field.type.of in pages:
                field.arguments = generated.slice_arguments()
            if isinstance(field.source, ToMany) and field.source.paged:
                assert isinstance(field.type.of, ObjectType)
                assert field.type.of.node is not None
                field.arguments = generated.page_arguments(field.type.of.node, finder.inputs)
        if owner.kind == "payload":
            owner.fields["query"] = Field("query", "What can be asked, after the change.", Ref(query), Built("query"))
            for field in owner.fields.values():
                loaded = isinstance(field.type.of, ObjectType) and field.type.of.loaded
                if not isinstance(field.source, Built) and not field.type.nullable and not (loaded and field.type.many):
                    raise DeclarationError(
                        f"{owner.name}.{field.name}", "it is empty when the input was refused", "Write `| None`"
                    )
    _check_lists(finder)
    _promise(finder)


def _check_lists(finder: TypeFinder) -> None:
    """What stands in a list has an id, by which caches of clients keep it: all but edges, and errors."""
    for owner in finder.objects.values():
        for field in owner.fields.values():
            kind = field.type.of
            if not field.type.many or not isinstance(kind, ObjectType) or "id" in kind.fields:
                continue
            if kind.kind in {"value", "entity"}:
                mend = "Write @value(row_of=…)" if kind.kind == "value" else "Give it an id: Id[Any]"
                raise DeclarationError(f"{owner.name}.{field.name}", f"{kind.name} has no id in a list", mend)


def _promise(finder: TypeFinder) -> None:
    """Says of each field when it is null, and lets interfaces promise no more than all that have them keep."""
    for owner in finder.objects.values():
        for field in owner.fields.values():
            field.description += when_null(owner, field)
    for promised in finder.objects.values():
        for field in promised.fields.values() if promised.kind == "interface" else ():
            field.type = field.type.or_null(any(one.fields[field.name].type.nullable for one in promised.possible))
            field.arguments = next((one.fields[field.name].arguments for one in promised.possible), field.arguments)


def _check_source(place: str, field: Field) -> None:
    """Objects of an interface or union are found by their ids, in the tables of its members."""
    kind = field.type.of
    if isinstance(field.source, FromFunction):
        _check_plain(place, field, loads=field.source.batched)
    if isinstance(kind, ObjectType) and kind.loaded and not kind.members and not isinstance(field.source, Built):
        raise DeclarationError(place, f"no entity is a {kind.name}", "Name a type that entities are")


def _check_plain(place: str, field: Field, *, loads: bool) -> None:
    """What a function gives for a row is written as it is, so nothing in it can be loaded."""
    kind = field.type.of
    if not isinstance(kind, ObjectType) or (kind.loaded and loads):
        return
    if kind.kind != "value":
        mend = "Give leaves or a @value class; objects by their ids with batched()"
        raise DeclarationError(place, f"a pure function cannot give {kind.name}", mend)
    for inner in kind.fields.values():
        _check_plain(f"{place}.{inner.name}", inner, loads=False)
