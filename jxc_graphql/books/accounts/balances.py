"""Balances (科目余额): what accounts were debited and credited by day and dimension, folded behind what is settled.

No posting writes a balance: a reaction adds the entries that have become settled since it last looked. Whoever asks
adds those that are not folded yet, in the same statement, so what is told is exact at every moment.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Sequence

from jxc_graphql.books.accounts.ledger import WHOSE
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Cursor, Entry
from jxc_graphql.kit.reader import have_read
from jxc_graphql.office.documents.comparisons import Comparison

NAME = "account_day"
"""The reader of entries, among those of the journal, that says how far they are folded."""
DIMENSIONS = (*WHOSE, "category_id", "warehouse_id", "branch_id")
KEYS = ("account_id", "business_date", *DIMENSIONS)
_CURSOR = f"SELECT xid, entry_id FROM reaction_cursor WHERE name = '{NAME}' UNION ALL SELECT 0, 0"
CURSOR = f"(SELECT xid, entry_id FROM ({_CURSOR}) AS every ORDER BY xid DESC, entry_id DESC LIMIT 1)"
FOLDED, UNFOLDED = f"(xid, id) <= {CURSOR}", f"(xid, id) > {CURSOR}"
"""Which entries are in balances, and which are not yet."""
DEBIT, CREDIT = (f"CASE WHEN {sign}amount > 0 THEN {sign}amount ELSE 0 END" for sign in ("", "-"))
_HEAD = {
    "sqlite": "SELECT 0, coalesce(max(id), 0) FROM account_entry",
    "postgres": journal.HEAD["postgres"],
}
_BEHIND = {"sqlite": "id <= ?", "postgres": "xid < ?"}


async def fold_settled(call: Call, entries: Sequence[Entry]) -> None:  # noqa: ARG001  (a reaction's signature)
    """After anything that may have brought entries: adds what is settled by now."""
    await fold()


async def fold() -> None:
    """Adds the entries that are settled by now."""
    await db.hold(NAME, ahead=True)
    ((xid, entry_id),) = await db.fetch(_HEAD[db.dialect()])
    db.later(_folding(), (entry_id if db.dialect() == "sqlite" else xid,))
    have_read(NAME, Cursor(xid, entry_id))


def _folding() -> str:
    keys, unique = ", ".join(KEYS), ", ".join((*KEYS[:2], *(f"coalesce({one}, 0)" for one in DIMENSIONS)))
    return f"""
        INSERT INTO account_day ({keys}, debit, credit)
        SELECT {keys}, CAST(SUM({DEBIT}) AS BIGINT), CAST(SUM({CREDIT}) AS BIGINT) FROM account_entry
        WHERE {UNFOLDED} AND {_BEHIND[db.dialect()]} GROUP BY {keys}
        ON CONFLICT ({unique}) DO UPDATE
        SET debit = account_day.debit + excluded.debit, credit = account_day.credit + excluded.credit"""


async def repair(comparisons: Sequence[Comparison]) -> int:
    """Makes all balances anew where one is not what its entries say; gives how many were not."""
    await db.hold(NAME)
    wrong = sum([len(await one.differences()) for one in comparisons])
    if wrong:
        await db.execute("DELETE FROM account_day")
        await db.execute("DELETE FROM reaction_cursor WHERE name = ?", (NAME,))
        await fold()
    return wrong
