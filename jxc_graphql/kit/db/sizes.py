"""How large tables are, and by which columns their rows are found: looked up now and then, to reckon with it."""

from collections.abc import Mapping
from typing import NamedTuple

from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.db.sql import fetch

_ROWS_OF_POSTGRES = """
    SELECT c.relname, greatest(c.reltuples, s.n_live_tup, 0)::bigint FROM pg_class c
    JOIN pg_stat_user_tables s ON s.relid = c.oid WHERE s.schemaname = current_schema()
"""
_INDEXES = {
    "sqlite": """
        SELECT t.name, i.name, "unique", count(*), max(CASE WHEN seqno = 0 THEN c.name END)
        FROM sqlite_master t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
        WHERE t.type = 'table' AND NOT partial GROUP BY t.name, i.name, "unique"
    """,
    "postgres": """
        SELECT t.relname, i.indexrelid::text, i.indisunique, i.indnkeyatts, a.attname
        FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
        WHERE t.relnamespace = current_schema()::regnamespace AND i.indpred IS NULL
    """,
}


class Size(NamedTuple):
    """What is known of a table; nothing is before the first look."""

    rows: int = 0
    found_by: Mapping[str, bool] = {}
    """The columns with which an index begins, and whether one value of it is of one row."""


async def look_at_sizes() -> None:
    """Looks at all tables: SQLite counts them by their smallest index, PostgreSQL did while they were written."""
    database = current()
    if database.dialect == "sqlite":
        names = [name for (name,) in await fetch("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: (await fetch(f'SELECT count(*) FROM "{name}"'))[0][0] for name in names}  # noqa: S608
    else:
        rows = dict(await fetch(_ROWS_OF_POSTGRES))
    found_by: dict[str, dict[str, bool]] = {name: {} for name in rows}
    for name, _, unique, columns, first in await fetch(_INDEXES[database.dialect]):
        if name in found_by:
            known = found_by[name]
            known[first] = known.get(first, False) or bool(unique and columns == 1)
    database.sizes = {name: Size(count, found_by[name]) for name, count in rows.items()}


def size(table: str) -> Size:
    """How large a table was when somebody last looked."""
    found: Size = current().sizes.get(table, _UNKNOWN)
    return found


_UNKNOWN = Size()
