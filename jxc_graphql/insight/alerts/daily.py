"""The review of the day: what limits, lots and days alone change, without any fact.

The row of `alert_review` says how far it has come. Who reviews holds that row, so that of several processes one at a
time works; the next thousand levels are a transaction each, so one that is killed goes on where it was.
"""

from datetime import datetime

from jxc_graphql.insight.alerts import operations, queries
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.company.facts import CompanyUpdated

BATCH = 1_000
"""Levels reviewed in one transaction."""
_LOCK = {"sqlite": "", "postgres": " FOR UPDATE"}


async def review_day(now: datetime | None = None) -> int:
    """Reviews all levels if that was not done yet for the present day; returns how many it reviewed itself."""
    call = Call(request_id="review of the day", at=now or clock.now())
    reviewed, latest = 0, await queries.reviewed_on()
    while latest is None or latest < clock.day_of(call.at):
        reviewed += await review_some(call)
        latest = await queries.reviewed_on()
    return reviewed


async def begin_anew(fact: CompanyUpdated) -> bool:
    """Has all levels count as not reviewed for this day, where a fact changed how many days something takes."""
    if all(change.name not in {"expiry_alert_days", "dead_stock_days"} for change in fact.changes):
        return False
    await db.execute(
        "UPDATE alert_review SET stock_level_id = 0, completed_on = NULL WHERE name = ?", (queries.REVIEW,)
    )
    return True


@db.transactional
async def review_some(call: Call) -> int:
    """Reviews the next levels; when there are no more of them, the day is done."""
    day = clock.day_of(call.at)
    await db.execute(
        "INSERT INTO alert_review (name, day, stock_level_id) VALUES (?, ?, 0) ON CONFLICT DO NOTHING",
        (queries.REVIEW, day),
    )
    ((begun, after, completed),) = await db.fetch(
        f"SELECT day, stock_level_id, completed_on FROM alert_review WHERE name = ?{_LOCK[db.dialect()]}",  # noqa: S608
        (queries.REVIEW,),
    )
    completed_on = completed and db.day(completed)
    if completed_on and completed_on >= day:
        return 0
    rows = await db.fetch(
        f"SELECT id FROM stock_level WHERE id > ? ORDER BY id LIMIT {BATCH:d}",  # noqa: S608  (a number of our own)
        (after if db.day(begun) == day else 0,),
    )
    ids = [level_id for (level_id,) in rows]
    await operations.review_levels(call, ids)
    await db.execute(
        "UPDATE alert_review SET day = ?, stock_level_id = ?, completed_on = ? WHERE name = ?",
        (day, ids[-1] if ids else 0, day if len(ids) < BATCH else completed_on, queries.REVIEW),
    )
    return len(ids)
