"""What a function must return so that a payload can show it."""

import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

from jxc_graphql.gql.schema.types import Field, FromOutcome, ObjectType
from jxc_graphql.gql.words.describe import DeclarationError


def names_of(field: Field) -> tuple[str, ...]:
    """The attributes of an outcome in which a field may stand, or the ids of its objects."""
    assert isinstance(field.source, FromOutcome)
    attribute, kind = field.source.attribute, field.type.of
    if not isinstance(kind, ObjectType) or not kind.loaded:
        return (attribute,)
    if not field.type.many:
        return f"{attribute}_id", attribute
    singular = attribute[:-3] + "y" if attribute.endswith("ies") else attribute.removesuffix("s")
    return tuple(dict.fromkeys((f"{singular}_ids", f"{attribute}_ids", attribute)))


def check(place: str, kind: ObjectType, function: Callable[..., Any]) -> None:
    """Refuses a payload with a field that the function's fact, by its annotation, cannot fill.

    Of several facts one is enough for a list of objects, which the others leave empty.
    """
    facts = list(_returned(place, function))
    for field in kind.fields.values():
        if not isinstance(field.source, FromOutcome):
            continue
        silent = [fact for fact in facts if not any(_has(fact, name) for name in names_of(field))]
        may_be_empty = isinstance(field.type.of, ObjectType) and field.type.of.loaded and field.type.many
        if silent and not (may_be_empty and len(silent) < len(facts)):
            wanted = " or ".join(repr(name) for name in names_of(field))
            raise DeclarationError(
                f"{kind.name}.{field.name}", f"{silent[0].__name__} has no {wanted}", "Let the fact say it"
            )


def _returned(place: str, function: Callable[..., Any]) -> Iterator[type]:
    told = typing.get_type_hints(function).get("return")
    union = typing.get_origin(told) in {typing.Union, types.UnionType}
    for one in typing.get_args(told) if union else (told,):
        if not isinstance(one, type) or one is type(None):
            raise DeclarationError(place, "it does not say which fact it returns", "Annotate what it returns")
        yield one


def _has(cls: type, name: str) -> bool:
    return hasattr(cls, name) or any(name in vars(one).get("__annotations__", ()) for one in cls.__mro__)
