"""The newest, or the oldest, rows of a few days: those of each day are in order, so that these are merged.

An index has the rows of each day in the order of the page. Whichever of the days has the next row gives it, and steps
to the one behind it, until the page is full: hardly more is read than is shown, however many rows the days have, and
however far they lie behind those that the list begins with.

    WITH RECURSIVE days(k) AS (…the days that are asked for…), chosen(way) AS (…whether these are few…),
    merged(day, k) AS (
        SELECT days.k, (…the newest row of the day…) FROM days
        UNION ALL SELECT merged.day, (…the one behind it…) FROM merged ORDER BY 2 DESC LIMIT 21)

What SQLite puts in the order of a recursive statement by itself, PostgreSQL is told with an array of the days and one
of the rows at which each of them is.
"""

# ruff: noqa: S608  (statements are made of our own table and column names; every value is a parameter)

from typing import NamedTuple

from jxc_graphql.gql.plan.sql import NOTHING, Dialect, Sql, both, put, quoted, where
from jxc_graphql.gql.schema.types import Table

FEW_DAYS, FEW_ASKED = 400, 40
"""So many days are merged; fewer, where more than the days is asked, so that rows are looked through."""
_TRIED = 4
"""Of so many rows of each day it is looked first whether what else is asked holds of them."""
_RARE = 60
"""Of one in so many it must, for the rest of them to be looked through."""


class Days(NamedTuple):
    """The days that are asked for of a table, and what else is."""

    table: Table
    day: str
    """The column that says the day."""
    asked: Sql
    """What is asked of that."""
    others: Sql
    """What is asked of the rows besides, and who sees which."""
    beyond: Sql
    """Behind which key the page begins, and in front of which it ends."""
    descending: bool
    """Whether the rows with the highest keys come first."""
    most: int
    """So many rows are wanted."""

    @property
    def few(self) -> int:
        """How many they may be."""
        return FEW_ASKED if self.others.text else FEW_DAYS

    def found(self, dialect: Dialect) -> Sql:
        """The days there are, and no more than a few; then nothing, where there are no more."""
        day, table = quoted(self.day), quoted(self.table.name)
        first = put(
            Sql(f"SELECT * FROM (SELECT t0.{day} FROM {table} t0"),
            where(self.asked),
            Sql(f" ORDER BY t0.{day} LIMIT 1) first"),
        )
        # The next day is looked for among all, so that nothing but the day before leads there; then it is asked about.
        after = Sql(
            f"SELECT t0.{day} FROM (SELECT later.{day} AS {day} FROM {table} later WHERE later.{day} > days.k"
            f" ORDER BY later.{day} LIMIT 1) t0"
        )
        rest = put(Sql("SELECT ("), after, where(self.asked), Sql(") FROM days WHERE days.k IS NOT NULL"))
        cut = f" LIMIT {self.few + 1}" if dialect.name == "sqlite" else ""  # PostgreSQL stops where nobody asks on
        return put(Sql("days(k) AS ("), first, Sql(" UNION ALL "), rest, Sql(f"{cut}), "))

    def are_few(self, dialect: Dialect) -> Sql:
        """Whether they are, and what else is asked holds of enough of their rows."""
        few = Sql(f"(SELECT count(k) FROM ({self._looked_at}) one) <= {self.few}")
        if not self.others.text:
            return few
        table, key = quoted(self.table.name), quoted(self.table.key)
        first = f"FROM {table} t0 WHERE t0.{quoted(self.day)} = one.k LIMIT {_TRIED}"
        if dialect.name == "sqlite":
            tried = f"({self._looked_at}) one CROSS JOIN {table} t0 ON t0.{key} IN (SELECT t0.{key} {first})"
        else:
            tried = f"({self._looked_at}) one CROSS JOIN LATERAL (SELECT t0.* {first}) t0"
        holds = put(Sql("(SELECT coalesce(sum(CASE WHEN "), self.others, Sql(f" THEN {_RARE} ELSE 0 END) >= count(*),"))
        return both([few, put(holds, Sql(f" 1 = 0) FROM {tried})"))])

    def merged(self, dialect: Dialect, chosen: Sql) -> Sql:
        """The keys of the rows that are wanted, as the table `page`, where these are chosen."""
        if dialect.name == "sqlite":
            key = "merged.k"
            first = put(Sql("SELECT days.k, "), self._next("days.k"), Sql(" FROM days WHERE days.k IS NOT NULL AND "))
            rest = put(Sql("SELECT merged.day, "), self._next("merged.day", key), Sql(f" FROM merged WHERE {key}"))
            cut = f" ORDER BY 2{self._down} NULLS LAST LIMIT {self.most}"
            return put(Sql(", merged(day, k) AS ("), first, chosen, _ON, rest, Sql(f" IS NOT NULL{cut})"))
        each = put(
            Sql("SELECT one.k, "), self._next("one.k"), Sql(f" AS head FROM ({self._looked_at}) one WHERE "), chosen
        )
        heads = put(
            Sql("SELECT array_agg(k) AS days, array_agg(head) AS heads FROM ("),
            each,
            Sql(") each WHERE head IS NOT NULL"),
        )
        at = "merged.heads[merged.at]"
        stepped = put(
            Sql("SELECT merged.days, merged.heads[:merged.at - 1] || "),
            self._next("merged.days[merged.at]", at),
            Sql(" || merged.heads[merged.at + 1:] AS heads FROM merged WHERE merged.at IS NOT NULL"),
        )
        best = (
            "SELECT one.days, one.heads, (SELECT n::int FROM unnest(one.heads) WITH ORDINALITY AS each(head, n)"
            f" WHERE head IS NOT NULL ORDER BY head{self._down} LIMIT 1) FROM ("
        )
        return put(
            Sql(f", merged(days, heads, at) AS ({best}"), heads, Sql(") one"), _ON, Sql(best), stepped, Sql(") one)")
        )

    def page(self, dialect: Dialect) -> str:
        """The keys that were merged, for FROM."""
        if dialect.name == "sqlite":
            return "merged"
        return f"(SELECT heads[at] AS k FROM merged WHERE at IS NOT NULL LIMIT {self.most}) merged"

    @property
    def _looked_at(self) -> str:
        return f"SELECT k FROM days WHERE k IS NOT NULL LIMIT {self.few + 1}"

    @property
    def _down(self) -> str:
        return " DESC" if self.descending else ""

    def _next(self, day: str, behind: str = "") -> Sql:
        """The key of the next row of a day."""
        key = f"t0.{quoted(self.table.key)}"
        of_day = Sql(f"t0.{quoted(self.day)} = {day}")
        further = Sql(f"{key} {'<' if self.descending else '>'} {behind}") if behind else NOTHING
        return put(
            Sql(f"(SELECT {key} FROM {quoted(self.table.name)} t0"),
            where(of_day, further, self.others, self.beyond),
            Sql(f" ORDER BY {key}{self._down} LIMIT 1)"),
        )


_ON = Sql(" UNION ALL ")
