"""What is owed, and whether the book of dues agrees with itself."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Sequence
from typing import Any

import msgspec

from jxc_graphql.books.accounts import queries as accounts
from jxc_graphql.books.accounts.roles import AccountRole
from jxc_graphql.books.dues import rules
from jxc_graphql.books.dues.models import DueKind
from jxc_graphql.books.dues.rules import OpenDue
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason, UnknownId
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.comparisons import Comparison, Grain, of_document

NAMES = OpenDue.__struct_fields__
COLUMNS = ", ".join(f"due.{name}" for name in NAMES)
"""What `read` reads."""


class PartnerBalance(msgspec.Struct, frozen=True, kw_only=True):
    """What stands open in the account of a partner, in the currency of the company."""

    balance: Money = Money(0)
    owing: Money = Money(0)
    owed: Money = Money(0)
    overdue: Money = Money(0)
    disputed: Money = Money(0)


def read(call: Call, rows: Sequence[Sequence[Any]]) -> dict[int, OpenDue]:
    """The dues of rows of `COLUMNS` that the caller sees, by their ids."""
    made = (
        msgspec.convert(
            dict(zip(NAMES, row, strict=True)), OpenDue, strict=False, dec_hook=lambda kind, value: kind(value)
        )
        for row in rows
    )
    return {one.id: one for one in made if _sees(call, one)}


def _sees(call: Call, due: OpenDue) -> bool:
    partners = {Dimension.CUSTOMER: due.customer_id, Dimension.SUPPLIER: due.supplier_id}
    return all(one is None or call.sees(dimension, one) for dimension, one in partners.items())


async def due(call: Call, due_id: int) -> OpenDue | None:
    """The due, if the caller sees one with this id; whatever is open of it may have changed."""
    return read(call, await db.fetch(f"SELECT {COLUMNS} FROM due WHERE id = ?", (due_id,))).get(due_id)


async def unlike(call: Call, customer_id: int, supplier_id: int) -> list[Reason]:
    """Whether a customer and a supplier, as far as the caller sees them, are other companies: by their tax numbers."""
    rows = await db.fetch(
        "SELECT (SELECT tax_number FROM customer WHERE id = ?), (SELECT tax_number FROM supplier WHERE id = ?)",
        (customer_id, supplier_id),
    )
    customer, supplier = rows[0]
    wrong: list[Reason] = []
    if customer is None or not call.sees(Dimension.CUSTOMER, customer_id):
        wrong.append(UnknownId(path=("customer_id",), kind="Customer"))
    if supplier is None or not call.sees(Dimension.SUPPLIER, supplier_id):
        wrong.append(UnknownId(path=("supplier_id",), kind="Supplier"))
    is_one = customer and supplier and customer.upper() == supplier.upper()
    return wrong or ([] if is_one else [rules.OtherCompany(path=("supplier_id",))])


async def of_customers(call: Call, customer_ids: Sequence[int]) -> list[PartnerBalance]:
    """What stands open with each customer; overdue is what he should have paid."""
    return await _balances(call, "customer_id", ">", customer_ids)


async def of_suppliers(call: Call, supplier_ids: Sequence[int]) -> list[PartnerBalance]:
    """What stands open with each supplier; overdue is what we should have paid."""
    return await _balances(call, "supplier_id", "<", supplier_ids)


async def _balances(call: Call, partner: str, claim: str, partner_ids: Sequence[int]) -> list[PartnerBalance]:
    asked = db.ids(partner_ids)
    rows = await db.fetch(
        f"""
        SELECT {partner}, SUM(base_open), SUM(CASE WHEN base_open > 0 THEN base_open ELSE 0 END),
            SUM(CASE WHEN base_open < 0 THEN -base_open ELSE 0 END),
            SUM(CASE WHEN base_open {claim} 0 AND due_on < ? THEN abs(base_open) ELSE 0 END),
            SUM(CASE WHEN is_disputed THEN abs(base_open) ELSE 0 END)
        FROM {asked.table} AS asked JOIN due ON due.{partner} = asked.id AND open_amount <> 0 GROUP BY {partner}""",
        (clock.day_of(call.at), *asked.params),
    )
    found = {
        partner_id: PartnerBalance(**dict(zip(PartnerBalance.__struct_fields__, map(_money, figures), strict=True)))
        for partner_id, *figures in rows
    }
    return [found.get(partner_id, PartnerBalance()) for partner_id in partner_ids]


def _money(steps: int) -> Money:
    return Money(int(steps))


_DUE = Grain("id", "coalesce(document.number, '') || ' due ' || due.id", "JOIN due ON due.id = found.id "
             "LEFT JOIN document ON document.id = due.document_id")  # fmt: skip
LEFT = """
    SELECT id, amount, base_amount FROM due
    UNION ALL SELECT debit_due_id, -amount, -debit_base FROM allocation
    UNION ALL SELECT credit_due_id, amount, credit_base FROM allocation"""
"""What dues were, and by how much less is open of them since."""


def owed_for(table: str, kind: DueKind, sign: str = "", *, only: str = "", less: str = "") -> list[Comparison]:
    """Whether documents of a table are owed at what they come to; a minus where that is owed to partners.

    `only`: which of them are owed, as SQL behind `WHERE`. `less`: which lines of theirs are not, as SQL behind these.
    """
    lines = f" UNION ALL SELECT line.{table}_id, -line.{{0}} FROM {table}_line AS line {less}" if less else ""
    return [
        Comparison(
            f"{table}.{one} is what is owed for it", Money, of_document(table),
            f"SELECT id, {one} FROM {table}{only and f' WHERE {only}'}{lines.format(one)}",
            f"SELECT document_id, {sign}due.{of} FROM due JOIN {table} ON {table}.id = document_id "
            f"WHERE due.kind = '{kind}'",
        )
        for one, of in (("gross", "amount"), ("net", "net"), ("base_gross", "base_amount"))
    ]  # fmt: skip


_GOODS = f"'{DueKind.PURCHASE}', '{DueKind.RETURN}'"
_CUSTOMER, _SUPPLIER = (
    Grain(f"{one}_id", f"{one}.code", f"JOIN {one} ON {one}.id = found.{one}_id") for one in ("customer", "supplier")
)

COMPARISONS = (
    Comparison(
        "due.open_amount is what was not set off", Money, _DUE,
        f"SELECT id, amount FROM ({LEFT}) AS part", "SELECT id, open_amount FROM due",
    ),
    Comparison(
        "due.base_open is what was not set off", Money, _DUE,
        f"SELECT id, base_amount FROM ({LEFT}) AS part", "SELECT id, base_open FROM due",
    ),
    Comparison(
        "allocation that takes another back is as large", Money, Grain("id", "CAST(id AS VARCHAR(20))", ""),
        "SELECT reverses_id, -amount FROM allocation WHERE reverses_id IS NOT NULL",
        "SELECT id, amount FROM allocation WHERE id IN (SELECT reverses_id FROM allocation)",
    ),
    Comparison(
        "account_entry: RECEIVABLE of a customer is what is open of his dues", Money, _CUSTOMER,
        "SELECT customer_id, base_open FROM due WHERE customer_id IS NOT NULL",
        accounts.entries_of(AccountRole.RECEIVABLE, columns="entry.customer_id"),
    ),
    Comparison(
        "account_entry: PAYABLE of a supplier is what is open of its dues but for goods", Money, _SUPPLIER,
        "SELECT supplier_id, base_open FROM due WHERE supplier_id IS NOT NULL UNION ALL "
        f"SELECT supplier_id, -base_amount FROM due WHERE supplier_id IS NOT NULL AND kind IN ({_GOODS})",
        accounts.entries_of(AccountRole.PAYABLE, columns="entry.supplier_id"),
    ),
)  # fmt: skip
