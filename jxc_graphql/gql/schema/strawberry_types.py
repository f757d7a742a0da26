"""The resolved types as Strawberry types; Strawberry builds and prints the schema from them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Optional

import strawberry
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema.config import StrawberryConfig
from strawberry.schema_directive import Location
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.enum import EnumValue, StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.union import StrawberryUnion

from jxc_graphql.gql.schema.scalars import SCALARS, Leaf
from jxc_graphql.gql.schema.sight import takes
from jxc_graphql.gql.schema.types import Argument, EnumType, Field, IdOf, ObjectType, Ref, Types
from jxc_graphql.gql.words.entity import NO_DEFAULT

_REQUIRES = (
    "The permission that a field takes. Without it the field is null, a list of a payload is empty, and "
    "`extensions.hidden` has the path; a field of Query is refused."
)
_ERRORS = "The codes that `userErrors` of a mutation can have."
Codes = Callable[[Field], Sequence[str]]
_PLAIN: dict[str, Any] = {"String": str, "Int": int, "Boolean": bool, "ID": strawberry.ID}


class StrawberryTypes:
    """Makes one Strawberry class per resolved type."""

    def __init__(self, types: Types, *, codes: Codes = lambda _: ()) -> None:
        """`codes`: what a mutation can answer, which takes a moment to find out and is for those alone who read it."""
        self._types = types
        self._codes = codes
        self._scalars = {name: type(name, (), {}) for name in SCALARS}
        self._enums = {name: _enum(name, one) for name, one in types.enums.items()}
        self._objects: dict[str, Any] = {name: type(name, (), {}) for name in types.objects | types.inputs}
        self._requires = self._directive()
        self._errors = self._errors_directive()
        objects = [one for one in types.objects.values() if one.kind != "union"]
        for one in objects:
            self._objects[one.name].__strawberry_definition__ = _definition(
                self._objects[one.name], one.name, one.description, is_interface=one.kind == "interface"
            )
        for given in types.inputs.values():
            self._objects[given.name].__strawberry_definition__ = _definition(
                self._objects[given.name], given.name, given.description, is_input=True
            )
        for one in types.objects.values():
            if one.kind == "union":
                members = tuple(StrawberryAnnotation(self._objects[member.name]) for member in one.possible)
                self._objects[one.name] = StrawberryUnion(one.name, members, one.description)
        for one in objects:
            made = self._objects[one.name].__strawberry_definition__
            made.interfaces = [self._objects[above.name].__strawberry_definition__ for above in one.interfaces]
            made.fields = [self._field(one, field) for field in one.fields.values()]
        for given in types.inputs.values():
            made = self._objects[given.name].__strawberry_definition__
            made.fields = [self._input_field(argument) for argument in given.fields.values()]

    def _directive(self) -> Any:
        """`@requires(permission:)`, in the printed schema alone: introspection tells nothing of fields' directives."""
        kinds = {type(one).__name__ for owner in self._types.objects.values() for one in _taken(owner)}
        named = self._enums.get(next(iter(kinds))) if len(kinds) == 1 else None
        made = strawberry.schema_directive(
            locations=[Location.FIELD_DEFINITION], repeatable=True, description=_REQUIRES
        )(type("Requires", (), {"__annotations__": {"permission": str}}))
        (field,) = made.__strawberry_directive__.fields  # type: ignore[attr-defined]
        field.type_annotation = StrawberryAnnotation(named or str)
        return made

    def schema(self) -> strawberry.Schema:
        """The executable schema."""
        types = self._types
        built = strawberry.Schema(
            query=self._objects["Query"],
            mutation=self._objects["Mutation"] if types.mutation else None,
            subscription=self._objects["Subscription"] if types.subscription else None,
            types=[self._objects[name] for name, one in types.objects.items() if one.kind != "root"],
            config=StrawberryConfig(scalar_map={cls: SCALARS[name] for name, cls in self._scalars.items()}),
        )
        for core in built._schema.type_map.values():  # noqa: SLF001
            if isinstance(core, GraphQLObjectType) and not core.name.startswith("__"):
                core.is_type_of = None
                for field in core.fields.values():
                    field.resolve = _copied
            elif isinstance(core, GraphQLInterfaceType | GraphQLUnionType):
                core.resolve_type = _typename
        return built

    def _errors_directive(self) -> Any:
        """`@errors(codes:)`, in the printed schema alone as well."""
        made = strawberry.schema_directive(locations=[Location.FIELD_DEFINITION], description=_ERRORS)(
            type("Errors", (), {"__annotations__": {"codes": list[str]}})
        )
        (field,) = made.__strawberry_directive__.fields  # type: ignore[attr-defined]
        field.type_annotation = StrawberryAnnotation(list[self._enums.get("ErrorCode", str)])  # type: ignore[misc]
        return made

    def _told(self, owner: ObjectType, field: Field) -> Iterator[Any]:
        yield from (self._requires(permission=str(one)) for one in takes(owner, field))
        if owner is self._types.mutation:
            kind = self._types.enums["ErrorCode"].cls
            yield self._errors(codes=[kind(one) for one in self._codes(field)])

    def _annotation(self, ref: Ref) -> StrawberryAnnotation:
        match ref.of:
            case Leaf(enum=None):
                inner: Any = self._scalars.get(ref.of.graphql) or _PLAIN[ref.of.graphql]
            case Leaf():
                inner = self._enums[ref.of.graphql]
            case IdOf():
                inner = strawberry.ID
            case _:
                inner = self._objects[ref.of.name]
        if ref.many:
            inner = list[Optional[inner]] if ref.item_nullable else list[inner]  # noqa: UP045  (not known as a class)
        return StrawberryAnnotation(Optional[inner] if ref.nullable else inner)  # noqa: UP045

    def _field(self, owner: ObjectType, field: Field) -> StrawberryField:
        made = StrawberryField(
            python_name=field.name,
            graphql_name=field.name,
            type_annotation=self._annotation(field.type),
            description=field.description,
            directives=[*self._told(owner, field)],
        )
        made.name = field.name
        made._arguments = [self._argument(argument) for argument in field.arguments.values()]  # noqa: SLF001
        return made

    def _argument(self, argument: Argument) -> StrawberryArgument:
        default = {} if argument.default is NO_DEFAULT else {"default": argument.default}
        return StrawberryArgument(
            python_name=argument.python_name,
            graphql_name=argument.name,
            type_annotation=self._annotation(argument.type),
            description=argument.description,
            **default,
        )

    def _input_field(self, argument: Argument) -> StrawberryField:
        default = {} if argument.default is NO_DEFAULT else {"default": argument.default}
        made = StrawberryField(
            python_name=argument.python_name,
            graphql_name=argument.name,
            type_annotation=self._annotation(argument.type),
            description=argument.description,
            **default,
        )
        made.name = argument.name
        return made


def _taken(owner: ObjectType) -> list[str]:
    return [one for field in owner.fields.values() for one in takes(owner, field)]


def _copied(source: Any, info: Any, **_arguments: Any) -> Any:
    """The value that was put under the response key before graphql-core ran."""
    return source[info.path.key]


def _typename(value: Any, _info: Any, _kind: Any) -> str:
    name: str = value.typename
    return name


def _definition(
    cls: type, name: str, description: str, *, is_input: bool = False, is_interface: bool = False
) -> StrawberryObjectDefinition:
    return StrawberryObjectDefinition(
        name=name,
        is_input=is_input,
        is_interface=is_interface,
        origin=cls,
        description=description,
        interfaces=[],
        extend=False,
        directives=(),
        is_type_of=None,
        resolve_type=_typename if is_interface else None,
        fields=[],
    )


def _enum(name: str, one: EnumType) -> StrawberryEnumDefinition:
    values = [EnumValue(name, one.cls[name].value, description=text) for name, text in one.values.items()]
    return StrawberryEnumDefinition(wrapped_cls=one.cls, name=name, values=values, description=one.description)
