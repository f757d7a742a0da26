"""The one way in which anything is written in the book of accounts: with what it follows from, in its transaction.

Whoever writes says roles, never codes. What is written adds up to zero, by construction or by an assertion, and is one
statement that nobody waits for, however many lines a document has.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache

import msgspec

from jxc_graphql.books.accounts.models import EntrySource
from jxc_graphql.books.accounts.roles import AccountRole
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.numbers import Money

WHOSE = ("customer_id", "supplier_id", "seller_id")
COLUMNS = "account_id, amount, source, source_id, document_id, business_date, posted_at, customer_id, supplier_id, "
COLUMNS += "seller_id, category_id, warehouse_id, branch_id"
"""What of an entry its writer says."""


class EntryLine(msgspec.Struct, frozen=True, kw_only=True):
    """So much debited (above zero) or credited (below) to the account of a role, and of what and whom that tells."""

    role: AccountRole
    amount: Money
    sku_id: int | None = None
    warehouse_id: int | None = None
    customer_id: int | None = None
    supplier_id: int | None = None
    seller_id: int | None = None


def write(
    lines: Mapping[int, Iterable[EntryLine]],
    source: EntrySource,
    *,
    business_date: date,
    at: datetime,
    document_id: int | None = None,
) -> None:
    """Writes entries by the id of what they follow from, with the other writes of the transaction.

    Those of one account and about the same are one.
    """
    sent = [(source_id, *msgspec.structs.astuple(one)) for source_id, of in lines.items() for one in _balanced(of)]
    if sent:
        db.later(_insert(db.dialect()), (source, document_id, business_date, at, db.json(sent)), apart=True)


def _balanced(lines: Iterable[EntryLine]) -> list[EntryLine]:
    found = [one for one in lines if one.amount]
    assert not sum(int(one.amount) for one in found), "entries balance"
    return found


@cache
def _insert(_dialect: str) -> str:
    whose = ", ".join(f"line.{name}" for name in WHOSE)
    sent = {"source_id": "bigint", "role": "text"} | dict.fromkeys(EntryLine.__struct_fields__[1:], "bigint")
    return f"""
        INSERT INTO account_entry (xid, {COLUMNS})
        SELECT {journal.THIS_TRANSACTION[db.dialect()]}, account.id, CAST(SUM(line.amount) AS BIGINT), ?,
            line.source_id, ?, ?, ?, {whose}, sku.category_id, line.warehouse_id, warehouse.branch_id
        FROM {db.rows(sent)} AS line JOIN account ON account.role = line.role
        LEFT JOIN sku ON sku.id = line.sku_id LEFT JOIN warehouse ON warehouse.id = line.warehouse_id
        GROUP BY line.source_id, account.id, {whose}, sku.category_id, line.warehouse_id, warehouse.branch_id
        HAVING SUM(line.amount) <> 0 ORDER BY line.source_id, account.id"""


def insert_of(told: str) -> str:
    """The statement that writes what a select tells of a document, by role and by what and whom it is about.

    Its first parameter is the moment; those of `told` follow.
    """
    names = ("business_date", *WHOSE, "category_id", "warehouse_id")
    keys = ", ".join(f"told.{name}" for name in names)
    return f"""
        INSERT INTO account_entry (xid, {COLUMNS})
        SELECT {journal.THIS_TRANSACTION[db.dialect()]}, account.id, CAST(SUM(told.amount) AS BIGINT),
            '{EntrySource.GOODS}', told.document_id,
            told.document_id, told.business_date, ?, told.customer_id, told.supplier_id,
            told.seller_id, told.category_id, told.warehouse_id, warehouse.branch_id
        FROM ({told}) AS told JOIN account ON account.role = told.role
        LEFT JOIN warehouse ON warehouse.id = told.warehouse_id
        GROUP BY account.id, told.document_id, {keys}, warehouse.branch_id
        HAVING SUM(told.amount) <> 0 ORDER BY account.id"""
