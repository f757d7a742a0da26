"""By which way the rows of a page are found: from what is asked of them, or in their order.

PostgreSQL knows how often a value occurs, and chooses. SQLite does not: an index may lead from what is asked for, such
as a state, to a handful of rows or to nearly all. So its statement looks first. Where something holds of few rows, the
page is sorted out of these; where all that is asked holds of many, they are read in its order until it is full:

    WITH way0(k) AS (SELECT t0."id" FROM … WHERE t0."status" = ? LIMIT 1001), chosen(way) AS (SELECT CASE …)
    SELECT * FROM (SELECT … FROM way0 CROSS JOIN … WHERE … ORDER BY … LIMIT (21 where way 0 is chosen, else 0))
    UNION ALL SELECT * FROM (SELECT … FROM … WHERE +t0."status" = ? ORDER BY … LIMIT (21 where none is, else 0))

Where days are asked for, and nothing else, an index may have the rows of each day in the order of the page: if these
are few, the page is among the first rows of each.

A page in the order of what its rows lead to, such as levels by the code of their SKU, is read from there where nothing
is asked of them; one of what leads to a thing with a name, such as the orders of a warehouse, from that thing. Where
some rows lead to nothing, such as movements of goods without lots, these are read behind the others, or before them.
"""

# ruff: noqa: S608  (statements are made of our own table and column names; every value is a parameter)

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

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

FEW = 1_000
"""So many rows may be sorted for a page."""
TRIED = 3
"""So many ways are looked at."""
FEW_DAYS = 40
"""The first rows of so many days are looked at."""
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
        if not first.leads or _is_asked(page):
            return _found(dialect, page, joins(page.order), page.asked)
        return _of_each(dialect, page, Sql(first.leads), Sql(first.to), _after(page.order))
    return _looked_at(dialect, page)


def _is_asked(page: PageParts) -> bool:
    return any(one.text for one in page.asked)


def _looked_at(dialect: Dialect, page: PageParts) -> Sql:
    """The page by the way that turns out to be short."""
    serves = page.own or next((way for way in page.ways if _serves(way, page)), None)
    ways = [way for way in page.ways if way is not serves] if _is_in_order(page) else []
    days = _days(page)
    if days.text and ways:  # all of them by the same column
        ways = [ways[0]._replace(holds=both(page.asked))]
    ways = _merged(ways)
    page = page._replace(seen=_not_by(page.seen))
    if not ways and _is_asked(page):
        return _found(dialect, page, joins(page.order), page.asked)
    if not ways:
        return _read_on(dialect, page, None)
    return _chosen(dialect, page, sorted(ways, key=lambda way: not way.is_equal)[:TRIED], serves, days)


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
        _chosen(dialect, one, one.ways, None, NOTHING)
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


def _days(page: PageParts) -> Sql:
    """The days that are asked for, where nothing else is and an index has the rows of each in the order of the page."""
    asked = [one for one in page.asked if one.text]
    columns = {way.column for way in page.ways}
    if len(columns) != 1 or [way.holds for way in page.ways] != asked or not _is_followed(page.ways[0], page):
        return NOTHING
    (name,) = columns
    if not all(way.is_range for way in page.ways) or page.table.columns[name].leaf.graphql != "Date":
        return NOTHING
    day, table, holds = quoted(name), quoted(page.table.name), where(*asked)
    first = put(Sql(f"SELECT * FROM (SELECT t0.{day} FROM {table} t0"), holds, Sql(f" ORDER BY t0.{day} LIMIT 1)"))
    # The next day is looked for among all, so that nothing but the day before leads there; then it is asked about.
    after = Sql(
        f"SELECT t0.{day} FROM (SELECT later.{day} AS {day} FROM {table} later WHERE later.{day} > days.k"
        f" ORDER BY later.{day} LIMIT 1) t0"
    )
    rest = put(Sql("SELECT ("), after, holds, Sql(f") FROM days WHERE days.k IS NOT NULL LIMIT {FEW_DAYS + 1}"))
    return put(Sql("days(k) AS ("), first, Sql(" UNION ALL "), rest, Sql("), "))


def _is_in_order(page: PageParts) -> bool:
    """Whether an index has all rows in the order of the page."""
    first = page.order[0][0]
    return bool(first.leads) if first.join.text else page.table.orders(first.column)


def _not_by(piece: Sql) -> Sql:
    """A condition that holds as before, by an index of which SQLite does not look for rows."""
    return Sql(_COLUMN.sub('+t0."', piece.text), piece.params)


def _chosen(dialect: Dialect, page: PageParts, ways: Sequence[Way], serves: Way | None, days: Sql) -> Sql:
    """The ways are looked at one after the other; the rows are found by the first that leads to few.

    Before them the `days` that are asked for are, if there are any: whether they are few.
    """
    table, key = quoted(page.table.name), quoted(page.table.key)
    with_ways = [
        put(Sql(f"way{n}(k) AS (SELECT t0.{key} FROM {table} t0 WHERE "), way.holds, Sql(f" LIMIT {way.few + 1}), "))
        for n, way in enumerate(ways)
    ]
    cases = " ".join(f"WHEN (SELECT count(*) FROM way{n}) <= {way.few} THEN {n}" for n, way in enumerate(ways))
    if days.text:
        cases = f"WHEN (SELECT count(k) FROM days) <= {FEW_DAYS} THEN {_OF_DAYS} {cases}"
    chosen = Sql(f"chosen(way) AS MATERIALIZED (SELECT CASE {cases} ELSE -1 END) ")
    pages = [
        _found(dialect, _if_chosen(dialect, n, page), joins(page.order), page.asked, f"way{n}", f"t0.{key} = way{n}.k")
        for n in range(len(ways))
    ]
    pages.append(_read_on(dialect, _if_chosen(dialect, -1, page), serves))
    if days.text:
        to = Sql(f"t0.{quoted(page.ways[0].column)} = one.k")
        of_days = _if_chosen(dialect, _OF_DAYS, page._replace(asked=()))  # which the days were asked about
        pages.append(_of_each(dialect, of_days, Sql("days AS one"), to, page.order))
    either = [
        put(Sql(f"{' UNION ALL ' if n else ''}SELECT * FROM ("), one, Sql(f") by{n}")) for n, one in enumerate(pages)
    ]
    return put(Sql("WITH RECURSIVE " if days.text else "WITH "), days, *with_ways, chosen, *either)


def _if_chosen(dialect: Dialect, way: int, page: PageParts) -> PageParts:
    """The page where a way is chosen; nothing of it is read where it is not."""
    if dialect.name == "sqlite":
        return page._replace(length=f"(SELECT CASE way WHEN {way} THEN {page.most} ELSE 0 END FROM chosen)")
    chosen = Sql(f"(SELECT way FROM chosen) = {way}")  # PostgreSQL plans by a length that it knows
    return page._replace(beyond=[*page.beyond, chosen], bounds=[*page.bounds, chosen])


def _read_on(dialect: Dialect, page: PageParts, serves: Way | None) -> Sql:
    """All rows in the order of the page until there are enough, whatever is asked of them."""
    asked = [one if serves is not None and one is serves.holds else _not_by(one) for one in page.asked]
    first = page.order[0][0]
    if not first.leads:
        return _found(dialect, page, joins(page.order), asked)
    if dialect.name != "sqlite":
        return _of_each(dialect, page, Sql(first.leads), Sql(first.to), _after(page.order))
    return _found(dialect, page, joins(_after(page.order)), asked, first.leads, first.to)


def _found(  # noqa: PLR0917  (the clauses of a statement, in their order)
    dialect: Dialect, page: PageParts, sorting: Sql, asked: Sequence[Sql], led_by: str = "", on: str = ""
) -> Sql:
    table = f"{quoted(page.table.name)} t0"
    cross = " CROSS" if dialect.name == "sqlite" else ""
    source = Sql(f" FROM {led_by}{cross} JOIN {table} ON {on}" if led_by else f" FROM {table}")
    chosen = where(*asked, page.seen, *page.beyond)
    cut = Sql(f" ORDER BY {ordered(dialect, page.order)} LIMIT {page.length or page.most}")
    return put(page.select, source, sorting, page.joins, chosen, cut)


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
