"""What operations of every document feature need: numbers, days, and clearing away old retry keys."""

from datetime import date, datetime, timedelta

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call

KEYS_KEPT = timedelta(days=7)
"""How long a retry key answers with its first fact."""
IMPORT_KEYS = "import/"
"""Keys that begin like this are kept for good: a second import of the same data adds nothing."""


async def next_number(prefix: str, at: date) -> str:
    """The next number of a series in a business year, such as `PO-2026-00001`.

    Take it as the last step of an operation: until the transaction ends, others wait for the next number of the series.
    """
    ((number,),) = await db.fetch(
        "INSERT INTO document_number (series, last_number) VALUES (?, 1) "
        "ON CONFLICT (series) DO UPDATE SET last_number = document_number.last_number + 1 RETURNING last_number",
        (f"{prefix}{at.year}",),
    )
    return f"{prefix}-{at.year}-{number:05d}"


def business_date(call: Call) -> date:
    """The day that a call is for: the one it names, else the day it was made; what posts asks `periods` about it."""
    return call.business_date or clock.day_of(call.at)


@db.transactional
async def purge_idempotency_keys(now: datetime | None = None) -> int:
    """Deletes the retry keys that are older than `KEYS_KEPT`, except those of imports; returns how many."""
    return await db.execute(
        "DELETE FROM idempotency_key WHERE created_at < ? AND key NOT LIKE ?",
        ((now or clock.now()) - KEYS_KEPT, f"{IMPORT_KEYS}%"),
    )
