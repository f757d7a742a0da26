"""What things say in their own fields: whose they are, what is wrong with what is filled in, and writing it."""
# ruff: noqa: S608  (statements are made of our own table and column names; values are parameters)

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UnsetType
from jxc_graphql.kit.errors import AsTyped, NotFound, Reason, Rejected, Required, UnknownId, reject_if
from jxc_graphql.kit.frame import Unchanged
from jxc_graphql.kit.versions import check_version
from jxc_graphql.masters.own_fields import facts, queries, rules
from jxc_graphql.masters.own_fields.models import SET_OWN_FIELDS, OwnField, OwnFieldKind, OwnFieldType, OwnFieldValue
from jxc_graphql.masters.own_fields.rules import ReadValue, SaidValue
from jxc_graphql.office.attachments import owners
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents import sight
from jxc_graphql.office.documents.register import kind_of, kinds, table_of
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus

_CHANGED_BY = {
    OwnFieldKind.SKU: Permission.MANAGE_CATALOG, OwnFieldKind.PRODUCT: Permission.MANAGE_CATALOG,
    OwnFieldKind.SUPPLIER: Permission.MANAGE_PARTNERS, OwnFieldKind.CUSTOMER: Permission.MANAGE_PARTNERS,
}  # fmt: skip
_DRAFTS = (DocumentStatus.DRAFT, DocumentStatus.COUNTING)


class OwnFieldOwner(msgspec.Struct, frozen=True, kw_only=True):
    """What has own fields."""

    id: int
    column: str
    """The column of values that names it."""
    table: str
    kind: OwnFieldKind
    changed_by: Permission | None
    """What changing such a thing takes."""

    @property
    def is_document(self) -> bool:
        """Whether it is one, and stands in the register as well."""
        return self.column == owners.DOCUMENT


async def owner(call: Call, kind: str, key: int) -> OwnFieldOwner:
    """What a caller sees under an id of a type; raises `NotFound` where that is nothing that has own fields."""
    found = await owners.owner(call, kind, key, ("id",))
    if found.column != owners.DOCUMENT:
        table = found.column.removesuffix("_id")
        of = OwnFieldKind(table.upper())
        return OwnFieldOwner(id=key, column=found.column, table=table, kind=of, changed_by=_CHANGED_BY[of])
    document = (await sight.looked_up([key]))[key]
    model = next(one for one in kinds() if kind_of(one) == document.kind)
    update = model.states.actions.get(DocumentAction.UPDATE)
    return OwnFieldOwner(
        id=key, column=found.column, table=table_of(model), kind=OwnFieldKind(document.kind),
        changed_by=None if update is None else update.by,
    )  # fmt: skip


async def fill_in(
    call: Call,
    thing: OwnFieldOwner,
    fields: Sequence[SaidValue],
    expected_version: int | None = None,
    *,
    is_next: bool = True,
) -> facts.OwnFieldsSet:
    """Fills in own fields of a thing that the caller sees, as its next version where that is not made already."""
    if thing.changed_by is not None:
        call.require(thing.changed_by)
    status = await _locked(thing, expected_version)
    known, kept = await queries.fields_of(thing.kind), await queries.values_of(thing.column, thing.id)
    wanted, wrong = _read(fields, known, may_clear=status in _DRAFTS)
    reject_if([*wrong, *await _unseen(call, fields, wanted, known)])
    changes = {code: value for code, value in wanted.items() if (value and value.value) != _value_of(kept, known[code])}
    fact = facts.OwnFieldsSet(owner_id=thing.id, **{thing.column: thing.id}, changes=tuple(_told(changes, known, kept)))
    if not changes:
        raise Unchanged(fact)
    await _write(thing, {known[code]: value for code, value in changes.items()})
    if is_next:
        _next_version(thing, call)
    return fact


async def fill_in_new(call: Call, table: str, keys: Sequence[int], fields: Sequence[SaidValue]) -> None:
    """Fills in the same own fields of master data that were just made, in as many statements however many they are.

    Raises `Rejected` with everything that is wrong, what is required and not filled in included.
    """
    known = await queries.fields_of(kind := OwnFieldKind(table.upper()))
    if fields:
        call.require(SET_OWN_FIELDS)
    wanted, wrong = _read(fields, known, may_clear=False)
    reject_if([*wrong, *await _unseen(call, fields, wanted, known), *_missing(fields, known)])
    said = {known[code]: value for code, value in wanted.items() if value is not None}
    if not said:
        return
    things = [
        OwnFieldOwner(id=key, column=f"{table}_id", table=table, kind=kind, changed_by=_CHANGED_BY[kind])
        for key in keys
    ]
    db.insert_later([row for thing in things for row in _rows(thing, said)])
    told = tuple(_told({field.code: value for field, value in said.items()}, known, {}))
    journal.record_all(
        [facts.OwnFieldsSet(owner_id=one.id, **{one.column: one.id}, changes=told) for one in things], call
    )


def _missing(fields: Sequence[SaidValue], known: Mapping[str, OwnField]) -> Iterator[Reason]:
    """What is required of a new thing and not said, each at its code."""
    named = {one.code for one in fields if not isinstance(one.value, UnsetType)}
    for code, field in known.items():
        if field.is_required and field.is_active and code not in named:
            yield Required(path=("fields", AsTyped(code)))


async def _locked(thing: OwnFieldOwner, expected_version: int | None) -> DocumentStatus | None:
    """Keeps it from others; the status of a document."""
    status = "status" if thing.is_document else "NULL"
    of_it = f'FROM "{thing.table}" WHERE id = ?'
    await db.lock(f"SELECT id {of_it} FOR NO KEY UPDATE", (thing.id,))
    rows = await db.fetch(f"SELECT version, {status} {of_it}", (thing.id,))
    if not rows:
        raise NotFound(UnknownId(path=("id",), kind="Node"))
    ((version, status),) = rows
    check_version(_Version(version=version), expected_version)
    return DocumentStatus(status) if status is not None else None


class _Version(msgspec.Struct, frozen=True):
    version: int


def _read(
    fields: Sequence[SaidValue], known: Mapping[str, OwnField], *, may_clear: bool
) -> tuple[dict[str, ReadValue | None], list[Reason]]:
    """What is to be said by code, None where it is cleared; and what is wrong with it."""
    wanted: dict[str, ReadValue | None] = {}
    wrong: list[Reason] = []
    for index, asked in enumerate(fields):
        field, path = known.get(asked.code), ("fields", index)
        if problem := _problem(asked, field, wanted, may_clear=may_clear):
            wrong.append(msgspec.structs.replace(problem, path=(*path, *problem.path)))
            continue
        if isinstance(asked.value, UnsetType):
            continue
        assert field is not None
        try:
            wanted[asked.code] = None if asked.value is None else rules.read(field, asked.value, (*path, "value"))
        except Rejected as refused:
            wrong += refused.reasons
    return wanted, wrong


def _problem(
    asked: SaidValue, field: OwnField | None, before: Mapping[str, ReadValue | None], *, may_clear: bool
) -> Reason | None:
    if field is None:
        return rules.UnknownOwnField(path=("code",), field_code=asked.code)
    if asked.code in before:
        return rules.OwnFieldTwice(path=("code",), field_code=asked.code)
    if not field.is_active and isinstance(asked.value, str):
        return rules.OwnFieldInactive(path=("code",), field_code=asked.code)
    if field.is_required and field.is_active and asked.value is None and not may_clear:
        return Required(path=("value",))
    return None


async def _unseen(
    call: Call, fields: Sequence[SaidValue], wanted: Mapping[str, ReadValue | None], known: Mapping[str, OwnField]
) -> list[Reason]:
    """The references to what is not there, or the caller does not see."""
    asked = {code: reference for code, value in wanted.items() if (reference := _reference(known[code], value))}
    found = await queries.names(call, list(asked.values())) if asked else {}
    codes = [one.code for one in fields]
    return [
        UnknownId(path=("fields", codes.index(code), "value"), kind=reference[0].capitalize())
        for code, reference in asked.items()
        if reference not in found
    ]


def _reference(field: OwnField, value: ReadValue | None) -> queries.Reference | None:
    if value is None or value.to_id is None or field.value_type is not OwnFieldType.REFERENCE:
        return None
    return str(field.reference_kind).lower(), value.to_id


def _value_of(kept: Mapping[int, OwnFieldValue], field: OwnField) -> str | None:
    row = kept.get(field.id)
    return None if row is None else row.value


def _told(
    changes: Mapping[str, ReadValue | None], known: Mapping[str, OwnField], kept: Mapping[int, OwnFieldValue]
) -> Iterator[facts.ChangedValue]:
    for code, value in changes.items():
        before = _value_of(kept, known[code])
        after = None if value is None else value.value
        yield facts.ChangedValue(code=code, before=before, after=after, field_id=known[code].id)


async def _write(thing: OwnFieldOwner, changes: Mapping[OwnField, ReadValue | None]) -> None:
    """Takes away what was said in these fields, and writes what is said now."""
    await OwnFieldValue.filter(**{thing.column: thing.id}, field_id__in=[field.id for field in changes]).delete()
    db.insert_later(_rows(thing, {field: value for field, value in changes.items() if value is not None}))


def _rows(thing: OwnFieldOwner, said: Mapping[OwnField, ReadValue]) -> list[OwnFieldValue]:
    return [
        OwnFieldValue(
            field_id=field.id, value=value.value, in_order=value.in_order,
            **{thing.column: thing.id}, **_to(_reference(field, value)),
        )
        for field, value in said.items()
    ]  # fmt: skip


def _to(reference: queries.Reference | None) -> dict[str, int]:
    return {} if reference is None else {f"to_{reference[0]}_id": reference[1]}


def _next_version(thing: OwnFieldOwner, call: Call) -> None:
    if thing.is_document:
        for table in (thing.table, "document"):
            db.later(f"UPDATE {table} SET version = version + 1 WHERE id = ?", (thing.id,), rows=1)
    else:
        moved = f"UPDATE {thing.table} SET version = version + 1, updated_at = ? WHERE id = ?"
        db.later(moved, (call.at, thing.id), rows=1)
