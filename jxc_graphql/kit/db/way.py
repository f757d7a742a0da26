"""Whether the way to PostgreSQL is as it was told: by sessions, or through a pooler that lends it for transactions."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jxc_graphql.kit.db.asyncpg_safe import AsyncpgSafe
    from jxc_graphql.kit.db.servers import Servers

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
        direct = await engine.direct.connect(command_timeout=engine.direct.patience)
        past = await direct.fetchrow(_WHICH)
        await direct.close()
        if through != past:
            raise WrongWay("database_direct_url is another database than that behind database_url")
        return
    async with engine.lent() as connection:
        if await connection.fetchval(_PROCESS) == connection.get_server_pid():
            return
    if not await keeps_sessions(engine.servers):
        raise WrongWay(KEEPS_NO_SESSION)


async def keeps_sessions(servers: "Servers") -> bool:
    """Whether two connections through whatever stands before them have a server each, and keep it."""
    told = {"statement_cache_size": 0, "command_timeout": servers.patience}
    with ExitStack() as stack:
        one = await servers.connect(**told)
        stack.callback(one.terminate)
        other = await servers.connect(**told)
        stack.callback(other.terminate)
        first = await one.fetchval(_PROCESS)
        await other.execute("BEGIN")
        between, again = await other.fetchval(_PROCESS), await one.fetchval(_PROCESS)
        return bool(first != between and first == again)
