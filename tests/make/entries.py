"""What documents did to accounts, in plain decimals."""

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money


async def entered(document_id: int | None = None) -> dict[str, str]:
    """What a document, or everything, debited (above zero) and credited, by role."""
    where = "" if document_id is None else f"WHERE document_id = {document_id:d}"
    rows = await db.fetch(
        "SELECT account.role, CAST(SUM(entry.amount) AS BIGINT) FROM account_entry AS entry "
        f"JOIN account ON account.id = entry.account_id {where} GROUP BY account.role HAVING SUM(entry.amount) <> 0"
    )
    return {role: str(Money(amount)) for role, amount in sorted(rows)}


async def wrong() -> set[str]:
    """What verifying the books finds of accounts."""
    from jxc_graphql.insight.verification import queries  # noqa: PLC0415

    return {one.what for one in await queries.differences() if one.what.startswith("account_entry")}
