"""One connection to PostgreSQL: what it keeps prepared, and how a transaction begins on it without a round trip."""

import asyncio
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self

import asyncpg

from jxc_graphql.kit.db.servers import Servers
from jxc_graphql.kit.db.statements import note_border

BEGIN = "BEGIN"
BEGIN_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
CANCEL_SECONDS = 1.0
"""How long the server may take to stop a statement that nobody waits for any more; then we hang up."""


class SafeConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that needs no clean-up between two users: nobody here changes its session."""

    statements_kept = 1_000
    """Prepared statements; asyncpg would keep 100, of 15,000 characters each, and prepare the rest anew."""
    beginnings: Any
    """The statements that begin something, prepared."""

    async def prepared(self, settings: Mapping[str, str]) -> Self:
        """Itself, with settings for all that is sent over it."""
        await self.execute(_sets("SET", settings))
        self.beginnings = [await self.prepare(begin, name=name) for begin, name in _BEGINNINGS.items()]
        return self

    def get_reset_query(self) -> str:
        """Nothing, which saves a round trip on every release."""
        return ""

    async def begin_with(self, begin: str, query: str | None) -> None:
        """Begins something, on the way with a statement that must follow at once: asyncpg waits for both as for one.

        What it sends is BEGIN bound and executed, which the server answers together with what follows; asyncpg passes
        over the end of a command that is not the last one. A statement that is not prepared yet would be prepared
        first, so BEGIN goes alone then.
        """
        if query is not None and self._stmt_cache.has((query, asyncpg.Record, False)):
            self._transport.write(_BOUND_AND_EXECUTED[begin])
        else:
            note_border(begin)
            await self.execute(begin)

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

    async def begin_with(self, begin: str, query: str | None) -> None:  # noqa: ARG002  (nothing is prepared)
        """Begins something, with its settings."""
        note_border(begin)
        await self.execute(f"{begin}; {self._sets}")

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """A transaction, for its settings."""
        await self.begin_with(BEGIN, None)
        yield
        await self.execute("COMMIT")


def _sets(how: str, settings: Mapping[str, str]) -> str:
    return "; ".join(f"{how} {name} = {value}" for name, value in settings.items())


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


_BEGINNINGS = {BEGIN: "beginning", BEGIN_SNAPSHOT: "beginning_snapshot"}
_BOUND_AND_EXECUTED = {
    begin: _message(b"B", b"\0" + name.encode() + b"\0" + bytes(6)) + _message(b"E", bytes(5))
    for begin, name in _BEGINNINGS.items()
}


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
