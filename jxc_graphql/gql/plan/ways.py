"""By which way the rows of a page are found: from what is asked of them, or in their order.

PostgreSQL knows how often a value occurs, and chooses. SQLite does not: an index may lead from what is asked for, such
as a state, to a handful of rows or to nearly all. So its statement looks first. Where something holds of few rows, the
page is sorted out of these; where all that is asked holds of many, they are read in its order until it is full:

    WITH way0(k) AS (SELECT t0."id" FROM … WHERE t0."status" = ? LIMIT 1001), chosen(way) AS (SELECT CASE …)
    SELECT * FROM (SELECT … FROM way0 CROSS JOIN … WHERE … ORDER BY … LIMIT (21 where way 0 is chosen, else 0))
    UNION ALL SELECT * FROM (SELECT … FROM … WHERE +t0."status" = ? ORDER BY … LIMIT (21 where none is, else 0))

Where days are asked for, an index may have the rows of each day in the order of the page: if these are few, their rows
are merged (`days`), on both databases.

A page in the order of what its rows lead to, such as levels by the code of their SKU, is read from there where nothing
is asked of them; one of what leads to a thing with a name, such as the orders of a warehouse, from that thing. Where
some rows lead to nothing, such as movements of goods without lots, these are read behind the others, or before them.
"""

# ruff: noqa: S608  (statements are made of our own table and column names; every value is a parameter)

import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from jxc_graphql.gql.plan.days import Days
from jxc_graphql.gql.plan.sql import (
    NOTHING,
    Dialect,
    Order,
    Sql,
    beyond,
    both,
    bound,
    joins,
    ordered,
    put,
    quoted,
    turned,
    where,
)
from jxc_graphql.gql.schema.types import Table
from jxc_graphql.kit import db

FEW = 1_000
"""So many rows may be sorted for a page."""
TRIED = 3
"""So many ways are looked at."""
LARGE = 100_000
"""In a table with more rows, those between two values may be more than few and still too rare to be met with."""
MET = 450
"""The first so many rows of it tell how often that happens."""
RARE = 50
"""One row in so many is sorted at most."""
_OF_DAYS = -2
_COLUMN = re.compile(r'(?<!\+)\bt0\."')


class Way(NamedTuple):
    """A condition to which an index leads: one of a column, perhaps that it has one value."""

    column: str
    is_equal: bool
    holds: Sql
    each: Sql = NOTHING
    """What finds the values that it may have, where they are few."""
    is_range: bool = False
    """Whether it holds of all values between two of which it holds."""
    few: int = FEW
    """Of how many rows at most it may hold for the page to be sorted out of these."""
    is_rare: Sql = NOTHING
    """What must be known besides: that the page would not be full soon if rows were read in its order."""


class PageParts(NamedTuple):
    """A page of one list, in pieces."""

    table: Table
    select: Sql
    joins: Sql
    """Those that what is selected needs."""
    order: Order
    most: int
    own: Way | None
    """That to the rows of the parent, where the list is kept in this order."""
    ways: Sequence[Way]
    asked: Sequence[Sql]
    """All conditions of the list, with those of the ways."""
    seen: Sql
    beyond: Sequence[Sql]
    """Behind which row the page begins, and in front of which it ends."""
    bounds: Sequence[Sql]
    """What follows from that for the first thing that it is sorted by."""
    ends: Sequence[Sequence[Any] | None] = (None, None)
    """By which values of its order it begins and ends so."""
    length: str = ""
    """How many rows there may be, where that is known as late as in the statement."""


def statement(dialect: Dialect, page: PageParts) -> Sql:
    """The page, in its order."""
    first = page.order[0][0]
    if first.leads and first.nullable and (dialect.name == "sqlite" or not _is_asked(page)):
        return _with_and_without(dialect, page)
    each = next((way for way in page.ways if way.each.text and _is_followed(way, page)), None)
    if each is not None:
        source = put(Sql("("), each.each, Sql(") AS one"))
        return _of_each(dialect, page, source, Sql(f"t0.{quoted(each.column)} = one.k"), page.order)
    if dialect.name != "sqlite":
        days = _days(dialect, page)
        if days is not None:
            return _chosen(dialect, page, (), None, days)
        if not first.leads or _is_asked(page):
            return _found(dialect, page, joins(page.order), page.asked)
        return _of_each(dialect, page, Sql(first.leads), Sql(first.to), _after(page.order))
    return _looked_at(dialect, page)


def _is_asked(page: PageParts) -> bool:
    return any(one.text for one in page.asked)


def _looked_at(dialect: Dialect, page: PageParts) -> Sql:
    """The page by the way that turns out to be short."""
    serves = page.own or next((way for way in page.ways if _serves(way, page)), None)
    ways = [way for way in page.ways if not _is_end_of(way, serves)] if _is_in_order(page) else []
    ways, page = _merged(ways), page._replace(seen=_not_by(page.seen))
    days = _days(dialect, page)
    if days is not None:  # more of them than are few have as many rows as are worth to be sorted
        ways = [way._replace(few=FEW // 2) if way.column == days.day else way for way in ways]
    if serves is None or serves.is_equal:
        ways = [_if_rare(dialect, page, way, serves) if way.is_range else way for way in ways]
    elif serves.is_range:  # what is read in its order is read besides
        ways = [way._replace(few=FEW * 19 // 20) for way in ways]
    if not ways and _is_asked(page):
        return _found(dialect, page, joins(page.order), page.asked)
    if not ways:
        return _read_on(dialect, page, None)
    return _chosen(dialect, page, sorted(ways, key=lambda way: not way.is_equal)[:TRIED], serves, days)


def _if_rare(dialect: Dialect, page: PageParts, way: Way, serves: Way | None) -> Way:
    """The way of a large table, to be taken where the first rows of the list tell that it is the shorter one.

    Of `rows` the page is full after `rows * most / n` where n are meant, and so many are sorted otherwise.
    """
    rows, (first, _) = db.size(page.table.name).rows, page.order[0]
    if rows <= LARGE or first.join.text:
        return way
    met = put(
        Sql(f"(SELECT count(*) = {MET} AND sum("),
        both([*map(_not_by, page.asked), page.seen]),
        Sql(f") < {MET * math.sqrt(page.most / rows):.2f} FROM (SELECT t0.* FROM {quoted(page.table.name)} t0"),
        where(NOTHING if serves is None else serves.holds, *page.beyond),
        Sql(f" ORDER BY {ordered(dialect, page.order)} LIMIT {MET}) t0)"),
    )
    return way._replace(few=rows // RARE, is_rare=met)


def _is_end_of(way: Way, serves: Way | None) -> bool:
    """Whether it is the way that has its rows in the order of the page, or the other end of that."""
    both_ends = serves is not None and serves.is_range and way.is_range and way.column == serves.column
    return way is serves or both_ends


def _merged(ways: Sequence[Way]) -> list[Way]:
    """The ways, those of a range with two ends as one: of what lies beyond either there may be much."""
    merged: dict[str, Way] = {}
    for way in ways:
        name = f"between {way.column}" if way.is_range else way.holds.text
        known = merged.get(name)
        merged[name] = way if known is None else known._replace(holds=both([known.holds, way.holds]))
    return list(merged.values())


def _with_and_without(dialect: Dialect, page: PageParts) -> Sql:
    """The rows that lead to what they are sorted by, and those that lead to nothing, one behind the other.

    Where few lead to something they are sorted, for what they lead to may be anywhere among all that there is.
    """
    (first, descending), (start, stop) = page.order[0], page.ends
    column, inner = f"t0.{quoted(first.by)}", first.join._replace(text=first.join.text.replace("LEFT JOIN", "JOIN", 1))
    order = [
        (key._replace(nullable=key.column.nullable, join=inner) if key.join == first.join else key, down)
        for key, down in page.order
    ]
    led = _half(dialect, page, Way(first.by, is_equal=False, holds=Sql(f"{column} IS NOT NULL"), few=FEW // 2), order)
    rest = _half(dialect, page, Way(first.by, is_equal=True, holds=Sql(f"{column} IS NULL")), _after(page.order))
    rest = rest._replace(joins=put(first.join, page.joins))
    halves = [rest, led] if descending else [led, rest]
    begin, end = (None if one is None else halves.index(rest if one[0] is None else led) for one in (start, stop))
    found = [
        _chosen(dialect, one, one.ways, None, None)
        if dialect.name != "sqlite" and one is led
        else statement(dialect, one)
        for one in halves[begin or 0 : len(halves) if end is None else end + 1]
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        return _found(dialect, page, joins(page.order), [Sql("1 = 0")])
    either = [put(Sql("SELECT * FROM ("), one, Sql(f") half{at}")) for at, one in enumerate(found)]
    return put(both(either, " UNION ALL "), Sql(f" LIMIT {page.most}"))


def _half(dialect: Dialect, page: PageParts, way: Way, order: Order) -> PageParts:
    """Those of the rows of a page of which something holds, in an order of their own, with the ends that lie there."""
    kept = [at for at, (key, _) in enumerate(page.order) if key.name in {one.name for one, _ in order}]
    ends = [
        None if one is None or (one[0] is None) is not way.is_equal else [one[at] for at in kept] for one in page.ends
    ]
    ways = [(told, one) for told, one in zip((order, turned(order)), ends, strict=True) if one is not None]
    return page._replace(
        order=order,
        ways=[*page.ways, way],
        asked=[*page.asked, way.holds],
        beyond=[beyond(dialect, told, one) for told, one in ways],
        bounds=[bound(dialect, told, one) for told, one in ways],
        ends=ends,
    )


def _is_followed(way: Way, page: PageParts) -> bool:
    """Whether the index of a way has the rows of each value in the order of the page."""
    first = page.order[0][0]
    is_key = way.column == page.table.key
    return not first.join.text and (is_key or (way.column, first.column.name) in page.table.followed)


def _after(order: Order) -> Order:
    """What is equal by that to which its first key leads is in this order."""
    return [(key, down) for key, down in order if key.join != order[0][0].join]


def _serves(way: Way, page: PageParts) -> bool:
    """Whether the index of a way has its rows in the order of the page."""
    first = page.order[0][0]
    is_of_it = not first.join.text and first.column.name == way.column
    return is_of_it or (way.is_equal and _is_followed(way, page))


def _days(dialect: Dialect, page: PageParts) -> Days | None:
    """The days that are asked for, where an index has the rows of each in the order of the page."""
    (first, descending), table = page.order[0], page.table
    if first.join.text or first.column.name != table.key:
        return None
    by_day = [way for way in page.ways if way.is_range and table.columns[way.column].leaf.graphql == "Date"]
    day = next((way.column for way in by_day if (way.column, table.key) in table.followed), None)
    if day is None:
        return None
    asked = [way.holds for way in by_day if way.column == day]
    others = [one for one in page.asked if one not in asked]
    if dialect.name == "sqlite":
        others = [_not_by(one) for one in others]
    return Days(table, day, both(asked), both([*others, page.seen]), both(page.beyond), descending, page.most)


def _is_in_order(page: PageParts) -> bool:
    """Whether an index has all rows in the order of the page."""
    first = page.order[0][0]
    return bool(first.leads) if first.join.text else page.table.orders(first.column)


def _not_by(piece: Sql) -> Sql:
    """A condition that holds as before, by an index of which SQLite does not look for rows."""
    return Sql(_COLUMN.sub('+t0."', piece.text), piece.params)


def _chosen(dialect: Dialect, page: PageParts, ways: Sequence[Way], serves: Way | None, days: Days | None) -> Sql:
    """The ways are looked at one after the other; the rows are found by the first that leads to few.

    Behind what rows are equal by come the days, if there are any: whether they are few.
    """
    table, key = quoted(page.table.name), quoted(page.table.key)
    with_ways = [
        put(Sql(f"way{n} AS (SELECT t0.{key} AS k"), _along(dialect, page, way), Sql(f" FROM {table} t0 WHERE "),
            way.holds, Sql(f" LIMIT {way.few + 1}), "))
        for n, way in enumerate(ways)
    ]  # fmt: skip
    cases = [
        put(Sql(" WHEN "), both([way.is_rare, Sql(f"(SELECT count(*) FROM way{n}) <= {way.few} THEN {n}")]))
        for n, way in enumerate(ways)
    ]
    if days is not None:
        few = put(Sql(" WHEN "), days.are_few(dialect), Sql(f" THEN {_OF_DAYS}"))
        cases.insert(sum(way.is_equal for way in ways), few)
    chosen = put(Sql("chosen(way) AS MATERIALIZED (SELECT CASE"), *cases, Sql(" ELSE -1 END)"))
    pages = [_by_way(dialect, _if_chosen(dialect, n, page), way, f"way{n}") for n, way in enumerate(ways)]
    pages.append(_read_on(dialect, _if_chosen(dialect, -1, page), serves))
    begin, merged = NOTHING, NOTHING
    if days is not None:
        begin, merged = days.found(dialect), days.merged(dialect, Sql(f"(SELECT way FROM chosen) = {_OF_DAYS}"))
        known = page._replace(seen=NOTHING, beyond=())  # what is merged was asked about all of that
        pages.append(_found(dialect, known, joins(page.order), (), Sql(days.page(dialect)), f"t0.{key} = merged.k"))
    either = [
        put(Sql(f"{' UNION ALL' if n else ''} SELECT * FROM ("), one, Sql(f") by{n}")) for n, one in enumerate(pages)
    ]
    return put(Sql("WITH RECURSIVE " if days else "WITH "), begin, *with_ways, chosen, merged, *either)


def _along(dialect: Dialect, page: PageParts, way: Way) -> Sql:
    """What a way brings along of its rows, so that none is looked up again: their order, and what else is asked."""
    if not _is_own(dialect, page):
        return NOTHING
    columns = "".join(f", {one.text}" for one, _ in page.order if one.column.name != page.table.key)
    others = _others(page, way)
    return put(Sql(f"{columns}, "), others, Sql(" AS ok")) if others.text else Sql(columns)


def _is_own(dialect: Dialect, page: PageParts) -> bool:
    """Whether rows tell by themselves in which order they are."""
    return dialect.name == "sqlite" and not any(key.join.text for key, _ in page.order)


def _others(page: PageParts, way: Way) -> Sql:
    """What is asked besides a way."""
    return both([*(() if both(page.asked) == way.holds else page.asked), page.seen])


def _by_way(dialect: Dialect, page: PageParts, way: Way, name: str) -> Sql:
    """The rows that a way has found; where these tell all that is asked, those alone are looked up that are shown."""
    key = f"t0.{quoted(page.table.key)}"
    if not _is_own(dialect, page):
        return _found(dialect, page, joins(page.order), page.asked, Sql(name), f"{key} = {name}.k")
    ok = Sql("t0.ok") if _others(page, way).text else NOTHING
    keys = put(
        Sql(f"(SELECT {key} AS k FROM (SELECT *, k AS {quoted(page.table.key)} FROM {name}) t0"),
        where(ok, *page.beyond),
        Sql(f" ORDER BY {ordered(dialect, page.order)} LIMIT {page.length}) shown"),
    )
    return _found(dialect, page._replace(seen=NOTHING, beyond=()), NOTHING, (), keys, f"{key} = shown.k")


def _if_chosen(dialect: Dialect, way: int, page: PageParts) -> PageParts:
    """The page where a way is chosen; nothing of it is read where it is not."""
    if dialect.name == "sqlite":
        return page._replace(length=f"(SELECT CASE way WHEN {way} THEN {page.most} ELSE 0 END FROM chosen)")
    chosen = Sql(f"(SELECT way FROM chosen) = {way}")  # PostgreSQL plans by a length that it knows
    return page._replace(beyond=[*page.beyond, chosen], bounds=[*page.bounds, chosen])


def _read_on(dialect: Dialect, page: PageParts, serves: Way | None) -> Sql:
    """All rows in the order of the page until there are enough, whatever is asked of them."""
    if dialect.name != "sqlite" and not page.order[0][0].leads:
        return _found(dialect, page, joins(page.order), page.asked)
    ends = [way.holds for way in (*page.ways, *([serves] if serves else ())) if _is_end_of(way, serves)]
    asked = [one if one in ends else _not_by(one) for one in page.asked]
    first = page.order[0][0]
    if not first.leads:
        return _found(dialect, page, joins(page.order), asked)
    if dialect.name != "sqlite":
        return _of_each(dialect, page, Sql(first.leads), Sql(first.to), _after(page.order))
    return _found(dialect, page, joins(_after(page.order)), asked, Sql(first.leads), first.to)


def _found(  # noqa: PLR0917  (the clauses of a statement, in their order)
    dialect: Dialect, page: PageParts, sorting: Sql, asked: Sequence[Sql], led_by: Sql = NOTHING, on: str = ""
) -> Sql:
    table = f"{quoted(page.table.name)} t0"
    cross = " CROSS" if dialect.name == "sqlite" else ""
    led = put(led_by, Sql(f"{cross} JOIN {table} ON {on}")) if led_by.text else Sql(table)
    chosen = where(*asked, page.seen, *page.beyond)
    cut = Sql(f" ORDER BY {ordered(dialect, page.order)} LIMIT {page.length or page.most}")
    return put(page.select, Sql(" FROM "), led, sorting, page.joins, chosen, cut)


def _of_each(dialect: Dialect, page: PageParts, source: Sql, to: Sql, order: Order) -> Sql:
    """The first rows of each of the things that a source has, among which those of the page are.

    `to`: the rows of one of them; `order`: the one in which these are.
    """
    table, key = f"{quoted(page.table.name)} t0", f"t0.{quoted(page.table.key)}"
    first = put(
        Sql(f" FROM {table}"),
        joins(order),
        where(to, *page.asked, page.seen, *page.beyond),
        Sql(f" ORDER BY {ordered(dialect, order)} LIMIT {page.most})"),
    )
    if dialect.name == "sqlite":
        found = put(Sql(f" CROSS JOIN {table} ON {key} IN (SELECT {key}"), first)
    else:
        found = put(Sql(" CROSS JOIN LATERAL (SELECT t0.*"), first, Sql(" t0"))
    cut = Sql(f" ORDER BY {ordered(dialect, page.order)} LIMIT {page.length or page.most}")
    return put(page.select, Sql(" FROM "), source, found, joins(order), page.joins, where(*page.bounds), cut)
