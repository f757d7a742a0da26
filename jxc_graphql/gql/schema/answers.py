"""What a mutation can answer: the reasons that the code of its operation names, wherever it leads, and its input.

Code is followed by the names in it. What is called on a value of which only running tells the class is followed into
every method of that name which names a reason: so a code may be announced that never comes, and none comes unannounced.
"""

import dis
import functools
import re
import sys
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import msgspec

from jxc_graphql.gql.schema.scalars import NotADate
from jxc_graphql.gql.schema.types import Argument, IdOf, InputType
from jxc_graphql.kit.errors import Path, Reason, Required, UnknownId, WrongKindOfId
from jxc_graphql.kit.numbers import Fixed, NotANumber, OutOfBounds, TooManyDecimals

_OURS = __name__.partition(".")[0]
_KINDS = (FunctionType, type, functools.partial, staticmethod, classmethod, property)
_UNREADABLE = (NotANumber, TooManyDecimals, OutOfBounds)
_ASIDE = re.compile(rf"{_OURS}\.(?:gql\.|cli\b|exchange\.\w+$)")
"""What asks operations, and names the reasons of all: GraphQL, the command line, and what loads data of elsewhere."""
_FOLLOWED = (list, tuple, set, frozenset)
_READ_LATER: dict[Any, tuple[type[Reason], ...]] = {}


class References(NamedTuple):
    """What code names."""

    known: tuple[Any, ...]
    """Functions and classes."""
    called: frozenset[str]
    """What is asked of values that only running knows."""


def reasons_of(function: Any, arguments: Mapping[str, Argument]) -> set[type[Reason]]:
    """All reasons that a root function can give for its arguments."""
    given = {*_given(arguments.values(), frozenset())}
    given |= {name.removesuffix("s") for name in given}  # many at once are told as each is
    coded = {one for one in _of_code(function) if one.about is None or one.about in given}
    return {*_of_input(arguments.values(), frozenset()), *coded}


def read_later(cls: type, *reasons: type[Reason]) -> None:
    """Has whoever takes an input announce what may be wrong with a text in it that is read as something else later."""
    _READ_LATER[cls] = reasons


def _given(arguments: Iterable[Argument], seen: frozenset[str]) -> Iterator[str]:
    """What all fields are called that a client may send, those of lines included."""
    for argument in arguments:
        yield argument.python_name
        kind = argument.type.of
        if isinstance(kind, InputType) and kind.name not in seen:
            yield from _given(kind.fields.values(), seen | {kind.name})


def _of_input(arguments: Iterable[Argument], seen: frozenset[str]) -> Iterator[type[Reason]]:
    for argument in arguments:
        kind = argument.type.of
        if argument.required:
            yield Required
        if isinstance(kind, InputType) and kind.name not in seen:
            for _, check in checks_of(kind.cls):
                yield from _of_code(check)
            yield from _READ_LATER.get(kind.cls, ())
            yield from _of_input(kind.fields.values(), seen | {kind.name})
        elif isinstance(kind, IdOf):
            yield from (UnknownId, WrongKindOfId, Required)
        elif getattr(kind, "parse", None) is not None:
            yield Required
            yield from _UNREADABLE if issubclass(kind.type, Fixed) else (NotADate,)  # type: ignore[union-attr]


@functools.cache
def checks_of(cls: Any) -> list[tuple[str, Callable[[Fixed, Path], Iterator[Reason]]]]:
    """What a number must be whatever else there is: `Annotated[Quantity, check_positive]` in a struct."""
    if not isinstance(cls, type) or not issubclass(cls, msgspec.Struct):
        return []
    hints = typing.get_type_hints(cls, include_extras=True).items()
    return [(name, one) for name, told in hints for one in getattr(told, "__metadata__", ()) if callable(one)]


def _of_code(function: Any) -> set[type[Reason]]:
    left, seen = [function], {id(function)}
    found: set[type[Reason]] = set()
    while left:
        one = left.pop()
        if isinstance(one, type) and issubclass(one, Reason):
            found.add(one)
            continue
        named = _named(one)
        for other in (*named.known, *(method for name in named.called for method in _methods().get(name, ()))):
            if id(other) not in seen:
                seen.add(id(other))
                left.append(other)
    return found - {Reason}


@functools.cache
def _methods() -> Mapping[str, list[FunctionType]]:
    """The methods of our classes that name a reason, or lead to one that does, by name."""
    all_of_them: dict[str, list[FunctionType]] = {}
    for module in [one for name, one in sys.modules.items() if name.startswith(f"{_OURS}.") and not _ASIDE.match(name)]:
        for cls in vars(module).values():
            if isinstance(cls, type) and cls.__module__ == module.__name__:
                for name, one in vars(cls).items():
                    if isinstance(one, FunctionType) and not name.startswith("__"):
                        all_of_them.setdefault(name, []).append(one)
    return {name: kept for name, some in all_of_them.items() if (kept := [one for one in some if _leads(one)])}


def _leads(function: Any) -> bool:
    left, seen = [function], set()
    while left:
        one = left.pop()
        if isinstance(one, type):
            if issubclass(one, Reason) and one is not Reason:
                return True
            continue
        seen.add(id(one))
        left += [other for other in _named(one).known if id(other) not in seen]
    return False


@functools.cache
def _named(one: Any) -> References:
    while isinstance(one, functools.partial):
        one = one.func
    if not isinstance(one, FunctionType) or not one.__module__.startswith(_OURS):
        return References((), frozenset())
    known: list[Any] = [one.__wrapped__] if hasattr(one, "__wrapped__") else []
    called: set[str] = set()
    within = dict(zip(one.__code__.co_freevars, one.__closure__ or (), strict=True))
    for code in _codes(one.__code__):
        _read(code, one.__globals__, within, known, called)
    return References(tuple(_flat(known)), frozenset(called))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


def _read(
    code: CodeType, outside: Mapping[str, Any], within: Mapping[str, CellType], known: list[Any], called: set[str]
) -> None:
    value: Any = None
    for step in dis.get_instructions(code):
        if step.opname == "LOAD_GLOBAL":
            value = outside.get(step.argval)
        elif step.opname == "LOAD_DEREF" and step.argval in within:
            value = _inside(within[step.argval])
        elif step.opname in {"LOAD_ATTR", "LOAD_METHOD"}:
            if isinstance(value, ModuleType | type):
                value = getattr(value, step.argval, None)
            else:
                called.add(step.argval)
                value = None
        elif step.opname not in {"CACHE", "PRECALL", "PUSH_NULL", "RESUME"}:
            value = None
        if value is not None and not isinstance(value, ModuleType):
            known.append(value)


def _inside(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    for one in values:
        if isinstance(one, _KINDS):
            yield one
        elif isinstance(one, _FOLLOWED):
            yield from _flat(one)
        elif isinstance(one, dict):
            yield from _flat(one.values())
