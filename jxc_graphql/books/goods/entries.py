"""What goods say in the book of accounts: every movement is an entry from where goods come to where they go.

Nothing is said twice: what is written is what movements and revaluations of a document say, less what was written of
that before. So a document that posts in two steps is told once, and a statement has no more to do for many lines.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from datetime import datetime
from functools import cache

import msgspec

from jxc_graphql.books.accounts import ledger
from jxc_graphql.books.accounts.roles import ROLE_OF_PLACE, AccountRole
from jxc_graphql.kit import db

_KINDS_OF = {role: [kind for kind, of in ROLE_OF_PLACE.items() if of is role] for role in ROLE_OF_PLACE.values()}
ROLE = " ".join(
    (
        "CASE",
        *(f"WHEN kind IN ({', '.join(map(repr, map(str, kinds)))}) THEN '{role}'" for role, kinds in _KINDS_OF.items()),
        "END",
    )
)
"""The role of a place by its kind, as SQL."""
LEGS = " UNION ALL ".join(
    f"""
    SELECT movement.document_id, movement.sku_id, movement.business_date, {sign}movement.value AS amount, place.kind,
        coalesce(place.warehouse_id, movement.warehouse_id) AS warehouse_id, movement.consignment_id, {{0}}
    FROM {{1}} JOIN place ON place.id = movement.{end}_place_id"""
    for end, sign in (("to", ""), ("from", "-"))
)
"""What movements debit and credit: more columns, and of which movements."""
REVALUED = (
    (AccountRole.STOCK, "value"),
    (AccountRole.STOCK_IN_TRANSIT, "in_transit_value"),
    (AccountRole.STOCK_LENT, "lent_value"),
    (AccountRole.COST, "sold_value"),
)
"""What a revaluation changes."""
_ASKED = """
    SELECT CAST(? AS BIGINT) AS document_id, CAST(? AS BIGINT) AS customer_id, CAST(? AS BIGINT) AS supplier_id,
        CAST(? AS BIGINT) AS seller_id, CAST(? AS VARCHAR(20)) AS counter"""
_MOVED = LEGS.format(
    "asked.customer_id, asked.supplier_id, asked.seller_id",
    "asked JOIN stock_movement AS movement ON movement.document_id = asked.document_id",
)
_KEYS = "document_id, business_date, warehouse_id"


def _told() -> str:
    """What a document did to goods, in roles, less what was told of it."""
    is_cost, is_owed = f"'{AccountRole.COST}'", f"'{AccountRole.PAYABLE_ESTIMATED}'"
    everything = " + ".join(column for _, column in REVALUED)
    sides = [*((f"'{role}'", column) for role, column in REVALUED), ("counter", f"-({everything})")]
    revalued = " UNION ALL ".join(
        f"SELECT {role} AS role, {column} AS amount, {_KEYS}, sku_id, customer_id, supplier_id, seller_id, "
        "CAST(NULL AS BIGINT) AS whose_id FROM revalued"
        for role, column in sides
    )
    return f"""
        WITH asked AS ({_ASKED}),
        moved AS (SELECT {ROLE} AS role, amount, {_KEYS}, sku_id, customer_id, supplier_id, seller_id,
            CASE WHEN kind = 'CONSIGNED' THEN consignment_id END AS whose_id FROM ({_MOVED}) AS leg),
        revalued AS (SELECT changed.*, asked.customer_id, asked.supplier_id, asked.seller_id, asked.counter
            FROM asked JOIN stock_revaluation AS changed ON changed.document_id = asked.document_id),
        every_one AS (SELECT * FROM moved UNION ALL {revalued})
        SELECT role, amount, every_one.document_id, business_date,
            CASE role WHEN {is_cost} THEN customer_id END AS customer_id,
            CASE role WHEN {is_owed} THEN coalesce(theirs.supplier_id, every_one.supplier_id) END AS supplier_id,
            CASE role WHEN {is_cost} THEN seller_id END AS seller_id, sku.category_id, warehouse_id
        FROM every_one JOIN sku ON sku.id = every_one.sku_id
        LEFT JOIN consigned_stock AS theirs ON theirs.id = every_one.whose_id
        UNION ALL SELECT account.role, -told.amount, told.document_id, told.business_date, told.customer_id,
            told.supplier_id, told.seller_id, told.category_id, told.warehouse_id
        FROM asked JOIN account_entry AS told ON told.source_id = asked.document_id AND told.source = 'GOODS'
        JOIN account ON account.id = told.account_id"""


@cache
def _statement(_dialect: str) -> str:
    return ledger.insert_of(_told())


class TradedWith(msgspec.Struct, frozen=True, kw_only=True):
    """With whom goods of a document are traded, and whose sale it is: told of what was sold, and what is owed for."""

    customer_id: int | None = None
    supplier_id: int | None = None
    seller_id: int | None = None


NOBODY = TradedWith()


def write(
    document_id: int, at: datetime, whom: TradedWith = NOBODY, counter: AccountRole = AccountRole.REVALUATION
) -> None:
    """Writes what a document moved and revalued, behind its movements; `counter`: where else a revaluation goes."""
    asked = (document_id, whom.customer_id, whom.supplier_id, whom.seller_id, counter)
    db.later(_statement(db.dialect()), (at, *asked))
