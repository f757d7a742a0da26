"""What stands to the right of a field's annotation: where its value comes from when its name does not say it all."""

import dataclasses
from collections.abc import Callable
from typing import Any

from jxc_graphql.kit.call import Call


@dataclasses.dataclass(frozen=True, kw_only=True)
class Column:
    """A column by another name, with a permission, or without which there is no row."""

    name: str | None = None
    requires: str | None = None
    hides_row: bool = False
    always: bool = False


@dataclasses.dataclass(frozen=True)
class Coded:
    """How rows of another table say of a thing what has a code: lists of such things are filtered and sorted by it."""

    by: str
    """The column of these rows that points to what has the code."""
    model: Any
    """The model of that."""
    code: str
    """Its column."""
    in_order: str
    """The column of these rows in whose order their values are."""
    readings: Callable[[Call, str], list[str]]
    """All that a text may say to a caller, as it stands in that column; first that of a text, one letter and itself."""
    to: tuple[tuple[str, Any], ...] = ()
    """The columns of these rows that lead to what a value is then, each with the entity, which has a `name`."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Many:
    """The rows of another table that point here, all of them, or by page."""

    by: str | None
    key: str
    order_by: str
    only: str | None
    requires: str | None
    paged: bool
    coded: Coded | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Computed:
    """A pure function of columns."""

    function: Callable[..., Any]
    columns: tuple[str, ...]
    requires: str | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Batched:
    """An asynchronous function of all rows of a level."""

    function: Callable[..., Any]
    columns: tuple[str, ...]
    requires: str | None
    beside: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class ByKind:
    """A field of a register that its table does not have."""


def by_kind() -> Any:
    """A field of a register that its table does not have: it is read from the tables of the types that occur."""
    return ByKind()


def column(
    name: str | None = None, *, requires: str | None = None, hides_row: bool = False, always: bool = False
) -> Any:
    """The value of a column: `name` where the field is called otherwise, `requires` a permission.

    Without the permission the field is null, and cannot be filtered, sorted or added up by. `hides_row`:
    where the caller does not see what the column points to, the row is not there; one that points to nothing is.
    `always`: what it points to is there, although no foreign key holds it, so that lists are sorted by its name.
    """
    return Column(name=name, requires=requires, hides_row=hides_row, always=always)


def many(
    by: str, *, key: str = "id", order_by: str = "id", requires: str | None = None, coded: Coded | None = None
) -> Any:
    """All rows of the field's type whose column `by` holds this row's `key`; for lists that stay short.

    `coded`: lists are filtered and sorted by what these rows say under codes.
    """
    return Many(by=by, key=key, order_by=order_by, only=None, requires=requires, paged=False, coded=coded)


def connection(
    by: str | None = None,
    *,
    key: str = "id",
    order_by: str = "id",
    only: str | None = None,
    requires: str | None = None,
) -> Any:
    """The same by page, with where, orderBy, search, totalCount and aggregates; without `by` all rows (root fields).

    `order_by` is the order where a client asks for none; a minus in front turns it round. `only` keeps to the rows in
    which that column is not NULL.
    """
    return Many(by=by, key=key, order_by=order_by, only=only, requires=requires, paged=True)


def computed(function: Callable[..., Any], *columns: str, requires: str | None = None) -> Any:
    """What a pure function of these columns gives; a first parameter named `call` receives the caller."""
    return Computed(function=function, columns=columns, requires=requires)


def batched(function: Callable[..., Any], *columns: str, requires: str | None = None, beside: bool = False) -> Any:
    """What `async function(call, keys) -> values in that order` gives, called once per level and not per row.

    A key is the value of the column, or the tuple of several. Where the field is of an entity, the values are its ids.
    `beside`: it fetches by `db.ids(keys)` before it looks at them, so that it asks in the round trip of the rows.
    """
    return Batched(function=function, columns=columns, requires=requires, beside=beside)
