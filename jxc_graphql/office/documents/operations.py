"""What operations of every document feature need: numbers, days, and clearing away old retry keys."""

from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.db.transaction import running

BLOCK = {"sqlite": 1, "postgres": 20}
"""How many numbers a process takes at a time; where one writes at a time nobody would wait less for more of them."""
KEYS_KEPT = timedelta(days=7)
"""How long a retry key answers with its first fact."""
IMPORT_KEYS = "import/"
"""Keys that begin like this are kept for good: a second import of the same data adds nothing."""


async def next_number(prefix: str, at: date) -> str:
    """The next number of a series in a business year, such as `PO-2026-00001`; it is given once, whatever happens.

    On PostgreSQL a process takes a block of numbers at a time, with the first document that finds none left: others
    wait for its end only then, so take a number as the last step of an operation. Numbers of one process ascend, but
    for those of transactions that failed, which come next; those that a process has left when it ends are a gap.
    """
    series = f"{prefix}{at.year}"
    left, taken = _left(current().known, series), _left(running().known, series)
    if not left and not taken:
        taken += await _block(series)
        # Whoever waited for others meanwhile finds what these have left, and leaves his own to those who follow.
        db.after_commit(lambda: _move(taken, left))
    if left:
        number = heappop(left)
        db.after_rollback(lambda: heappush(left, number))
    else:
        number = heappop(taken)
    return f"{prefix}-{at.year}-{number:05d}"


def _left(known: dict[str, Any], series: str) -> list[int]:
    found: list[int] = known.setdefault(f"numbers of {series}", [])
    return found


def _move(numbers: list[int], to: list[int]) -> None:
    while numbers:
        heappush(to, numbers.pop())


async def _block(series: str) -> list[int]:
    count = BLOCK[db.dialect()]
    ((last,),) = await db.fetch(
        "INSERT INTO document_number (series, last_number) VALUES (?, ?) ON CONFLICT (series) "
        "DO UPDATE SET last_number = document_number.last_number + excluded.last_number RETURNING last_number",
        (series, count),
    )
    return [*range(last - count + 1, last + 1)]


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
