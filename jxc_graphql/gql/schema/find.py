"""Declared classes become resolved types; what a schema's author got wrong is said here, at start-up."""

import inspect
import types as python_types
import typing
from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal

from tortoise.models import Model

from jxc_graphql.gql.schema import generated
from jxc_graphql.gql.schema.registers import FieldFinder, register_of
from jxc_graphql.gql.schema.scalars import STRING, Leaf, leaf_of
from jxc_graphql.gql.schema.sources import members
from jxc_graphql.gql.schema.table import columns, table_of
from jxc_graphql.gql.schema.types import Argument, Built, EnumType, Field, IdOf, InputType, ObjectType, Ref
from jxc_graphql.gql.words import describe
from jxc_graphql.gql.words.describe import DeclarationError, camel
from jxc_graphql.gql.words.entity import NO_DEFAULT, Connection, Id, Member, declaration
from jxc_graphql.gql.words.user_errors import UserError
from jxc_graphql.kit import labels
from jxc_graphql.kit.changes import UNSET, UnsetType
from jxc_graphql.kit.pages import Slice


class TypeFinder:
    """Finds every type that can be reached, each once."""

    def __init__(self) -> None:
        self.objects: dict[str, ObjectType] = {}
        self.inputs: dict[str, InputType] = {}
        self.enums: dict[str, EnumType] = {}
        self.features: dict[str, str] = {}
        self._left: list[tuple[type, ObjectType | InputType]] = []
        self._connections: dict[str, ObjectType] = {}
        self._seen: dict[str, type] = {}
        self._extensions: dict[type, list[type]] = {}

    def ref(self, annotation: Any, place: str) -> Ref:
        """The type that an annotation names."""
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is Annotated:
            return self.ref(arguments[0], place)
        if origin in (typing.Union, python_types.UnionType):
            inner = [one for one in arguments if one not in (type(None), UnsetType)]
            if len(inner) == 1:
                return self.ref(inner[0], place).or_null()
        if origin is list:
            item = self.ref(arguments[0], place)
            if not item.many and not item.nullable:
                return Ref(item.of, many=True)
        if origin is Connection:
            return Ref(self._connection(self._named(arguments[0], place), place))
        if annotation is Id or origin is Id:
            return Ref(IdOf(self._whose(arguments[0] if arguments else Any, place)))
        return Ref(self._named(annotation, place))

    def _named(self, annotation: Any, place: str) -> Leaf | ObjectType | InputType:
        if isinstance(annotation, type):
            if declaration(annotation):
                return self._declared(annotation, place)
            leaf = leaf_of(annotation)
            if leaf is not None:
                if leaf.enum is not None:
                    self.enum(leaf.enum)
                return leaf
        shown = getattr(annotation, "__name__", annotation)
        raise DeclarationError(
            place, f"{shown} is not a type of the schema", "Use a scalar, an enum or a declared class"
        )

    def _object(self, cls: Any, place: str) -> ObjectType:
        found = self._named(cls, place)
        if not isinstance(found, ObjectType):
            raise DeclarationError(place, f"{cls.__name__} is not an object type", "Declare it with @entity")
        return found

    def _whose(self, target: Any, place: str) -> ObjectType | None:
        if typing.get_origin(target) is Literal:
            return self._called(typing.get_args(target)[0], place)
        return None if target is Any else self._object(target, place)

    def _called(self, words: str, place: str) -> ObjectType:
        """The entity whose name is the last of these words, as many as there are: `sales_order_line`, `from_place`."""
        parts = [part.capitalize() for part in words.split("_")]
        for start in range(len(parts)):
            named = self._seen.get("".join(parts[start:]))
            told = declaration(named)
            if named is not None and told is not None and told.kind == "entity":
                return self._object(named, place)
        raise DeclarationError(place, f"no entity is called {words!r}", "Name the entity whose id it is")

    def enum(self, cls: type[StrEnum]) -> None:
        """Publishes an enum; its values are its members' names."""
        texts = describe.of_attributes(cls)
        for member in cls:
            place = f"{cls.__name__}.{member.name}"
            if member.name != member.value:
                raise DeclarationError(place, "its value is not its name", "Make them equal")
            if member.name not in texts:
                raise DeclarationError(place, "it has no description", "Put a string under the member")
        description = describe.of_class(cls)
        if not description:
            raise DeclarationError(cls.__name__, "it has no description", "Give the class a docstring")
        self.enums[cls.__name__] = EnumType(cls, description, {member.name: texts[member.name] for member in cls})
        labels.describe(cls.__name__, texts)

    def _declared(self, cls: type, place: str) -> ObjectType | InputType:
        told = declaration(cls)
        assert told is not None
        name = cls.__name__
        if self._seen.setdefault(name, cls) is not cls:
            raise DeclarationError(place, f"two classes are called {name}", "Rename one")
        found: ObjectType | InputType | None = self.inputs.get(name) or self.objects.get(name)
        if found is None:
            description = describe.of_class(cls)
            if not description:
                raise DeclarationError(name, "it has no description", "Give the class a docstring")
            if told.kind == "input":
                found = self.inputs[name] = InputType(name, description, cls=told.makes or cls)
            else:
                table = table_of(name, told) if told.model is not None else None
                found = self.objects[name] = ObjectType(
                    name, description, told.kind, table=table, requires=told.requires, row_of=told.row_of
                )
                if told.reason is not None:
                    found.reasons[told.reason] = {}
                if table is not None and told.kind_column is not None:
                    found.register = register_of(name, table, told.kind_column)
            self._left.append((cls, found))
        return found

    def add(self, cls: type) -> None:
        """Makes sure that a declared class is part of the schema, however it is reached."""
        told = declaration(cls)
        if told is None or told.extends is None:
            self._declared(cls, cls.__name__)
        elif (extended := declaration(told.extends)) is None or extended.kind not in {"entity", "interface"}:
            raise DeclarationError(
                cls.__name__,
                f"{told.extends.__name__} is no entity and no interface",
                "Extend a class declared with @entity or @interface",
            )
        else:
            self._extensions.setdefault(told.extends, []).append(cls)

    def fill(self) -> None:
        """Resolves the fields of all types found so far, and of those found on the way."""
        while self._left:
            cls, found = self._left.pop()
            if isinstance(found, InputType):
                found.fields = {one.name: one for one in self._input_fields(cls)}
            elif found.kind == "union":
                self._fill_union(cls, found)
            else:
                self._fill_object(cls, found)
        for entity in self._connections.values():
            assert entity.node is not None
            generated.fill_connection(entity, self.objects, self.inputs, self.enums)

    def _fill_union(self, cls: type, found: ObjectType) -> None:
        told = declaration(cls)
        assert told is not None
        if next(members(cls), None) is not None:
            raise DeclarationError(found.name, "a union has no fields", "Declare it with @interface, or leave them out")
        for one in told.members:
            member = self._object(one, found.name) if declaration(one) else None
            if member is None or member.table is None:
                raise DeclarationError(
                    found.name, f"{one.__name__} is not an entity", "Name classes declared with @entity"
                )
            found.possible.append(member)
            member.unions.append(found)

    def _fill_object(self, cls: type, found: ObjectType) -> None:
        self._fill_interfaces(cls, found)
        if found.kind == "user_error":
            self._fill_error(found)
        if found.row_of:
            found.fields["id"] = generated.id_of_row()
        finder = FieldFinder(cls, found, self.ref)
        for member in self._members(cls):
            field = finder.field(member)
            found.fields[field.name] = field
        for base in cls.__mro__:
            for extension in self._extensions.get(base, ()):
                self._extend(cls, found, base, extension, finder)
        if cls is UserError:
            found.fields["code"].type = self._error_field("code")
        if found.kind == "payload":
            errors = Ref(self._object(UserError, found.name), many=True)
            found.fields["userErrors"] = Field(
                "userErrors", "What was wrong with the input; empty when it was done.", errors, Built("userErrors")
            )

    def _fill_interfaces(self, cls: type, found: ObjectType) -> None:
        for base in cls.__mro__[1:]:
            told = declaration(base)
            if told is not None and told.kind == "interface":
                above = self._object(base, found.name)
                found.interfaces.append(above)
                if found.kind != "interface":
                    above.possible.append(found)

    def _members(self, cls: type) -> Iterator[Member]:
        """What a class inherits, what its model describes, and what it says itself."""
        told, own, found = declaration(cls), vars(cls).get("__annotations__", ()), list(members(cls))
        yield from (one for one in found if one.name not in own)
        if told is not None and told.described:
            assert told.model is not None
            yield from self._described(cls, told.model, {one.name for one in found})
        yield from (one for one in found if one.name in own)

    def _described(self, cls: type, model: type[Model], known: Collection[str]) -> Iterator[Member]:
        """The columns that a model describes, but those that are known otherwise."""
        there = columns(model)
        for name, text in describe.of_model(model).items():
            column = there.get(name) or there.get(f"{name}_id")
            if column is None or name in known:
                continue
            kind: Any = column.leaf.type if column.points_to is None else self._seen.get(column.points_to)
            if kind is None:
                place = f"{cls.__name__}.{name}"
                raise DeclarationError(place, f"no type is called {column.points_to}", "Leave the string out there")
            yield Member(name, kind | None if column.nullable else kind, text)

    def _fill_error(self, found: ObjectType) -> None:
        error = self._object(UserError, found.name)
        found.interfaces.append(error)
        error.possible.append(found)
        for name, _, description, _ in members(UserError):
            found.fields[name] = Field(name, description, self._error_field(name), Built(name))

    def _extend(self, cls: type, found: ObjectType, base: type, extension: type, finder: FieldFinder) -> None:
        for member in members(extension):
            field = finder.field(member, of=base)
            known = found.fields.setdefault(field.name, field)
            # An entity's own word for a field of its interface stands, as it does where it inherits one.
            if known is not field and (base is cls or known.type.of is not field.type.of):
                place = f"{extension.__name__}.{member.name}"
                raise DeclarationError(place, f"{found.name} has that field already", "Rename it")

    def _error_field(self, name: str) -> Ref:
        if name != "code":
            return Ref(STRING, many=name == "path")
        codes = self.enums.setdefault("ErrorCode", generated.error_codes())
        leaf = leaf_of(codes.cls)
        assert leaf is not None
        return Ref(leaf)

    def _input_fields(self, cls: type) -> Iterator[Argument]:
        for name, annotation, description, marker in members(cls):
            yield self._argument(f"{cls.__name__}.{name}", name, annotation, description, marker)

    def _argument(self, place: str, name: str, annotation: Any, description: str, default: Any) -> Argument:
        found = self.ref(annotation, place)
        if default is UNSET:
            clears = type(None) in typing.get_args(annotation)
            text = f"{description} Null clears it." if clears else description
            return Argument(camel(name), name, found, text, required=not clears)
        if default is not NO_DEFAULT and default is not None and not isinstance(default, str | int | bool | tuple):
            raise DeclarationError(
                place, "its default is no plain value", "Use None, a string, a number or an enum member"
            )
        if default is None and not found.nullable:
            raise DeclarationError(place, "None is its default but not of its type", "Write `| None`")
        return Argument(camel(name), name, found, description, NO_DEFAULT if default is None else default)

    def arguments(self, function: Any, place: str) -> dict[str, Argument]:
        """The arguments of a root function: its parameters after `call`, described with `Annotated[type, "text"]`."""
        hints = typing.get_type_hints(function, include_extras=True)
        found: dict[str, Argument] = {}
        for parameter in list(inspect.signature(function).parameters.values())[1:]:
            annotation = hints[parameter.name]
            texts = [text for text in typing.get_args(annotation)[1:] if isinstance(text, str)]
            plain = typing.get_args(annotation)[0] if typing.get_origin(annotation) is Annotated else annotation
            if plain is Slice:
                found |= generated.slice_arguments()
                continue
            told = declaration(plain)
            description = texts[0] if texts else (told and told.kind == "input" and describe.of_class(plain)) or None
            where = f"{place}({camel(parameter.name)}:)"
            if not description:
                raise DeclarationError(where, "it has no description", 'Write Annotated[type, "what it is"]')
            default = NO_DEFAULT if parameter.default is inspect.Parameter.empty else parameter.default
            one = self._argument(where, parameter.name, annotation, description, default)
            found[one.name] = one
        return found

    def _connection(self, node: Any, place: str) -> ObjectType:
        if not isinstance(node, ObjectType) or (node.table is None and not node.row_of):
            mend = "Name a class declared with @entity, or with @value(row_of=…)"
            raise DeclarationError(place, "a connection is of an entity, or of values that have ids", mend)
        name = f"{node.name}Connection"
        if name not in self.objects:
            made = ObjectType(name, f"A page of a list of {node.name}.", "connection", node=node)
            self.objects[name] = self._connections[name] = made
        return self.objects[name]
