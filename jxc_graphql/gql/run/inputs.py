"""What a client sent, as the values that a function of the schema takes; everything wrong with it at once.

Where something in an input is no value of its kind, something else stands in for it, so that the rest can be looked at
still: an id that nothing has, zero, the first of all days; what may be left out is.
"""

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from jxc_graphql.gql.plan.reading import at, read
from jxc_graphql.gql.plan.seen import refusal_of
from jxc_graphql.gql.schema.answers import checks_of
from jxc_graphql.gql.schema.scalars import Leaf, Unreadable
from jxc_graphql.gql.schema.types import Argument, IdOf, InputType, ObjectType, Ref
from jxc_graphql.gql.words.describe import step
from jxc_graphql.gql.words.entity import NO_DEFAULT
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET
from jxc_graphql.kit.errors import Path, Reason, Required
from jxc_graphql.kit.numbers import Fixed

NOBODYS_ID = -1
_STAND_INS: Mapping[type, Any] = {date: date.min, datetime: datetime.min.replace(tzinfo=UTC)}


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
            if name not in given:
                continue
            known, own = len(self.problems), (*path, argument.python_name)
            if given[name] is None and argument.required:
                self.problems.append(Required(path=own))
                continue
            value = self._value(argument.type, given[name], own)
            may_be_left_out = argument.type.nullable or argument.default is not NO_DEFAULT
            if len(self.problems) == known or not (may_be_left_out and isinstance(argument.type.of, Leaf)):
                yield argument.python_name, value

    def _value(self, ref: Ref, value: Any, path: Path) -> Any:
        if value is None:
            return None
        if ref.many:
            return [self._one(ref, one, (*path, index)) for index, one in enumerate(value)]
        return self._one(ref, value, path)

    def _one(self, ref: Ref, value: Any, path: Path) -> Any:
        kind = ref.of
        match kind:
            case InputType(cls=None):
                return value
            case InputType():
                assert kind.cls is not None
                return self._made(kind.cls, dict(self._fields(kind.fields, value, path)), path)
            case IdOf(ObjectType() as entity):
                if refusal := refusal_of(self.call, entity):
                    raise refusal
                return self._read(ref, value, path)
            case Leaf(parse=None):
                return value
        return self._read(ref, value, path)

    def _made(self, cls: type, found: Mapping[str, Any], path: Path) -> Any:
        told = {one.path for one in self.problems}
        for name, check in checks_of(cls):
            if isinstance(found.get(name), Fixed) and (*path, name) not in told:
                self.problems += check(found[name], (*path, name))
        return _made(cls, found)

    def _read(self, ref: Ref, value: str, path: Path) -> Any:
        try:
            return read(ref, value)
        except Unreadable as error:
            self.problems.append(at(path, error))
        if isinstance(ref.of, IdOf):
            return NOBODYS_ID
        assert isinstance(ref.of, Leaf)
        return ref.of.type(0) if issubclass(ref.of.type, Fixed) else _STAND_INS[ref.of.type]


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
    shown = tuple(step(one) if isinstance(one, str) else one for one in path)
    if given is not None and path and str(path[0]).endswith("_id") and shown[0] not in given.fields:
        shown = ("id", *shown[1:]) if "id" in given.fields else shown
    return shown if shown[:1] == ("input",) else ("input", *shown)
