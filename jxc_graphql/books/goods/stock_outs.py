"""Stock-outs (缺货): from when to when a level had nothing at its stock places.

A stock-out begins when the last goods leave and ends when goods come: a row for each, however long it lasts, so nothing
happens at midnight, and for how many minutes of a day there was nothing follows from the moments, in whatever time zone
the company counts its days. It counts what lies there, not what may be promised: goods that are kept for somebody, or
may not be sold, are there. Moments are those of posting, as the movements have them; a level that never had any goods
is not out of stock.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

import msgspec

from jxc_graphql.books.goods.book import BookLevel
from jxc_graphql.books.goods.rules import LevelKey
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


class Without(msgspec.Struct, frozen=True, order=True):
    """Nothing from one moment to another; None where it lasts."""

    began_at: datetime
    ended_at: datetime | None


def write(before: Mapping[LevelKey, BookLevel], after: Mapping[LevelKey, BookLevel], at: datetime) -> None:
    """Begins a stock-out where the last goods left, and ends it where the first came; the levels are locked."""
    pairs = sorted((new.id, before[key].sellable > 0, new.sellable > 0) for key, new in after.items())
    if came := [(level_id,) for level_id, was, is_now in pairs if is_now and not was]:
        db.later(
            f"""
            UPDATE stock_out SET ended_at = CASE WHEN began_at > ? THEN began_at ELSE ? END
            FROM {db.rows({"level_id": "bigint"})} AS line
            WHERE stock_out.stock_level_id = line.level_id AND stock_out.ended_at IS NULL""",
            (at, at, db.json(came)),
        )
    if gone := [(new_id(), level_id) for level_id, was, is_now in pairs if was and not is_now]:
        begin([(*one, at, None) for one in gone])


def begin(rows: Iterable[tuple[int, int, datetime, datetime | None]]) -> None:
    """Writes stock-outs: id, level, from when to when."""
    columns = {"id": "bigint", "level_id": "bigint", "began_at": "timestamptz", "ended_at": "timestamptz"}
    db.later(
        f"""
        INSERT INTO stock_out (id, stock_level_id, began_at, ended_at)
        SELECT line.id, line.level_id, line.began_at, line.ended_at FROM {db.rows(columns)} AS line""",
        (db.json(rows),),
    )


async def of_levels(level_ids: Collection[int]) -> dict[int, list[Without]]:
    """The stock-outs of levels, as they are written."""
    rows = await db.fetch(
        f"SELECT stock_level_id, began_at, ended_at FROM {db.rows({'id': 'bigint'})} AS asked "
        "JOIN stock_out ON stock_out.stock_level_id = asked.id ORDER BY began_at, stock_out.id",
        (db.json([level_id] for level_id in sorted(level_ids)),),
    )
    found: dict[int, list[Without]] = {}
    for level_id, began_at, ended_at in rows:
        found.setdefault(level_id, []).append(Without(db.moment(began_at), ended_at and db.moment(ended_at)))
    return found


def replace(wanted: Mapping[int, Collection[Without]]) -> None:
    """Makes these the stock-outs of levels, and no others."""
    if not wanted:
        return
    db.later(
        f"DELETE FROM stock_out WHERE stock_level_id IN (SELECT id FROM {db.rows({'id': 'bigint'})} AS line)",
        (db.json([level_id] for level_id in sorted(wanted)),),
    )
    begin(
        [
            (new_id(), level_id, one.began_at, one.ended_at)
            for level_id, spans in sorted(wanted.items())
            for one in spans
        ]
    )


def whole(spans: Iterable[Without]) -> list[Without]:
    """Stock-outs one after the other: none that took no time, and one that went on at once is one."""
    found: list[Without] = []
    for one in spans:
        if one.ended_at is not None and one.ended_at <= one.began_at:
            continue
        if found and (last := found[-1]).ended_at is not None and last.ended_at >= one.began_at:
            ended_at = None if one.ended_at is None else max(last.ended_at, one.ended_at)
            found[-1] = Without(last.began_at, ended_at)
        else:
            found.append(one)
    return found


def minutes(call: Call, began_at: datetime, ended_at: datetime | None) -> int:
    """How many whole minutes a stock-out took, or has taken up to a call."""
    return max((ended_at or call.at) - began_at, timedelta()) // _MINUTE


async def minutes_by_day(
    level_ids: Collection[int], begin: date, through: date, now: datetime
) -> dict[int, dict[date, int]]:
    """For how many whole minutes of each day levels had nothing, of days on which they had, up to now."""
    first, last = clock.start_of(begin), min(clock.end_of(through), now)
    found: dict[int, dict[date, int]] = {}
    for level_id, spans in (await of_levels(level_ids)).items():
        lasted: dict[date, timedelta] = {}
        for one in whole(spans):
            _count(lasted, max(one.began_at, first), min(one.ended_at or last, last))
        minutes = {day: time // _MINUTE for day, time in lasted.items()}
        if told := {day: number for day, number in minutes.items() if number}:
            found[level_id] = told
    return found


def _count(lasted: dict[date, timedelta], begin: datetime, end: datetime) -> None:
    """Adds to each day what lies on it of a span."""
    while begin < end:
        day = clock.day_of(begin)
        next_day = min(clock.end_of(day), end)
        lasted[day] = lasted.get(day, timedelta()) + (next_day - begin)
        begin = next_day
