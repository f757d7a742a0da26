"""Facts of documents by their names, for whoever decides by them: what an order is worth, where, with whom.

A kind says which numbers it has, as SQL over a row of its table; what it is about follows from what it tells the
register and from the goods on its lines:

    class PurchaseOrder(DocumentHeader):
        named = amounts(AMOUNT="total")

A later feature gives all of these a word more: `number("MARGIN", "How much is earned (毛利).", better_more=True)`.
"""
# ruff: noqa: S608  (statements are made of our own table and column names; values are parameters)

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.vocabulary import add

if TYPE_CHECKING:
    from jxc_graphql.office.documents.models import DocumentHeader


class DocumentFact(StrEnum):
    """What is known of a document, by its name, for conditions (单据要素)."""

    AMOUNT = "AMOUNT"
    """What it is about, in money (金额)."""
    VARIANCE = "VARIANCE"
    """What it corrects the books by, gains and losses added up (差异金额)."""
    WAREHOUSE = "WAREHOUSE"
    """Where it is, or comes from (仓库)."""
    TO_WAREHOUSE = "TO_WAREHOUSE"
    """Where it goes to (调入仓)."""
    BRANCH = "BRANCH"
    """The branch of its warehouse (门店)."""
    SUPPLIER = "SUPPLIER"
    """With which supplier (供应商)."""
    CUSTOMER = "CUSTOMER"
    """With which customer (客户)."""
    CATEGORY = "CATEGORY"
    """The categories of the goods on its lines, and those above them (分类)."""
    AUTHOR = "AUTHOR"
    """Who made it (制单人)."""


Sql = str | Callable[[], str]
KnownFacts = Mapping[DocumentFact, int | tuple[int, ...] | None]
"""By fact: a number in steps of money, or the ids of what it is about; None where it is not known yet."""

NUMBERS = {DocumentFact.AMOUNT, DocumentFact.VARIANCE}
"""The facts that are amounts; all others are ids."""
BETTER_MORE = set[DocumentFact]()
"""Those amounts of which more is better, such as what is earned; whoever agreed to one agreed to no less."""
_REGISTERED = {
    DocumentFact.WAREHOUSE: "warehouse_id",
    DocumentFact.TO_WAREHOUSE: "to_warehouse_id",
    DocumentFact.SUPPLIER: "supplier_id",
    DocumentFact.CUSTOMER: "customer_id",
}
_WITH_ANCESTORS = """
WITH RECURSIVE above (id) AS (
    SELECT sku.category_id FROM sku WHERE sku.id IN ({skus})
    UNION SELECT category.parent_id FROM category JOIN above ON above.id = category.id
    WHERE category.parent_id IS NOT NULL)
SELECT id FROM above ORDER BY id"""


def number(name: str, text: str, *, better_more: bool = False) -> DocumentFact:
    """A fact more that is an amount, for kinds that name it; of most of them less is better."""
    made = add(DocumentFact, name, text)
    NUMBERS.add(made)
    if better_more:
        BETTER_MORE.add(made)
    return made


def amounts(**told: Sql) -> Mapping[DocumentFact, Sql]:
    """Which amounts documents of a kind have, each as SQL of its own table, or what gives that when it is asked."""
    return MappingProxyType({DocumentFact(name): sql for name, sql in told.items()})


def names_of(kind: "type[DocumentHeader]") -> list[DocumentFact]:
    """The facts that documents of a kind have."""
    found = {*_columns(kind), DocumentFact.CATEGORY}
    return [one for one in DocumentFact if one in found]


async def known_of(document: "DocumentHeader", sku_ids: Sequence[int] | None = None) -> KnownFacts:
    """What is known of a document as it is in memory; `sku_ids`: what its lines are about, where none is written."""
    kind, told = type(document), _columns(type(document))
    document.number = document.number or ""  # of one that is yet to be opened, which gives it its number
    table = kind._meta.db_table  # noqa: SLF001  (Tortoise's documented place for it)
    columns = ", ".join(f"CAST({sql if isinstance(sql, str) else sql()} AS BIGINT)" for sql in told.values())
    row = db.rows(db.columns_of(kind))
    if sku_ids is None:
        skus, params = f"SELECT sku_id FROM {table}_line WHERE {table}_id = ?", [document.id]
    else:
        skus, params = f"SELECT id FROM {db.rows({'id': 'bigint'})} AS asked", [db.json([one] for one in sku_ids)]
    (found,), categories = await db.together(
        db.fetch(f"SELECT {columns} FROM {row} AS {table}", (db.json([db.values_of(document)]),)),
        db.fetch(_WITH_ANCESTORS.format(skus=skus), params),
    )
    known = {fact: _told(fact, value) for fact, value in zip(told, found, strict=True)}
    return known | {DocumentFact.CATEGORY: tuple(row[0] for row in categories)}


def _told(fact: DocumentFact, value: int | None) -> int | tuple[int, ...] | None:
    if fact in NUMBERS:
        return value
    return () if value is None else (value,)


def _columns(kind: "type[DocumentHeader]") -> dict[DocumentFact, Sql]:
    told = msgspec.structs.asdict(kind.registered)
    about = {fact: told[column] for fact, column in _REGISTERED.items() if told[column] != "NULL"}
    branch = f"(SELECT branch_id FROM warehouse WHERE warehouse.id = {told['warehouse_id']})"
    return {**kind.named, **about, DocumentFact.BRANCH: branch, DocumentFact.AUTHOR: "created_by_id"}
