"""Which migrations a database has, and by which text: the table `tortoise_migrations` and a digest beside each name.

Version 0.1.0 wrote no digests. What it applied is recognised by the tables that it made (`migrate` does it).
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from tortoise.exceptions import OperationalError

from jxc_graphql.kit.db.connect import APP

_TABLE = """
    CREATE TABLE IF NOT EXISTS tortoise_migrations (
        {id}, app VARCHAR(255) NOT NULL, name VARCHAR(255) NOT NULL, applied_at {at} NOT NULL, UNIQUE (app, name))"""
_CREATE = {
    "sqlite": _TABLE.format(id="id INTEGER PRIMARY KEY AUTOINCREMENT", at="TIMESTAMP"),
    "postgres": _TABLE.format(id="id SERIAL PRIMARY KEY", at="TIMESTAMPTZ"),
}
_COLUMNS = {
    "sqlite": "SELECT name FROM pragma_table_info('tortoise_migrations')",
    "postgres": "SELECT attname FROM pg_attribute WHERE attrelid = 'tortoise_migrations'::regclass",
}
_SHOWN = 3


class DatabaseTooNew(Exception):
    """The database was migrated by a newer version of this program."""

    def __init__(self, unknown: Sequence[str]) -> None:
        super().__init__(f"the database is newer than this program: it has {', '.join(unknown)}")
        self.unknown = tuple(unknown)


class HistoryDiffers(Exception):
    """The database was made by a version of this program that was never released."""

    def __init__(self, differences: Sequence[str]) -> None:
        more = len(differences) - _SHOWN
        super().__init__(
            "the database was made by an unreleased version of this program: "
            + "; ".join(differences[:_SHOWN])
            + (f"; and {more} more" if more > 0 else "")
            + ". Use it with that version, or let this one make a new database: JXC_DATA_DIR or JXC_DATABASE_URL tells"
            " where, and what was entered has to be entered again"
        )
        self.differences = tuple(differences)


class TakeoverForbidden(Exception):
    """A database of version 0.1.0 is compared with what that version made, which takes a right that is not there."""

    def __init__(self, database: str, role: str) -> None:
        super().__init__(
            f"the database was made by version 0.1.0; to take it over, {role} makes a schema beside its tables for a"
            f' moment, and may not: GRANT CREATE ON DATABASE "{database}" TO "{role}", start again, and REVOKE it'
        )


def digest(text: bytes) -> str:
    """What tells the text of a migration from any other, however its lines end."""
    return hashlib.sha256(text.replace(b"\r\n", b"\n")).hexdigest()


async def prepare(transaction: Any) -> None:
    """Makes the table, or brings it to the present form."""
    dialect = transaction.capabilities.dialect
    await transaction.execute_script(_CREATE[dialect])
    if ("digest",) not in await transaction.fetch(_COLUMNS[dialect]):
        await transaction.execute_script("ALTER TABLE tortoise_migrations ADD COLUMN digest VARCHAR(64)")


async def applied(client: Any) -> dict[str, str | None]:
    """The names of what was applied, each with its digest unless 0.1.0 did it."""
    for digests in ("digest", "NULL"):
        try:
            rows = await client.fetch(
                f"SELECT name, {digests} FROM tortoise_migrations WHERE app = ? ORDER BY name",  # noqa: S608
                [APP],
            )
        except OperationalError:
            continue
        return dict(rows)
    return {}


async def record(transaction: Any, name: str, text: str) -> None:
    """Writes down that a migration was applied, or by which text it had been."""
    await transaction.execute(
        "INSERT INTO tortoise_migrations (app, name, applied_at, digest) VALUES (?, ?, CURRENT_TIMESTAMP, ?)"
        " ON CONFLICT (app, name) DO UPDATE SET digest = excluded.digest",
        [APP, name, text],
    )


def missing(present: Mapping[str, str | None], known: Mapping[str, str]) -> list[str]:
    """What has to be applied, or recognised; raises `DatabaseTooNew` and `HistoryDiffers`."""
    unknown = [name for name in present if name not in known]
    later = [name for name in unknown if name > max(known)]
    if later:
        raise DatabaseTooNew(later)
    other = [name for name, text in present.items() if name in known and text not in {None, known[name]}]
    if unknown or other:
        raise HistoryDiffers([*(f"{name} is not known" for name in unknown), *(f"{name} differs" for name in other)])
    return [name for name in known if present.get(name) is None]
