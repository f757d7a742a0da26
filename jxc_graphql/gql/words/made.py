"""Inputs made of what a function takes: of its parameters, and of the structs in which it takes several things at once.

    class WantedMove(msgspec.Struct):           input PlaceMoveLineInput {
        sku_id: int                                 skuId: ID!            an id of Sku
        '''What.'''                                 quantity: Decimal!
        quantity: Quantity                          serials: [String!]    left out, or null: nobody said it
        '''How much.'''                         }
        serials: tuple[str, ...] = ()
        '''Which pieces.'''

A default that GraphQL can write is the field's default. Whatever else has a default may be left out or be null, and has
its default then; where that is `UNSET`, null clears it or is refused. What is called `…_id` is the id of the entity
with that name, or with the last words of it, unless another one is named; an input of a struct is called after it
(`LotLabelInput`), unless another name is given.
"""

import functools
import inspect
import types
import typing
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from jxc_graphql.gql.words import describe
from jxc_graphql.gql.words.describe import DeclarationError
from jxc_graphql.gql.words.entity import NO_DEFAULT, Id, Member, declaration, make_input
from jxc_graphql.kit.changes import UNSET, UnsetType

Told = Mapping[str, str | type]
"""By parameter or attribute, what its type does not say: the name of a struct's input, or the entity of an id."""


class Parameter(NamedTuple):
    """What a function is given under a name, or a struct under an attribute."""

    name: str
    annotation: Any
    description: str | None
    default: Any = NO_DEFAULT

    @property
    def may_be_left_out(self) -> bool:
        """Whether it has a default."""
        return self.default is not NO_DEFAULT

    def member(self, place: str, told: Told) -> Member:
        """The field of an input for it."""
        if not self.description:
            mend = f"Put a string under it, or write Annotated[type, 'what it is'] for {self.name!r}"
            raise DeclarationError(f"{place}.{self.name}", "it has no description", mend)
        annotation, many, nullable = _taken_apart(self.annotation)
        shown = self._shown(annotation, told)
        shown = list[shown] if many else shown  # type: ignore[valid-type]
        if self.default is UNSET:
            kinds = (shown, type(None), UnsetType) if nullable else (shown, UnsetType)
            return Member(self.name, typing.Union[kinds], self.description, UNSET)  # noqa: UP007  (of a tuple)
        if not self.may_be_left_out and not nullable:
            return Member(self.name, shown, self.description)
        if type(self.default) in {str, bool} or isinstance(self.default, StrEnum):
            return Member(self.name, shown | None if nullable else shown, self.description, self.default)
        return Member(self.name, shown | None, self.description, None)

    def _shown(self, annotation: Any, told: Told) -> Any:
        named = told.get(self.name)
        if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
            name = named if isinstance(named, str) else f"{annotation.__name__}Input"
            return input_of_struct(
                annotation, name, **{one: told[one] for one in annotation.__struct_fields__ if one in told}
            )
        stem = self.name.removesuffix("s").removesuffix("_id")
        if annotation is int and isinstance(named, type):
            return Id[named]  # type: ignore[valid-type]
        if annotation is int and stem != self.name.removesuffix("s"):
            return Id[Literal[stem]]  # type: ignore[valid-type]
        return annotation


def parameters(function: Callable[..., Any]) -> list[Parameter]:
    """What a function takes after its first argument, described with `Annotated[type, "text"]` or not at all."""
    hints = typing.get_type_hints(function, include_extras=True)
    given = list(inspect.signature(function).parameters.values())[1:]
    return [
        Parameter(
            one.name,
            *_described(hints[one.name]),
            NO_DEFAULT if one.default is inspect.Parameter.empty else one.default,
        )
        for one in given
    ]


@functools.cache
def input_of_struct(struct: type[msgspec.Struct], name: str, **told: str | type) -> type:
    """The input of which a struct is made; the same one wherever it has that name."""
    members = [one.member(struct.__name__, told) for one in _attributes(struct)]
    description = describe.of_class(struct)
    if not description:
        raise DeclarationError(struct.__name__, "it has no description", "Give the struct a docstring")
    return make_input(name, description, members, makes=struct)


def given_to(function: Callable[..., Any], names: Iterable[str], given: Any) -> dict[str, Any]:
    """The arguments that an input gives a function; what may be left out and is null has the function's default."""
    asked = _signature(function).parameters
    told = {name: getattr(given, name) for name in names}
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in told.items()
        if value is not None or asked[name].default in (None, UNSET)
    }


_signature = functools.cache(inspect.signature)


def told(given: Any, **names: str | None) -> dict[str, Any]:
    """What an input says, by field, or under the names that a function has for some of them: those with none go by."""
    named = ((names.get(name, name), value) for name, value in vars(given).items())
    return {name: value for name, value in named if name is not None}


def texts_of(cls: type) -> dict[str, str]:
    """The strings under the attributes of a class and of its bases, and under the columns that are its fields."""
    told: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        found = declaration(base)
        if found is not None and found.described and found.model is not None:
            told |= describe.of_model(found.model)
        made_of = issubclass(base, msgspec.Struct) and base is not msgspec.Struct
        told |= describe.of_attributes(base) if made_of or found else {}
    return told


def _attributes(struct: type[msgspec.Struct]) -> Iterator[Parameter]:
    hints = typing.get_type_hints(struct, include_extras=True)
    texts = texts_of(struct)
    for field in msgspec.structs.fields(struct):
        default = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        annotation, text = _described(hints[field.name])
        told = NO_DEFAULT if default is msgspec.NODEFAULT else default
        yield Parameter(field.name, annotation, text or texts.get(field.name), told)


def _described(annotation: Any) -> tuple[Any, str | None]:
    if typing.get_origin(annotation) is not Annotated:
        return annotation, None
    plain, *texts = typing.get_args(annotation)
    return plain, next((text for text in texts if isinstance(text, str)), None)


def _taken_apart(annotation: Any) -> tuple[Any, bool, bool]:
    """What an annotation is of, whether it is of many, and whether it may be None."""
    nullable = False
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        plain = [one for one in typing.get_args(annotation) if one not in (type(None), UnsetType)]
        if len(plain) == 1:
            nullable = type(None) in typing.get_args(annotation)
            annotation = plain[0]
    origin = typing.get_origin(annotation)
    if isinstance(origin, type) and issubclass(origin, Sequence | Collection):
        return typing.get_args(annotation)[0], True, nullable
    return annotation, False, nullable
