"""Whether the book of accounts agrees with itself, and what others compare with it."""
# ruff: noqa: S608  (statements are made of our own names)

from jxc_graphql.books.accounts.balances import CREDIT, DEBIT, FOLDED, KEYS
from jxc_graphql.books.accounts.models import ONLY, AccountChart
from jxc_graphql.books.accounts.roles import AccountRole
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.documents.comparisons import Comparison, Grain

SOURCE = Grain(
    "source, source_id",
    "found.source || ' ' || coalesce(document.number, CAST(source_id AS VARCHAR(20)))",
    "LEFT JOIN document ON document.id = found.source_id",
)
DOCUMENT = Grain(
    "document_id", "document.number", "JOIN document ON document.id = found.document_id"
)  # fmt: skip


def entries_of(*roles: AccountRole, columns: str, where: str = "true") -> str:
    """A select of columns of the entries of some roles, and their amounts: for a comparison."""
    told = ", ".join(f"'{role}'" for role in roles)
    return (
        f"SELECT {columns}, entry.amount FROM account_entry AS entry "
        f"JOIN account ON account.id = entry.account_id AND account.role IN ({told}) WHERE {where}"
    )


async def chart() -> AccountChart:
    """Which standard the accounts follow."""
    return await AccountChart.get(id=ONLY)


_DAY = Grain(
    ", ".join(KEYS), "account.code || ' on ' || business_date", "JOIN account ON account.id = found.account_id"
)
BALANCES = tuple(
    Comparison(
        f"account_day.{side} is the sum of its entries", Money, _DAY,
        f"SELECT {', '.join(KEYS)}, {amount} FROM account_entry WHERE {FOLDED}",
        f"SELECT {', '.join(KEYS)}, {side} FROM account_day",
    )
    for side, amount in (("debit", DEBIT), ("credit", CREDIT))
)  # fmt: skip
"""Those that `rebuild` repairs, all at once."""

COMPARISONS = (
    *BALANCES,
    Comparison(
        "account_entry: the entries of one source add up to zero", Money, SOURCE,
        "SELECT source, source_id, 0 FROM account_entry WHERE false",
        "SELECT source, source_id, amount FROM account_entry",
    ),
    Comparison(
        "account_entry of a document names it", Money, SOURCE,
        "SELECT source, source_id, abs(amount) FROM account_entry WHERE source IN ('GOODS', 'TRADE')",
        "SELECT source, document_id, abs(amount) FROM account_entry WHERE source IN ('GOODS', 'TRADE')",
    ),
)  # fmt: skip
