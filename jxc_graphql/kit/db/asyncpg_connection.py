"""One connection to PostgreSQL, and how statements that give no rows go ahead of another one, in its round trip.

    ──► BEGIN, lock, select ──►      ──► write, write, COMMIT ──►
        └─ ahead ──┘                     └─── ahead ──┘

Each of them is bound and executed by itself, so it sees what those before it did and whatever was committed while they
waited for a lock. The server answers all of them together, when the last has ended or the first has failed, behind
which it executes none. asyncpg waits for the last one, and passes over the ends of the others: it knows nothing of
them, so their parameters are spelt here, as text.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, Self

import asyncpg

from jxc_graphql.kit.db.servers import Servers

Ahead = tuple[str, Sequence[Any]]
"""A statement that gives no rows, and its parameters."""
BEGIN = "BEGIN"
BEGIN_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
PLANNED_ONCE = "SET LOCAL plan_cache_mode = force_generic_plan"
"""What writes asks by keys, so PostgreSQL need not plan each of its statements anew for the first five times."""
NOTHING = "SELECT 1 WHERE false"
"""What follows where nothing else does."""
CANCEL_SECONDS = 1.0
"""How long the server may take to stop a statement that nobody waits for any more; then we hang up."""


class SafeConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that needs no clean-up between two users: nobody here changes its session."""

    statements_kept = 1_000
    """Prepared statements; asyncpg would keep 100, of 15,000 characters each, and prepare the rest anew."""

    async def prepared(self, settings: Mapping[str, str]) -> Self:
        """Itself, with settings for all that is sent over it."""
        await self.execute(_sets("SET", settings))
        return self

    def get_reset_query(self) -> str:
        """Nothing, which saves a round trip on every release."""
        return ""

    async def ahead(self, statements: Sequence[Ahead], query: str) -> None:
        """Sends statements that give no rows, and are answered with another one, which must follow at once.

        What is not prepared yet is prepared first, which takes round trips, this once.
        """
        texts = [*(sql for sql, _ in statements), query]
        while unknown := [sql for sql in texts if not self._stmt_cache.has(_kept_as(sql))]:
            for sql in unknown:
                await self._get_statement(sql, None)
            if not self.is_in_transaction():
                await self.execute("SELECT")  # ends what to prepare has begun
        names = [self._stmt_cache.get(_kept_as(sql)).name for sql in texts]
        sent = [part for name, (_, values) in zip(names, statements, strict=False) for part in _messages(name, values)]
        self._transport.write(b"".join(sent))

    async def end(self, end: str) -> str:
        """Ends a transaction; how it ended."""
        _, status, _ = await self._execute(end, (), 0, None, return_status=True)
        ended: str = status.decode()
        return ended

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Around a statement that belongs to no transaction."""
        yield

    async def _cancel(self, waiter: Any, cancel_waiter: Any = None) -> None:
        """Has the server stop what nobody waits for; asyncpg's own would wait for a silent one for ever."""
        async with asyncio.timeout(CANCEL_SECONDS) as limit:
            await super()._cancel(waiter, cancel_waiter)
        if limit.expired():
            self.terminate()


class LentConnection(SafeConnection):
    """A connection to a pooler, which lends a server for one transaction: nothing is kept on that beyond."""

    statements_kept = 0

    async def prepared(self, settings: Mapping[str, str]) -> Self:
        """Itself; each transaction has the settings for itself."""
        self._sets = _sets("SET LOCAL", settings)
        return self

    async def ahead(self, statements: Sequence[Ahead], query: str) -> None:  # noqa: ARG002  (nothing is prepared)
        """Sends statements one by one; what begins something comes with its settings."""
        for sql, values in statements:
            if sql in (BEGIN, BEGIN_SNAPSHOT):
                await self.execute(f"{sql}; {self._sets}")
            elif sql != PLANNED_ONCE:
                await self.fetch(sql, *values)

    async def end(self, end: str) -> str:
        """Ends a transaction; how it ended."""
        ended: str = await self.execute(end)
        return ended

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """A transaction, for its settings."""
        await self.ahead([(BEGIN, ())], BEGIN)
        yield
        await self.execute("COMMIT")


def held(acquired: Any) -> SafeConnection:
    """The connection itself that was acquired from a pool; raises as asyncpg does where it is lost by now."""
    connection: SafeConnection | None = acquired._con  # noqa: SLF001  (which is behind all that asyncpg shows)
    if connection is None:
        raise asyncpg.InterfaceError("the connection was released")
    return connection


def _sets(how: str, settings: Mapping[str, str]) -> str:
    return "; ".join(f"{how} {name} = {value}" for name, value in settings.items())


def _kept_as(sql: str) -> tuple[Any, ...]:
    return sql, asyncpg.Record, False


def _messages(name: str, values: Sequence[Any]) -> Iterator[bytes]:
    """The messages that bind and execute a prepared statement."""
    spelt = b"".join(map(_spelt, values))
    yield _message(b"B", b"\0" + name.encode() + struct.pack("!xhh", 0, len(values)) + spelt + struct.pack("!h", 0))
    yield _EXECUTE


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


_EXECUTE = _message(b"E", bytes(5))


def _spelt(value: object) -> bytes:
    """A parameter as text, behind its length."""
    match value:
        case None:
            return struct.pack("!i", -1)
        case bool():
            text = "true" if value else "false"
        case int():
            text = int.__repr__(value)
        case str():
            text = str.__str__(value)
        case date() | datetime():
            text = value.isoformat()
        case _:
            raise TypeError(f"{type(value).__name__} cannot go ahead")
    spelt = text.encode()
    return struct.pack("!i", len(spelt)) + spelt


async def connect(
    servers: Servers, kind: type[SafeConnection], settings: Mapping[str, str], *, limit: float | None, **options: Any
) -> Any:
    """Connects to the end: asyncpg drops its socket when it is cancelled half-way.

    `limit`: how many seconds each answer of the server may take.
    """

    async def open_() -> Any:
        opened = await servers.connect(
            **options, command_timeout=limit, statement_cache_size=kind.statements_kept, max_cacheable_statement_size=0
        )
        try:
            async with asyncio.timeout(servers.patience):
                return await opened.prepared(settings)
        except BaseException:
            opened.terminate()
            raise

    opening = asyncio.ensure_future(open_())
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_hang_up)
        raise


def _hang_up(opening: "asyncio.Task[Any]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().terminate()
