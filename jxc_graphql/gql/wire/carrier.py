"""The streams of several operations that this process carries.

One task of the process looks, whenever it is woken, for what was posted to its streams wherever that was received, and
ends what its client no longer wants; it also tells the other processes that this one is alive. Answers wait for their
turn on a stream, and nothing is queued: an operation goes on when its last answer has been sent.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any

import msgspec
import structlog

from jxc_graphql.gql.wire import streams
from jxc_graphql.gql.wire.broadcast import Frame
from jxc_graphql.gql.wire.request import BadRequest
from jxc_graphql.gql.wire.streams import NEWS, PostedOperation, Taken
from jxc_graphql.kit import bus

STREAMS = 10_000
"""Open streams of a process."""
BEAT_SECONDS = 10.0
"""How often the process says that it is alive."""

Run = Callable[[PostedOperation], AsyncGenerator[Frame, None]]
Whole = Callable[[Coroutine[Any, Any, None]], Coroutine[Any, Any, None]]

_log = structlog.get_logger(__name__)


class _OpenStream:
    """An open stream, its operations, and the one frame that is on its way."""

    def __init__(self, token: str, run: Run, whole: Whole) -> None:
        self._token = token
        self._run = run
        self._whole = whole
        self._operations: dict[int, asyncio.Task[None]] = {}
        self._ready: asyncio.Queue[Frame | None] = asyncio.Queue(1)

    def start(self, taken: Taken) -> None:
        """Runs an operation, whose answers go into the stream."""
        self._operations[taken.id] = asyncio.create_task(self._operate(taken), name="operation")

    async def stop(self, *operation_ids: int) -> None:
        """Ends operations, if they are running."""
        tasks = [task for one in operation_ids if (task := self._operations.pop(one, None))]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def end(self) -> None:
        """Ends all operations, and then the stream."""
        await self.stop(*self._operations)
        while not self._ready.empty():
            self._ready.get_nowait()
        self._ready.put_nowait(None)

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """What the stream carries until it ends."""
        while frame := await self._ready.get():
            yield frame

    async def _operate(self, taken: Taken) -> None:
        await self._whole(self._answer(taken))

    async def _answer(self, taken: Taken) -> None:
        named = f'{{"id":{msgspec.json.encode(taken.name).decode()}'
        try:
            async with aclosing(self._run(taken.opened(self._token))) as frames:
                async for frame in frames:
                    await self._ready.put(Frame(None, f'{named},"payload":{frame.payload}}}'))
            await streams.forget([taken.id])  # before its client may use the id again
        except Exception:  # noqa: BLE001  (the client hears that it is over, and the log why)
            _log.exception("operation.failed")
        self._operations.pop(taken.id, None)
        await self._ready.put(Frame(None, f"{named}}}", "complete"))


class Carrier:
    """All open streams of this process."""

    def __init__(self, run: Run, whole: Whole) -> None:
        """`whole` counts all of an operation as its sender's, whoever opened the stream that is served."""
        self._run = run
        self._whole = whole
        self._open: dict[int, _OpenStream] = {}
        self._rounds: asyncio.Task[None] | None = None
        self._beaten = 0.0

    async def open(self, token: str, actor_id: int) -> AsyncGenerator[Frame, None]:
        """What a stream carries, what was posted before included; raises `BadRequest` when it cannot be opened."""
        if len(self._open) >= STREAMS:
            raise BadRequest(429, "LIMIT_EXCEEDED", "Too many streams are open; try again later.")
        return self._carry(await streams.open(token, actor_id), token)

    async def _carry(self, stream_id: int, token: str) -> AsyncGenerator[Frame, None]:
        stream = self._open[stream_id] = _OpenStream(token, self._run, self._whole)
        if self._rounds is None:
            self._beaten = time.monotonic()
            self._rounds = asyncio.create_task(self._go_round(), name="carrier")
        NEWS.rouse()
        try:
            async with aclosing(stream.frames()) as frames:
                async for frame in frames:
                    yield frame
        finally:
            del self._open[stream_id]
            if not self._open and self._rounds:
                self._rounds.cancel()
                self._rounds = None
            await stream.end()
            await streams.close(stream_id)

    async def _go_round(self) -> None:
        while True:
            before = NEWS.seen()
            try:
                await self._attend()
                if time.monotonic() - self._beaten > BEAT_SECONDS:
                    await self._beat()
                    self._beaten = time.monotonic()
            except Exception:  # noqa: BLE001  (streams go on when the database answers again)
                _log.exception("carrier.failed")
                await asyncio.sleep(bus.POLL_SECONDS)
            else:
                await NEWS.wait(before)

    async def _attend(self) -> None:
        waiting, ended = await streams.due(self._open)
        if ended:
            for operation_id, stream_id in ended:
                if stream_id in self._open:
                    await self._open[stream_id].stop(operation_id)
            await streams.forget([operation_id for operation_id, _ in ended])
        for taken in await streams.take(waiting) if waiting else ():
            if taken.stream_id in self._open:
                self._open[taken.stream_id].start(taken)
        if len(waiting) + len(ended) == streams.TAKEN_AT_ONCE:
            NEWS.rouse()

    async def _beat(self) -> None:
        carried = dict(self._open)
        kept = await streams.prolong(carried)
        for stream_id in carried.keys() - kept:
            await carried[stream_id].end()
