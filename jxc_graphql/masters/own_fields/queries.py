"""Which own fields there are, what things say in them, and what references lead to."""
# ruff: noqa: S608  (statements are made of our own table and column names; values are parameters)

from collections.abc import Collection, Mapping, Sequence

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.gql.words.describe import screaming
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.own_fields import facts, rules
from jxc_graphql.masters.own_fields.models import (
    MASTERS,
    REFERENCES,
    TARGETS,
    OwnField,
    OwnFieldKind,
    OwnFieldType,
    OwnFieldValue,
)
from jxc_graphql.masters.own_fields.rules import LETTERS, WantedValue
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents import timeline
from jxc_graphql.office.documents.comparisons import Comparison, Grain
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.register import kind_of, table_of

Reference = tuple[str, int]
"""The table of what a value refers to, and its id there."""
KeptValue = tuple[str, *tuple[int | None, ...]]
"""What the row of a value has: the value, and the columns that say to what it refers."""
_SEEN_BY: Mapping[str, tuple[Permission | None, Dimension | None]] = {
    "supplier": (Permission.SEE_PARTNERS, Dimension.SUPPLIER),
    "customer": (Permission.SEE_PARTNERS, Dimension.CUSTOMER),
    "sku": (Permission.SEE_CATALOG, None),
    "product": (Permission.SEE_CATALOG, None),
    "user": (None, None),
    "warehouse": (Permission.SEE_CATALOG, Dimension.WAREHOUSE),
}
"""Who sees what a reference is to: by which permission, and in which scope."""


async def fields_of(kind: OwnFieldKind) -> dict[str, OwnField]:
    """The own fields of things of a kind, by their codes."""
    return {field.code: field for field in await OwnField.filter(kind=kind).order_by("position", "id")}


async def named(asked: Collection[tuple[str, str]]) -> dict[tuple[str, str], OwnField]:
    """Those of these own fields that there are, each by the type of what has it and its code; `Document` is any."""
    if not asked:
        return {}
    rows = await OwnField.filter(code__in={code for _, code in asked}).order_by("id")
    found = {
        (name, code): next((row for row in rows if row.code == code and _is_of(row.kind, name)), None)
        for name, code in asked
    }
    return {one: field for one, field in found.items() if field is not None}


def _is_of(kind: OwnFieldKind, type_name: str) -> bool:
    return kind == screaming(type_name) or (type_name == "Document" and kind.lower() not in MASTERS)


async def values_of(owner: str, owner_id: int) -> dict[int, OwnFieldValue]:
    """What a thing says, by field; `owner` is the column that says whose values they are."""
    return {row.field_id: row for row in await OwnFieldValue.filter(**{owner: owner_id})}


async def to_fill_in_again(call: Call, document_id: int) -> list[WantedValue]:
    """What a document says in its own fields, as far as the caller might fill in the same today."""
    kept = OwnFieldValue.filter(document_id=document_id, field__is_active=True).select_related("field")
    rows = await kept.order_by("field__position", "id")
    told = await values(call, [(row.value, *(getattr(row, column) for column in REFERENCES)) for row in rows])
    return [
        WantedValue(code=row.field.code, value=value)
        for row, value in zip(rows, told, strict=True)
        if value is not None and rules.is_readable(row.field, value)
    ]


def is_seen(call: Call, reference: Reference) -> bool:
    """Whether a caller sees what a value refers to."""
    table, key = reference
    permission, dimension = _SEEN_BY[table]
    return (permission is None or permission in call.permissions) and (dimension is None or call.sees(dimension, key))


def readings(call: Call, text: str) -> list[str]:
    """All that a text may say of whatever type (`rules.readings`), but nothing of what the caller does not see."""
    found = [(kind.lower(), key) for kind, key in rules.references(text)]
    hidden = any(table in TARGETS and not is_seen(call, (table, key)) for table, key in found)
    return rules.readings(text)[: -1 if hidden else None]


async def names(call: Call, references: Sequence[Reference]) -> dict[Reference, str]:
    """How those things are called that there are and the caller sees; one statement."""
    seen = [one for one in dict.fromkeys(references) if is_seen(call, one)]
    tables = sorted({table for table, _ in seen})
    asked = db.rows({"id": "bigint"})
    parts = [
        f"SELECT '{table}', thing.id, thing.name FROM \"{table}\" AS thing "
        f"JOIN {asked} AS asked_{table} ON asked_{table}.id = thing.id"
        for table in tables
    ]
    params = [db.json([key] for of, key in seen if of == table) for table in tables]
    rows = await db.fetch(" UNION ALL ".join(parts), params) if parts else []
    return {(table, key): name for table, key, name in rows}


async def shown_changes(call: Call, told: Mapping[int, facts.OwnFieldsSet]) -> dict[int, list[timeline.ShownChange]]:
    """What facts tell that was filled in or cleared, for people; not what refers to something the caller sees not."""
    asked = {one.field_id for fact in told.values() for one in fact.changes}
    fields = {row.id: row for row in await OwnField.filter(id__in=[one for one in asked if one is not None])}
    seen = [
        (entry_id, change, fields[change.field_id])
        for entry_id, fact in told.items()
        for change in fact.changes
        if change.field_id in fields
    ]
    references = [_referred(field, value) for _, one, field in seen for value in (one.before, one.after)]
    known = await names(call, [one for one in references if one is not None])
    shown: dict[int, list[timeline.ShownChange]] = {entry_id: [] for entry_id in told}
    for entry_id, change, field in seen:
        before, after = _text(field, change.before, known), _text(field, change.after, known)
        if (before is None, after is None) == (change.before is None, change.after is None):
            shown[entry_id].append(
                timeline.ShownChange(
                    entry_id=entry_id, field=field.code, label=field.name, line=None, about=None, before=before,
                    after=after,
                )
            )  # fmt: skip
    return shown


def _referred(field: OwnField, value: str | None) -> Reference | None:
    """To what a value of a field refers, as facts keep it."""
    return None if value is None or field.reference_kind is None else (field.reference_kind.lower(), int(value))


def _text(field: OwnField, value: str | None, known: Mapping[Reference, str]) -> str | None:
    reference = _referred(field, value)
    return value if reference is None else known.get(reference)


def reference_of(references: Sequence[int | None]) -> Reference | None:
    """To what a value refers by its columns; None where it is no reference."""
    found = ((table, key) for table, key in zip(TARGETS, references, strict=True) if key is not None)
    return next(found, None)


async def values(call: Call, keys: Sequence[KeptValue]) -> list[str | None]:
    """What values say to programs; None of a reference to what the caller does not see."""
    return [_value_of(call, value, reference_of(columns)) for value, *columns in keys]


def _value_of(call: Call, value: str, reference: Reference | None) -> str | None:
    if reference is None:
        return value
    return global_id(reference[0].capitalize(), reference[1]) if is_seen(call, reference) else None


async def texts(call: Call, keys: Sequence[KeptValue]) -> list[str | None]:
    """What values say to people: of a reference, how that is called to which it is, as far as the caller sees it."""
    references = [reference_of(columns) for _, *columns in keys]
    found = await names(call, [one for one in references if one is not None])
    return [key[0] if one is None else found.get(one) for key, one in zip(keys, references, strict=True)]


def missing(kind: type[DocumentHeader]) -> str:
    """SQL over the row of a document: the codes of what is required and not filled in; NULL where nothing is."""
    together = "group_concat(f.code, ', ')" if db.dialect() == "sqlite" else "string_agg(f.code, ', ')"
    return (
        f"(SELECT {together} FROM own_field f WHERE f.kind = '{kind_of(kind)}' AND f.is_required AND f.is_active "
        f"AND NOT EXISTS (SELECT 1 FROM own_field_value v WHERE v.field_id = f.id "
        f"AND v.document_id = {table_of(kind)}.id))"
    )


def _kind_of_owner() -> str:
    masters = " ".join(f"WHEN told.{table}_id IS NOT NULL THEN '{OwnFieldKind(table.upper())}'" for table in MASTERS)
    return f"CASE {masters} ELSE document.document_kind END"


_LETTER = " ".join(f"WHEN '{kind}' THEN '{letter}'" for kind, letter in LETTERS.items())
_TO = " ".join(f"WHEN '{table.upper()}' THEN told.{column}" for table, column in zip(TARGETS, REFERENCES, strict=True))
COMPARISONS = (
    Comparison(
        "own_field_value says something of the type of a field of its thing", Quantity,
        Grain("id", "CAST(found.id AS VARCHAR(20))", ""),
        "SELECT id, 10000 FROM own_field_value",
        "SELECT told.id, 10000 FROM own_field_value AS told JOIN own_field ON own_field.id = told.field_id "
        "LEFT JOIN document ON document.id = told.document_id "
        f"WHERE own_field.kind = {_kind_of_owner()} "
        f"AND substr(told.in_order, 1, 1) = CASE own_field.value_type {_LETTER} END "
        "AND (substr(told.in_order, 1, 1) NOT IN ('t', 'd') OR substr(told.in_order, 2) = told.value) "
        f"AND (own_field.value_type <> '{OwnFieldType.REFERENCE}' "
        f"OR CASE own_field.reference_kind {_TO} END = CAST(told.value AS BIGINT))",
    ),
)  # fmt: skip
