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
is asked of them; one of what leads to a thing with a name, such as the orders of a warehouse, from that thing.
"""

# ruff: noqa: S608  (statements are made of our own table and column names; every value is a parameter)

import re
from collections.abc import Sequence
from typing import NamedTuple

from jxc_graphql.gql.plan.sql import NOTHING, Dialect, Order, Sql, both, joins, ordered, put, quoted, where
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


def statement(dialect: Dialect, page: PageParts) -> Sql:
    """The page, in its order."""
    each = next((way for way in page.ways if way.each.text and _is_followed(way, page)), None)
    if each is not None:
        source = put(Sql("("), each.each, Sql(") AS one"))
        return _of_each(dialect, page, source, Sql(f"t0.{quoted(each.column)} = one.k"), page.order)
    first, is_asked = page.order[0][0], any(one.text for one in page.asked)
    if dialect.name != "sqlite":
        if not first.leads or is_asked:
            return _found(dialect, page, joins(page.order), page.asked, str(page.most))
        return _of_each(dialect, page, Sql(first.leads), Sql(first.to), _after(page.order))
    serves = page.own or next((way for way in page.ways if _serves(way, page)), None)
    ways = [way for way in page.ways if way is not serves] if _is_in_order(page) else []
    days = _days(page)
    if days.text and ways:  # all of them by the same column
        ways = [ways[0]._replace(holds=both(page.asked))]
    page = page._replace(seen=_not_by(page.seen))
    if not ways and is_asked:
        return _found(dialect, page, joins(page.order), page.asked, str(page.most))
    if not ways:
        return _read_on(dialect, page, None, str(page.most))
    return _chosen(dialect, page, sorted(ways, key=lambda way: not way.is_equal)[:TRIED], serves, days)


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
        put(Sql(f"way{n}(k) AS (SELECT t0.{key} FROM {table} t0 WHERE "), way.holds, Sql(f" LIMIT {FEW + 1}), "))
        for n, way in enumerate(ways)
    ]
    cases = " ".join(f"WHEN (SELECT count(*) FROM way{n}) <= {FEW} THEN {n}" for n in range(len(ways)))
    if days.text:
        cases = f"WHEN (SELECT count(k) FROM days) <= {FEW_DAYS} THEN {_OF_DAYS} {cases}"
    chosen = Sql(f"chosen(way) AS MATERIALIZED (SELECT CASE {cases} ELSE -1 END) ")
    pages = [
        _found(dialect, page, joins(page.order), page.asked, _where_chosen(n, page), f"way{n}", f"t0.{key} = way{n}.k")
        for n in range(len(ways))
    ]
    pages.append(_read_on(dialect, page, serves, _where_chosen(-1, page)))
    if days.text:
        to = Sql(f"t0.{quoted(page.ways[0].column)} = one.k")
        of_days = page._replace(asked=())  # which the days were asked about
        pages.append(_of_each(dialect, of_days, Sql("days AS one"), to, page.order, _where_chosen(_OF_DAYS, page)))
    either = [put(Sql(f"{' UNION ALL ' if n else ''}SELECT * FROM ("), one, Sql(")")) for n, one in enumerate(pages)]
    return put(Sql("WITH RECURSIVE " if days.text else "WITH "), days, *with_ways, chosen, *either)


def _where_chosen(way: int, page: PageParts) -> str:
    return f"(SELECT CASE way WHEN {way} THEN {page.most} ELSE 0 END FROM chosen)"


def _read_on(dialect: Dialect, page: PageParts, serves: Way | None, most: str) -> Sql:
    """All rows in the order of the page until there are enough, whatever is asked of them."""
    asked = [one if serves is not None and one is serves.holds else _not_by(one) for one in page.asked]
    first = page.order[0][0]
    if not first.leads:
        return _found(dialect, page, joins(page.order), asked, most)
    return _found(dialect, page, joins(_after(page.order)), asked, most, first.leads, first.to)


def _found(  # noqa: PLR0917  (the clauses of a statement, in their order)
    dialect: Dialect, page: PageParts, sorting: Sql, asked: Sequence[Sql], most: str, led_by: str = "", on: str = ""
) -> Sql:
    table = f"{quoted(page.table.name)} t0"
    source = Sql(f" FROM {led_by} CROSS JOIN {table} ON {on}" if led_by else f" FROM {table}")
    chosen = where(*asked, page.seen, *page.beyond)
    cut = Sql(f" ORDER BY {ordered(dialect, page.order)} LIMIT {most}")
    return put(page.select, source, sorting, page.joins, chosen, cut)


def _of_each(  # noqa: PLR0917  (what it is made of, in its order)
    dialect: Dialect, page: PageParts, source: Sql, to: Sql, order: Order, most: str = ""
) -> Sql:
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
    cut = Sql(f" ORDER BY {ordered(dialect, page.order)} LIMIT {most or page.most}")
    return put(page.select, Sql(" FROM "), source, found, joins(order), page.joins, where(*page.bounds), cut)
