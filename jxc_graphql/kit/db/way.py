"""Whether the way to PostgreSQL is as it was told: by sessions, or through a pooler that lends it for transactions."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jxc_graphql.kit.db.asyncpg_safe import AsyncpgSafe

_WHICH = "SELECT oid::text, pg_postmaster_start_time() FROM pg_database WHERE datname = current_database()"
_PROCESS = "SELECT pg_backend_pid()"
KEEPS_NO_SESSION = (
    "a pooler stands before it that lends a server for a transaction: name the server itself as database_direct_url"
)


class WrongWay(Exception):
    """The database is reached in another way than was told; the text says how."""


async def check(engine: "AsyncpgSafe") -> None:
    """Raises `WrongWay` where sessions are not kept though they must be, or past the pooler lies another database."""
    if engine.direct is not engine.servers:
        async with engine.lent() as lent:
            through = await lent.fetchrow(_WHICH)
        direct = await engine.direct.connect()
        past = await direct.fetchrow(_WHICH)
        await direct.close()
        if through != past:
            raise WrongWay("database_direct_url is another database than that behind database_url")
        return
    async with engine.lent() as connection:
        if await connection.fetchval(_PROCESS) != connection.get_server_pid():
            await _check_sessions(engine)


async def _check_sessions(engine: "AsyncpgSafe") -> None:
    """Two connections through a pooler have a server each, and keep it, if it keeps sessions."""
    one, other = [await engine.servers.connect(statement_cache_size=0) for _ in range(2)]
    try:
        first = await one.fetchval(_PROCESS)
        await other.execute("BEGIN")
        between: Any = await other.fetchval(_PROCESS)
        if first == between or first != await one.fetchval(_PROCESS):
            raise WrongWay(KEEPS_NO_SESSION)
    finally:
        one.terminate()
        other.terminate()
