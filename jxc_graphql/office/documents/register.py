"""The register (单据总册): a row for every document, whatever its kind, with what all documents have.

It is a projection of the documents' own tables: what writes a document there (`changing`) writes it here in the same
transaction, `jxc verify` compares the two, and `jxc rebuild` repairs what differs. One select per kind says how.
"""
# ruff: noqa: S608  (statements are made of our own table and column names; values are parameters)

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache, lru_cache

import msgspec

from jxc_graphql.gql.words.describe import screaming
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.kit.rights import personal
from jxc_graphql.kit.spelling import search_text
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.company.rules import Span
from jxc_graphql.office.documents.comparisons import Comparison, Grain
from jxc_graphql.office.documents.models import (
    Document,
    DocumentHeader,
    DocumentKind,
    DocumentLine,
    DocumentLink,
    LinkKind,
    Registered,
)
from jxc_graphql.office.documents.rules import CarriedOut
from jxc_graphql.office.documents.states import AllowedAction, DocumentStatus, Waits

MOST_NAMED = 10
"""So many documents does a reason name."""
_HEADER = ("id", "number", "status", "version", "business_date", "created_at", "created_by_id", "note")
_TOLD = tuple(Registered.__struct_fields__)
_COLUMNS = ("document_kind", *_HEADER, *_TOLD)
_CHANGES = ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS if column != "id")
_TEXTS = {"document_id": "bigint", "search_text": "text"}
_KEPT = "CASE excluded.search_text WHEN '' THEN document.search_text ELSE excluded.search_text END"
_FOUND = Grain(
    "id",
    "coalesce(document.number, CAST(found.id AS VARCHAR(20)))",
    "LEFT JOIN document ON document.id = found.id",
)


def kinds() -> Iterator[type[DocumentHeader]]:
    """The models of all kinds of documents."""
    return (model for model in DocumentHeader.__subclasses__() if model is not Document)


def kind_of(model: type[DocumentHeader]) -> DocumentKind:
    """The kind of the documents of a model, which is its name."""
    return DocumentKind(screaming(model.__name__))


def table_of(model: type[DocumentHeader | DocumentLine]) -> str:
    """The table of the documents of a model, or of their lines."""
    return model._meta.db_table  # noqa: SLF001  (Tortoise's documented place for it)


def belongs_to(document: DocumentHeader) -> dict[str, int]:
    """The warehouses whose people see a document, by the column of the register that names them."""
    told = msgspec.structs.asdict(document.registered)
    return {
        column: getattr(document, told[column])
        for column in ("warehouse_id", "to_warehouse_id")
        if told[column] != "NULL"
    }


def partners_of(document: DocumentHeader) -> dict[Dimension, int]:
    """With whom a document is: a customer, a supplier, or nobody."""
    told = {Dimension.CUSTOMER: document.registered.customer_id, Dimension.SUPPLIER: document.registered.supplier_id}
    found = {dimension: getattr(document, column, None) for dimension, column in told.items()}
    return {dimension: partner_id for dimension, partner_id in found.items() if partner_id is not None}


@personal
def allowed_actions(  # noqa: PLR0917  (a column of the register each)
    call: Call,
    document_kind: DocumentKind,
    status: DocumentStatus,
    warehouse_id: int | None,
    to_warehouse_id: int | None,
    created_by_id: int,
    waits_for: str | None,
) -> list[AllowedAction]:
    """What a caller can do with a document that the register says this of."""
    model = next(each for each in kinds() if kind_of(each) is document_kind)
    places = {"warehouse_id": warehouse_id, "to_warehouse_id": to_warehouse_id}
    elsewhere = {
        column for column, place in places.items() if place is not None and not call.sees(Dimension.WAREHOUSE, place)
    }
    is_author = created_by_id == call.actor_id
    waits = None if waits_for is None else msgspec.json.decode(waits_for, type=Waits)
    return model.states.allowed_actions(
        status, call.permissions, elsewhere, call.locale, waits=waits, actor_id=call.actor_id, is_author=is_author
    )


def write(document: DocumentHeader, *, renames: bool = False) -> None:
    """Has the register say of a document what it says itself, which is written as well.

    `renames`: whether its number or note changed, for spelling these out takes longer than all else.
    """
    model = type(document)
    text = search_text(document.number, document.note) if renames else ""
    values = db.json([db.values_of(document)]), db.json([(document.id, text)])
    db.later(_entry(model, db.rows(db.columns_of(model))), values, rows=1, row=document.id)


def write_changes(document: DocumentHeader, changed: Collection[str]) -> None:
    """The same where only its status, its version and these columns of its own changed: all indexes are dear."""
    if _shown(type(document)).isdisjoint(changed):
        moved = "UPDATE document SET status = ?, version = ? WHERE id = ?"
        db.later(moved, (document.status.value, document.version, document.id), rows=1, row=document.id)
    else:
        write(document, renames="note" in changed)


@cache
def _shown(model: type[DocumentHeader]) -> frozenset[str]:
    """The columns of a kind of which the register says something."""
    told = msgspec.structs.astuple(model.registered)
    return frozenset((*_HEADER, *(word for one in told for word in re.findall(r"\w+", one))))


def link(sources: Iterable[int], target: int, kind: LinkKind) -> None:
    """Says that a document that is being made comes out of others."""
    db.insert_later([DocumentLink(source_id=source, target_id=target, kind=kind) for source in sources])


async def check_untouched(document_id: int) -> list[CarriedOut]:
    """Whether nothing ever carried a document out."""
    rows = await db.fetch(
        f"SELECT target_id FROM document_link WHERE source_id = ? AND kind = '{LinkKind.FULFILMENT}' "
        f"ORDER BY target_id LIMIT {MOST_NAMED}",
        (document_id,),
    )
    return [CarriedOut(path=("id",), document_ids=tuple(one for (one,) in rows))] if rows else []


async def span() -> Span | None:
    """The day of the earliest document, and when the last one was made; None where there are none."""
    ((first_day, last_made_at),) = await db.fetch("SELECT min(business_date), max(created_at) FROM document")
    return msgspec.convert({"first_day": first_day, "last_made_at": last_made_at}, Span) if first_day else None


async def put_in_currency(currency: str) -> None:
    """Has all documents with amounts be in a currency, which came before anybody said what the books are in."""
    for table in (table_of(model) for model in kinds() if "currency" in db.columns_of(model)):
        await db.execute(f"UPDATE {table} SET currency = ? WHERE currency <> ?", (currency, currency))


def comparisons() -> list[Comparison]:
    """Whether the register says of every document what its own table says."""
    return [_comparison(model) for model in kinds()]


async def repair() -> int:
    """Has the register say again what the documents' own tables say; how many rows were repaired."""
    repaired = 0
    for model in kinds():
        wrong = f"{_own(model)} EXCEPT {_registered(model)}"
        rows = await db.fetch(f"SELECT id, number, note FROM ({wrong}) AS wrong")
        texts = db.json((row_id, search_text(number, note)) for row_id, number, note in rows)
        repaired += await db.execute(_entry(model, table_of(model)), (texts,))
    return repaired


def _entry(model: type[DocumentHeader], source: str) -> str:
    """Writes what the register is to say of rows of a kind; one parameter has their texts to search."""
    return _entry_with(model, source, db.rows(_TEXTS))


@lru_cache(maxsize=256)
def _entry_with(model: type[DocumentHeader], source: str, texts: str) -> str:
    return (
        f"INSERT INTO document ({', '.join(_COLUMNS)}, search_text) SELECT {_values(model)}, search_text "
        f"FROM {source} AS {table_of(model)} JOIN {texts} AS told ON document_id = id "
        f"WHERE true ON CONFLICT (id) DO UPDATE SET {_CHANGES}, search_text = {_KEPT}"
    )


def _values(model: type[DocumentHeader]) -> str:
    told = msgspec.structs.asdict(model.registered)
    values = (f"CAST({told[column]} AS BIGINT) AS {column}" for column in _TOLD)
    return ", ".join((f"'{kind_of(model)}' AS document_kind", *_HEADER, *values))


def _own(model: type[DocumentHeader]) -> str:
    return f"SELECT {_values(model)} FROM {table_of(model)}"


def _registered(model: type[DocumentHeader]) -> str:
    return f"SELECT {', '.join(_COLUMNS)} FROM document WHERE document_kind = '{kind_of(model)}'"


def _comparison(model: type[DocumentHeader]) -> Comparison:
    table, kind = table_of(model), kind_of(model)
    return Comparison(
        f"document is what {table} says", Quantity, _FOUND,
        f"SELECT id, 10000 FROM {table}",
        f"SELECT id, 10000 FROM ({_registered(model)} INTERSECT {_own(model)}) AS same UNION ALL "
        f"SELECT id, 20000 FROM document WHERE document_kind = '{kind}' AND id NOT IN (SELECT id FROM {table})",
    )  # fmt: skip
