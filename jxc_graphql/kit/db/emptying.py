"""Throwing a database of ours away, with all that is in it: for what was made to be looked at only."""

import asyncio
from pathlib import Path

from jxc_graphql.kit.db.connect import servers, sqlite_path
from jxc_graphql.kit.settings import Settings

_TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()"
_FUNCTIONS = (
    "SELECT quote_ident(proname) FROM pg_proc "
    "WHERE pronamespace = current_schema()::regnamespace "
    "AND (prorettype = 'trigger'::regtype OR proname = 'journal_line') "
    "AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"
)
"""The functions that we made, not those of an extension."""


def empty(settings: Settings) -> None:
    """Removes everything that the database of the settings holds; nobody may be connected to it."""
    path = sqlite_path(settings.database_url)
    if path is None:
        asyncio.run(_drop(settings))
    else:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)


async def _drop(settings: Settings) -> None:
    connection = await servers(settings.straight_url).connect()
    try:
        async with connection.transaction():
            for kind, names in (("TABLE", _TABLES), ("FUNCTION", _FUNCTIONS)):
                for (name,) in await connection.fetch(names):
                    await connection.execute(f"DROP {kind} {name} CASCADE")
    finally:
        await connection.close()
