"""Updates: what is given is changed; what is left out is `UNSET`, and stays as it is.

    code: Change[str] = UNSET                            it has one: null is refused at its field (`Required`)
    expires_on: Change[date | None] = UNSET              null clears it

    changes = to_change(lot, fact, 3, expires_on=…)      what is not so already; nothing to do is `Unchanged`
    await save(lot, call, changes)                       the next version of it

Whatever changes a row of a `VersionedModel` makes its next version, and says when.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, UnsetType
from tortoise.models import Model

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.frame import Unchanged
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.numbers import Fixed
from jxc_graphql.kit.spelling import search_text
from jxc_graphql.kit.text import CodeTaken, unique
from jxc_graphql.kit.versions import VersionedModel, check_version

__all__ = [
    "UNSET", "Change", "Changed", "UnsetType", "changed", "differences", "given", "save", "save_coded", "to_change",
]  # fmt: skip

T = TypeVar("T")
Change: TypeAlias = T | UnsetType
"""What something is to be from now on; `UNSET` where nobody said that it changes."""

Kept: TypeAlias = str | int | bool | None


class Changed(msgspec.Struct, frozen=True, array_like=True):
    """What a row said in a column and what it says since, as facts keep it: numbers by their steps, days as texts."""

    of: str
    """The model of the row."""
    column: str
    before: Kept
    """None where it said nothing, or was not there."""
    after: Kept
    """None where it says nothing, or is gone."""
    line_no: int | None = None
    """Where the row stands, if it is one of several."""
    sku_id: int | None = None
    """What such a row is about."""


def differences(
    of: type[Model], before: Mapping[str, Any], after: Mapping[str, Any], *where: int | None
) -> Iterator[Changed]:
    """What differs in a row, column by column; `where` it stands, and what it is about."""
    for column in dict.fromkeys((*before, *after)):
        was, is_now = _kept(before.get(column)), _kept(after.get(column))
        if was != is_now:
            yield Changed(of.__name__, column, was, is_now, *where)


def _kept(value: Any) -> Kept:
    """A value of a column as facts keep it; what is no single value is left to the row."""
    match value:
        case StrEnum():
            return value.value
        case Fixed():
            return int(value)
        case date():
            return value.isoformat()
        case str() | int() | None:
            return value
    return None


def given(**asked: Any) -> dict[str, Any]:
    """What of it is given."""
    return {name: value for name, value in asked.items() if value is not UNSET}


def changed(row: Model, **asked: Any) -> dict[str, Any]:
    """What is given and is not so in a row already, by column; texts without the blanks around them.

    A column that cannot be null has its default again when it is cleared.
    """
    fields, found = row._meta.fields_map, {}  # noqa: SLF001  (Tortoise's documented place for it)
    for name, value in given(**asked).items():
        wanted = value.strip() if isinstance(value, str) else value
        if wanted is None and not fields[name].null:
            wanted = fields[name].default
        if wanted != getattr(row, name):
            found[name] = wanted
    return found


def to_change(row: VersionedModel, fact: Fact, expected_version: int | None = None, **asked: Any) -> dict[str, Any]:
    """What is asked of a row, which is locked, and is not so already, by column.

    Raises `Conflict` at another version than the caller has seen, and `Unchanged` where all is so already.
    """
    check_version(row, expected_version)
    changes = changed(row, **asked)
    if not changes:
        raise Unchanged(fact)
    return changes


async def save(row: VersionedModel, call: Call, changes: Mapping[str, Any]) -> None:
    """Saves what is changed in a row, which is locked, as its next version."""
    columns = {**changes, "version": row.version + 1, "updated_at": call.at}
    await row.update_from_dict(columns).save(update_fields=[*columns])


async def save_coded(
    row: VersionedModel,
    call: Call,
    changes: Mapping[str, Any],
    *,
    found_by: tuple[str, ...] = ("code", "name"),
    **among: int,
) -> None:
    """Saves what has a code, unique among its kind: a new row, or the next version of one that is locked.

    Search finds it by these columns. Raises `Rejected` where another row has the code.
    """
    row.update_from_dict(dict(changes))
    columns = dict(changes)
    if found_by:
        columns["search_text"] = search_text(*(getattr(row, name) for name in found_by))
    code: str = row.code  # type: ignore[attr-defined]
    async with unique(type(row), CodeTaken(path=("code",), taken=code), own_id=row.pk, code=code, **among):
        if row._saved_in_db:  # noqa: SLF001  (as above)
            await save(row, call, columns)
        else:
            await row.update_from_dict({**columns, "updated_at": call.at}).save()
