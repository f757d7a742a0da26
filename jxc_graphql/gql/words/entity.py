"""Declared classes: what the decorators of the declaration language leave behind on a class or function."""

import dataclasses
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, Literal, NamedTuple, TypeVar, dataclass_transform, get_args, get_origin, get_type_hints

from tortoise.models import Model

from jxc_graphql.gql.words import describe
from jxc_graphql.kit import rights
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason

T = TypeVar("T")
C = TypeVar("C", bound=type)
F = TypeVar("F", bound=Callable[..., Any])

Attribute = str | Callable[[Any], Any]
Kind = Literal["entity", "interface", "value", "payload", "user_error", "input", "union", "extension"]


NO_DEFAULT: Any = object()


class Connection(Generic[T]):
    """In an annotation: a list that grows, read by page."""


class Id(int, Generic[T]):
    """In an annotation: the id of a thing of that kind; a global id outside, the row's integer in Python.

    `Id[Literal["from_place"]]` is the id of the entity whose name is the last words of that, so of `Place`.
    """


@dataclasses.dataclass(frozen=True, kw_only=True)
class Declaration:
    """What a class decorator was told."""

    kind: Kind
    model: type[Model] | None = None
    requires: str | None = None
    own: tuple[str, str] | None = None
    """The column with whose it is, and the permission that shows everybody's."""
    scopes: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    search: str | None = None
    texts: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    """The columns that a word of a search may begin, for whoever sees them."""
    goes_on: bool = False
    """Whether a search of what has a name goes on to what it is about."""
    aside: bool = False
    """Whether a search goes on to it from that alone which leads to nothing else."""
    reason: type[Reason] | None = None
    members: tuple[type, ...] = ()
    extends: type | None = None
    kind_column: str | None = None
    described: bool = False
    """Whether the columns that the model describes are fields."""
    few: bool = False
    """Whether there are so few of them that all may be looked at."""
    makes: type | None = None
    """Of an input: what is made of its values, where that is another class."""
    row_of: tuple[str, ...] = ()
    """Of a value that stands in lists: the attributes that tell one row of an answer from the others."""


@dataclasses.dataclass(frozen=True)
class RootFunction:
    """A function that answers a root field: what it is, and the type that its outcome is shown as."""

    operation: Literal["query", "mutation", "subscription"]
    shown_as: Any
    function: Callable[..., Any]
    adds_up: Callable[..., Mapping[str, int]] | None = None
    seen_by: Callable[[Any], Call] | None = None
    for_anybody: bool = False
    own: str | None = None
    does_without: Callable[[Any], bool] | None = None


class Member(NamedTuple):
    """One annotated attribute of a class; `marker` is what stands to the right of it."""

    name: str
    annotation: Any
    description: str
    marker: Any = NO_DEFAULT


def declaration(cls: object) -> Declaration | None:
    """What was declared on a class itself, not on its bases."""
    found = vars(cls).get("__gql__") if isinstance(cls, type) else None
    return found if isinstance(found, Declaration) else None


def _declare(cls: C, **told: Any) -> C:
    cls.__gql__ = Declaration(**told)  # type: ignore[attr-defined]
    return cls


def entity(
    model: type[Model],
    *,
    requires: str | None = None,
    own: tuple[str, str] | None = None,
    scope: Mapping[str, str | tuple[str, ...]] | None = None,
    search: str | None = None,
    texts: tuple[str, ...] = (),
    starts: tuple[str, ...] = (),
    goes_on: bool = False,
    aside: bool = False,
    described: bool = False,
    few: bool = False,
) -> Callable[[C], C]:
    """A type whose objects are rows of a table.

    `requires`: the permission without which no path leads to it. `own`: the column with whose it is, and the permission
    without which everybody sees his own alone, and what is nobody's not. `scope`: by dimension, the column that must
    lie in the caller's scope, with dots through foreign keys (`{"warehouse": "purchase_order.warehouse_id"}`). Of
    several columns one is enough. A row in which all of them are NULL has no place there, which does not hide it.
    `search`: the column for `search:`, `texts`: those spelt there; `starts`: those that a word may begin, for whoever
    sees them; `goes_on`: whether it looks in what the thing is about although that has a name; `aside`: whether a
    search of what leads to it and to others passes it by, as documents are not looked for by their authors.
    `described`: a column that has a string under it in the model is a field, with what it points to under the name of
    its model; the class has what else there is to say. `few`: there are never more than a thousand or so, as of
    warehouses: lists of them are filtered, sorted and searched by whatever they have, lists of others by what an
    index leads to.
    """
    told: dict[str, Any] = {"requires": requires, "scopes": _scopes(scope), "search": search, "texts": texts}
    told |= {"starts": starts, "goes_on": goes_on, "aside": aside, "described": described, "few": few, "own": own}
    if own:
        rights.leave_own.add(own[1])
    return lambda cls: _declare(cls, kind="entity", model=model, **told)


def _scopes(told: Mapping[str, str | tuple[str, ...]] | None) -> Mapping[str, tuple[str, ...]]:
    return {name: (paths,) if isinstance(paths, str) else paths for name, paths in (told or {}).items()}


def interface(cls: C) -> C:
    """An interface; its fields are bound to the table of each entity that names it as a base."""
    return _declare(cls, kind="interface")


def register(
    model: type[Model],
    *,
    kind: str,
    requires: str | None = None,
    scope: Mapping[str, str | tuple[str, ...]] | None = None,
    search: str | None = None,
    texts: tuple[str, ...] = (),
) -> Callable[[C], C]:
    """An interface with a table of its own: a row for each object, of whatever type, under the object's own id.

    What it has of them is read there and nowhere else, for all types at once: its lists are filtered, sorted and added
    up like those of an entity. `kind`: the column that names the type, as `PURCHASE_ORDER` names `PurchaseOrder`. An
    entity that lacks a column of a field of the interface has it from there too.
    """
    told: dict[str, Any] = {"requires": requires, "scopes": _scopes(scope), "search": search, "texts": texts}
    return lambda cls: _declare(cls, kind="interface", model=model, kind_column=kind, **told)


def union(*members: type) -> Callable[[C], C]:
    """A type whose objects are those of some entities that need have nothing in common; the class has no fields."""
    return lambda cls: _declare(cls, kind="union", members=members)


def extends(extended: type) -> Callable[[C], C]:
    """Fields that a feature adds to an entity of a lower one, which does not know them: lists of what points to it.

    Added to an interface, they are fields of every entity that has it.
    """
    return lambda cls: _declare(cls, kind="extension", extends=extended)


def value(cls: C | None = None, *, requires: str | None = None, row_of: tuple[str, ...] = ()) -> Any:
    """A type without a table: its fields are the attributes of what a function returns.

    A field whose type is an entity is loaded from the attribute `<field>_id` (a list: `<field without s>_ids`).
    `requires`: the permission without which nobody gets one. `row_of`: the attributes, with dots through others, that
    tell one from the others of the same answer; it has an `id` then, as whatever stands in a list must.
    """
    if cls is None:
        return lambda declared: _declare(declared, kind="value", requires=requires, row_of=row_of)
    return _declare(cls, kind="value")


def payload(cls: C) -> C:
    """What a mutation answers: like `value`, with `userErrors` and `query` added."""
    return _declare(cls, kind="payload")


def user_error(reason: type[Reason] | None = None) -> Callable[[C], C]:
    """A shape in which reasons are published with data that a client acts on; its fields are as in `value`.

    `reason`: whose attributes they are. Others are published in it by `shown_as`.
    """
    return lambda cls: _declare(cls, kind="user_error", reason=reason)


@dataclasses.dataclass(frozen=True)
class ShownAs:
    """A reason and the shape that it has in the schema."""

    reason: type[Reason]
    shape: type
    attributes: Mapping[str, Attribute]


def shown_as(shape: type, reason: type[Reason], **attributes: Attribute) -> ShownAs:
    """Publishes a reason in a shape, where a module lists it in its `PROBLEMS`.

    `attributes`: by field, the attribute of the reason that it shows, or a function of the reason; a field of the same
    name shows what the reason has under it, any other is empty.
    """
    return ShownAs(reason, shape, attributes)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def input_type(cls: type[T]) -> type[T]:
    """An input object: a frozen dataclass with keyword arguments; a field with a default may be left out."""
    made = dataclasses.dataclass(frozen=True, kw_only=True)(cls)
    return _declare(made, kind="input")


def make_input(name: str, description: str, members: Iterable[Member], *, makes: type | None = None) -> type:
    """An input type without a class statement, for inputs that follow from something else; a marker is a default.

    `makes`: the class of what is handed on, with the fields for its arguments.
    """
    return _declare(input_type(_made(name, description, members)), kind="input", makes=makes)


def make_payload(name: str, description: str, members: Iterable[Member]) -> type:
    """A payload without a class statement, for payloads that follow from something else."""
    return payload(_made(name, description, members))


def make_roots(members: Iterable[Member]) -> type:
    """The lists at the root of queries without a class statement, for a module's `Query`."""
    return _made("Query", "", members)


def user_error_of(reason: type[Reason]) -> type:
    """Publishes a reason with what strings under its fields describe, called as it is: `SamePlaceError`."""
    texts = describe.of_attributes(reason)
    hints = {name: kind for name, kind in get_type_hints(reason).items() if name in texts}
    shown = {name: list[get_args(kind)[0]] if get_origin(kind) is tuple else kind for name, kind in hints.items()}  # type: ignore[misc]
    text = (describe.of_class(reason) or "").partition("\n\n")[0]
    made = _made(f"{reason.__name__}Error", text, [Member(name, kind, texts[name]) for name, kind in shown.items()])
    made.__module__ = sys._getframe(1).f_globals["__name__"]  # noqa: SLF001  (where it is declared)
    return user_error(reason)(made)


def _made(name: str, description: str, members: Iterable[Member]) -> type:
    known = tuple(members)
    body: dict[str, Any] = {one.name: one.marker for one in known if one.marker is not NO_DEFAULT}
    body["__doc__"] = description
    body["__annotations__"] = {one.name: one.annotation for one in known}
    body["__descriptions__"] = {one.name: one.description for one in known}
    return type(name, (), body)


def query(
    shown_as: Any, *, adds_up: Mapping[str, int] | Callable[..., Mapping[str, int]] | None = None
) -> Callable[[F], F]:
    """A root field of Query that a function answers: `async (call, …) -> outcome`, shown as a type.

    `adds_up`: the tables all rows of which it may look at, and how long it takes over each, in conditions of a filter
    that a list would have looked at meanwhile (5 for a row itself); that is what it costs. Where that depends on its
    arguments it is a function of them.
    """
    if isinstance(adds_up, Mapping):
        tables: Mapping[str, int] = adds_up
        return _root("query", shown_as, adds_up=lambda **_: tables)
    return _root("query", shown_as, adds_up=adds_up)


def mutation(
    shown_as: type,
    *,
    seen_by: Callable[[Any], Call] | None = None,
    for_anybody: bool = False,
    does_without: Callable[[Any], bool] | None = None,
) -> Callable[[F], F]:
    """A root field of Mutation: `async (call, input) -> fact`; its payload is loaded from the fact's ids.

    `seen_by`: whose the payload is by the fact, where a caller has become another, as by signing in.
    `for_anybody`: who asks may show a token that is not good, which is as good as none. `does_without`: with which
    input it does what can be read of a list, and is told by the call (`unread`) what cannot.
    """
    return _root("mutation", shown_as, seen_by=seen_by, for_anybody=for_anybody, does_without=does_without)


def subscription(shown_as: Any, *, own: str | None = None) -> Callable[[F], F]:
    """A root field of Subscription: an async generator `(call, …)` of outcomes, each shown afresh as a type.

    `own`: the permission without which it tells everybody of his own; `rights.EACH` where none changes that.
    """
    return _root("subscription", shown_as, own=own)


def _root(
    operation: Literal["query", "mutation", "subscription"],
    shown_as: Any,
    *,
    adds_up: Callable[..., Mapping[str, int]] | None = None,
    seen_by: Callable[[Any], Call] | None = None,
    for_anybody: bool = False,
    own: str | None = None,
    does_without: Callable[[Any], bool] | None = None,
) -> Callable[[F], F]:
    def mark(function: F) -> F:
        told = RootFunction(operation, shown_as, function, adds_up, seen_by, for_anybody, own, does_without)
        function.__gql_root__ = told  # type: ignore[attr-defined]
        return function

    return mark
