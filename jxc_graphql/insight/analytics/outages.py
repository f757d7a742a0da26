"""For how long levels had nothing in a period."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from datetime import date

import msgspec

from jxc_graphql.insight.analytics import levels_as_of, rules
from jxc_graphql.insight.analytics.rules import StockChoice
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.numbers import Ratio, ratio
from jxc_graphql.kit.pages import Page, Slice
from jxc_graphql.office.auth.permissions import Permission

_SECONDS = {
    "sqlite": "CAST(strftime('%s', {}) AS INTEGER)",
    "postgres": "CAST(floor(EXTRACT(EPOCH FROM CAST({} AS timestamptz))) AS BIGINT)",
}
_MINUTE = 60


class LevelWithout(msgspec.Struct, frozen=True, kw_only=True):
    """How often and for how long a level had nothing in a period, and which part of it that is."""

    stock_level_id: int
    times: int
    minutes: int
    share: Ratio


async def stock_outages(call: Call, choice: StockChoice, *, begin: date, end: date, page: Slice) -> Page[LevelWithout]:
    """The levels that had nothing at some time of a period of days: those first that had nothing for longest.

    Of a period that lasts, up to now.
    """
    call.require(Permission.SEE_STOCK)
    reject_if([*rules.check_period(begin, end), *rules.check_choice(choice)])
    first, last = clock.start_of(begin), max(min(clock.end_of(end), call.at), clock.start_of(begin))
    levels = levels_as_of.chosen(call, choice)
    seconds = _SECONDS[db.dialect()]
    starts, ends = (
        seconds.format("CASE WHEN began_at < ? THEN ? ELSE began_at END"),
        seconds.format("CASE WHEN ended_at IS NULL OR ended_at > ? THEN ? ELSE ended_at END"),
    )
    rows, total = await page.read(
        f"""
        WITH chosen AS ({levels.text}),
        without AS (
            SELECT chosen.id, COUNT(*) AS times, CAST(SUM({ends} - {starts}) AS BIGINT) AS seconds
            FROM chosen JOIN stock_out ON stock_out.stock_level_id = chosen.id
            WHERE began_at < ? AND (ended_at IS NULL OR ended_at > ?) GROUP BY chosen.id)
        SELECT id, times, seconds, COUNT(*) OVER () FROM without WHERE seconds > 0 ORDER BY seconds DESC, id""",
        (*levels.params, last, last, first, first, last, first),
    )
    whole = max(int((last - first).total_seconds()) // _MINUTE, 1)
    found = [
        LevelWithout(
            stock_level_id=level_id,
            times=times,
            minutes=seconds // _MINUTE,
            share=ratio(min(seconds // _MINUTE, whole), whole),
        )
        for level_id, times, seconds in rows
    ]
    return page.page(found, total)
