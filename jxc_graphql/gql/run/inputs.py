"""What a client sent, as the values that a function of the schema takes; everything wrong with it at once."""

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from jxc_graphql.gql.plan.filters import own_id
from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.seen import refusal_of
from jxc_graphql.gql.schema.scalars import Leaf, read_global_id
from jxc_graphql.gql.schema.types import Argument, IdOf, InputType, ObjectType, Ref
from jxc_graphql.gql.words.describe import camel
from jxc_graphql.gql.words.user_errors import InvalidId
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET
from jxc_graphql.kit.errors import Path, Reason, Required
from jxc_graphql.kit.numbers import Fixed, InvalidNumber, NumberError


@dataclasses.dataclass
class Reader:
    """Reads the arguments of one field and collects what is wrong with them.

    To name a thing of a kind that the caller may not see is to ask whether it is there: that is refused.
    """

    call: Call
    problems: list[Reason] = dataclasses.field(default_factory=list)

    def arguments(self, told: Mapping[str, Argument], given: Mapping[str, Any]) -> dict[str, Any]:
        """Keyword arguments for the function; what was left out keeps the function's default."""
        return dict(self._fields(told, given, ()))

    def _fields(self, told: Mapping[str, Argument], given: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Any]]:
        for name, argument in told.items():
            if name in given and given[name] is None and argument.required:
                self.problems.append(Required(path=(*path, name)))
            elif name in given:
                yield argument.python_name, self._value(argument.type, given[name], (*path, name))

    def _value(self, ref: Ref, value: Any, path: Path) -> Any:
        if value is None:
            return None
        if ref.many:
            return [self._one(ref.of, one, (*path, index)) for index, one in enumerate(value)]
        return self._one(ref.of, value, path)

    def _one(self, kind: Any, value: Any, path: Path) -> Any:
        match kind:
            case InputType(cls=None):
                return value
            case InputType():
                known = len(self.problems)
                found = dict(self._fields(kind.fields, value, path))
                assert kind.cls is not None
                return _made(kind.cls, found) if known == len(self.problems) else None
            case IdOf(None):
                return self._checked(InvalidId, path, read_global_id, value)
            case IdOf(ObjectType() as entity):
                if refusal := refusal_of(self.call, entity):
                    raise refusal
                return self._checked(InvalidId, path, own_id, value, entity)
            case Leaf() if issubclass(kind.type, Fixed):
                return self._checked(InvalidNumber, path, kind.type.of, value)
        return value

    def _checked(self, problem: type[Reason], path: Path, read: Any, *given: Any) -> Any:
        try:
            return read(*given)
        except (FieldError, NumberError, ValueError):
            self.problems.append(problem(path=path))
            return None


def _made(cls: Any, found: Mapping[str, Any]) -> Any:
    """What an input becomes; a field that was left out or is null has its default, or None where there is none.

    Null where something may be changed is no default: it clears it.
    """
    defaults, is_struct = _defaults(cls), issubclass(cls, msgspec.Struct)
    made: dict[str, Any] = {name: None for name, default in defaults.items() if default is None}
    for name, value in found.items():
        if value is not None or defaults[name] is UNSET:
            made[name] = tuple(value) if is_struct and isinstance(value, list) else value
    return cls(**made)


@functools.cache
def _defaults(cls: Any) -> dict[str, Any]:
    """What each field of a class is by default; None also where it has none."""
    if issubclass(cls, msgspec.Struct):
        return {one.name: None if one.required else one.default for one in msgspec.structs.fields(cls)}
    missing = dataclasses.MISSING
    return {one.name: None if one.default is missing else one.default for one in dataclasses.fields(cls)}


def input_path(path: Path, given: InputType | None = None) -> Path:
    """A path in an operation's arguments as one in the mutation's input: `("lines", 0, "unit_price")`.

    What an operation calls `supplier_id` is the `id` of an input that has no other field of that name.
    """
    shown = tuple(camel(one) if isinstance(one, str) else one for one in path)
    if given is not None and path and str(path[0]).endswith("_id") and shown[0] not in given.fields:
        shown = ("id", *shown[1:]) if "id" in given.fields else shown
    return shown if shown[:1] == ("input",) else ("input", *shown)
