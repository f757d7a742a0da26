"""A column for each own field (自定义字段) of products, SKUs, suppliers and customers, by its name and by its code.

What stands there is filled in with whatever makes or changes the row's thing; a reference is a code, of users their
names. What is left empty stays, but for what is required of something new.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from jxc_graphql.exchange.imports import delimited
from jxc_graphql.exchange.imports.cells import OwnCellMissing, SentRow
from jxc_graphql.exchange.imports.taking import Done, Take, TakenRows, TakeOne, WantedColumn, find, one_by_one, referred
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import AsTyped, Reason, Rejected
from jxc_graphql.kit.numbers import Money, UnitPrice
from jxc_graphql.masters.own_fields import operations, queries
from jxc_graphql.masters.own_fields.models import OwnField, OwnFieldKind, OwnFieldType
from jxc_graphql.masters.own_fields.rules import WantedValue, choices_of_text, type_of

_EXAMPLES = {
    OwnFieldType.TEXT: "", OwnFieldType.NUMBER: "12.5", OwnFieldType.MONEY: "99.90", OwnFieldType.DATE: "2026-01-31",
    OwnFieldType.REFERENCE: "A001",
}  # fmt: skip


async def columns(table: str, taken: Sequence[WantedColumn]) -> list[WantedColumn]:
    """A column for each own field in use; it is not known by a name that stands for another one (`taken`)."""
    known = {delimited.plain(name) for one in taken for name in one.names}
    found = list[WantedColumn]()
    for field in (await _fields(table)).values():
        names = [name for name in (field.code, field.name) if delimited.plain(name) not in known]
        known.update(map(delimited.plain, names))
        title = field.name if field.name in names else key_of(field.code)
        found.append(
            WantedColumn(
                key=key_of(field.code), chinese=title, english=title, named=tuple(names), example=_example(field)
            )
        )
    return found


def key_of(code: str) -> str:
    """By what a mapping names the column of an own field."""
    return f"fields.{code}"


def _example(field: OwnField) -> str:
    if field.value_type is OwnFieldType.CHOICE:
        return choices_of_text(field.choices)[0]
    return _EXAMPLES[field.value_type]


async def _fields(table: str) -> dict[str, OwnField]:
    known = await queries.fields_of(OwnFieldKind(table.upper()))
    return {code: field for code, field in known.items() if field.is_active}


def with_own_fields(table: str, take: TakeOne) -> Take:
    """Takes rows in one by one, each with what it says in own fields of things of a table."""

    async def take_all(call: Call, rows: Sequence[SentRow]) -> TakenRows:
        fields = await _fields(table)

        async def take_one(call: Call, row: SentRow) -> Done:
            return await _along(call, row, table, fields, take)

        return await one_by_one(take_one)(call, rows)

    return take_all


async def _along(call: Call, row: SentRow, table: str, fields: Mapping[str, OwnField], take: TakeOne) -> Done:
    said = [
        WantedValue(code=code, value=await _value(row, field))
        for code, field in fields.items()
        if row.has(key_of(code))
    ]
    known = await find(table, row.need_text("code"))
    try:
        if known is None:
            return await take(msgspec.structs.replace(call, fields=tuple(said)), row)
        done = await take(call, row)
        if not said:
            return done
        fact = await operations.set_own_fields(call, owner=(table.capitalize(), known["id"]), fields=said)
    except Rejected as refusal:
        raise Rejected(*(_placed(one, row, said, fields) for one in refusal.reasons)) from None
    return Done.UPDATED if fact.changes else done


def _placed(reason: Reason, row: SentRow, said: Sequence[WantedValue], fields: Mapping[str, OwnField]) -> Reason:
    """A reason at the column of the own field that it is about."""
    match reason.path:
        case ("fields", AsTyped() as code):
            return OwnCellMissing(cell=row.at(key_of(code)), name=fields[code].name)
        case ("fields", int(at), *_):
            return msgspec.structs.replace(reason, path=(key_of(said[at].code),))
    return reason


async def _value(row: SentRow, field: OwnField) -> str:
    """What stands in the column of an own field, as a form would say it."""
    key, read = key_of(field.code), _READ.get(field.value_type)
    if read is not None:
        return str(read(row, key))
    assert field.reference_kind is not None
    kind = type_of(field.reference_kind)
    return global_id(kind, await referred(row, key, kind.lower(), kind))


_READ: Mapping[OwnFieldType, Callable[[SentRow, str], Any]] = {
    OwnFieldType.TEXT: SentRow.read_text, OwnFieldType.CHOICE: SentRow.read_text, OwnFieldType.DATE: SentRow.on_day,
    OwnFieldType.NUMBER: lambda row, key: row.fixed(key, UnitPrice),
    OwnFieldType.MONEY: lambda row, key: row.fixed(key, Money),
}  # fmt: skip
