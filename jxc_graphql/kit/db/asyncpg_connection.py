"""One connection to PostgreSQL: what it keeps prepared, and how a transaction begins on it without a round trip."""

import asyncio
import struct
from typing import Any

import asyncpg

from jxc_graphql.kit.db.servers import Servers
from jxc_graphql.kit.db.statements import note_border

BEGIN = "BEGIN"
BEGIN_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
CANCEL_SECONDS = 1.0
"""How long the server may take to stop a statement that nobody waits for any more; then we hang up."""
_STATEMENTS_KEPT = 1_000
"""Prepared statements of a connection; asyncpg would keep 100, of 15,000 characters each, and prepare the rest anew."""


class SafeConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that needs no clean-up between two users: nobody here changes its session."""

    beginnings: Any
    """The statements that begin something, prepared."""

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

    async def _cancel(self, waiter: Any, cancel_waiter: Any = None) -> None:
        """Has the server stop what nobody waits for; asyncpg's own would wait for a silent one for ever."""
        async with asyncio.timeout(CANCEL_SECONDS) as limit:
            await super()._cancel(waiter, cancel_waiter)
        if limit.expired():
            self.terminate()


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


_BEGINNINGS = {BEGIN: "beginning", BEGIN_SNAPSHOT: "beginning_snapshot"}
_BOUND_AND_EXECUTED = {
    begin: _message(b"B", b"\0" + name.encode() + b"\0" + bytes(6)) + _message(b"E", bytes(5))
    for begin, name in _BEGINNINGS.items()
}


async def connect(servers: Servers, *, limit: float | None, session: str, **options: Any) -> Any:
    """Connects to the end: asyncpg drops its socket when it is cancelled half-way.

    `limit`: how many seconds each answer of the server may take; `session`: what is set for its statements.
    """

    async def open_() -> Any:
        opened = await servers.connect(
            **options, command_timeout=limit, statement_cache_size=_STATEMENTS_KEPT, max_cacheable_statement_size=0
        )
        try:
            async with asyncio.timeout(servers.patience):
                await opened.execute(session)
                opened.beginnings = [await opened.prepare(begin, name=name) for begin, name in _BEGINNINGS.items()]
        except BaseException:
            opened.terminate()
            raise
        return opened

    opening = asyncio.ensure_future(open_())
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_hang_up)
        raise


def _hang_up(opening: "asyncio.Task[Any]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().terminate()
