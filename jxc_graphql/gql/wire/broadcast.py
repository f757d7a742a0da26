"""Subscriptions that follow the same are run once: each event is answered once and encoded once.

A stream keeps its last frames in a bounded ring. Its followers read them at their own pace, by position; nothing is
queued for anybody. A follower that begins elsewhere than now replays from the journal by itself until it has seen
everything that the ring does not hold, and joins the stream there: no gap, no repeat. One that falls behind the ring is
told to resynchronise.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import Literal

import msgspec
import structlog

from jxc_graphql.gql.run.result import Refused, Result, error, failed
from jxc_graphql.gql.run.subscription import Event, Subscription
from jxc_graphql.gql.wire.peers import Peer, Rights
from jxc_graphql.kit import clock
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.figures import figures
from jxc_graphql.kit.journal import Cursor
from jxc_graphql.kit.logging import bind_request, new_request_id
from jxc_graphql.kit.messages import render_code

RING_FRAMES = 256
RING_CHARACTERS = 1_000_000
"""So much does a stream keep, or its newest frame."""
STREAMS = 1_000
"""Different streams of a process."""

Confirm = Callable[[], Awaitable[None]]

_log = structlog.get_logger(__name__)


class Frame(msgspec.Struct, frozen=True):
    """One answer, encoded, and the cursor behind it."""

    cursor: str | None
    payload: str
    kind: Literal["next", "complete"] = "next"

    @classmethod
    def of(cls, event: Event, request_id: str) -> "Frame":
        """The frame of an event that has an answer."""
        assert event.result is not None
        return cls(event.cursor, event.result.encode(request_id).decode())


class _Shared:
    """One execution and its last frames."""

    def __init__(self) -> None:
        self.frames: deque[Frame] = deque()
        self.first = 0
        """The position of the oldest frame that is kept."""
        self.told: str | None = None
        """Where to go on behind everything so far."""
        self.followers = 0
        self.waiting: set[asyncio.Future[None]] = set()
        self.task: asyncio.Task[None] | None = None
        self.is_over = False
        self.failure: Refused | None = None
        self._floor: Cursor | None = None
        """Every event behind it is kept, or yet to come; None before the stream has begun."""
        self._characters = 0

    @property
    def end(self) -> int:
        """The position of the frame to come."""
        return self.first + len(self.frames)

    @property
    def has_begun(self) -> bool:
        return self._floor is not None

    async def run(self, subscription: Subscription, call: Call, confirm: Confirm) -> None:
        """Tells what happens from now on until nobody follows any more; `confirm` comes before each answer."""
        request_id = new_request_id()
        bind_request(request_id)

        async def renew() -> Call:
            await confirm()
            return msgspec.structs.replace(call, request_id=request_id, at=clock.now())

        try:
            async with aclosing(subscription.events(renew, {})) as events:
                async for event in events:
                    self._take(event, request_id)
        except Refused as refused:
            self.failure = refused
        except Exception as error:  # noqa: BLE001  (followers never see a traceback)
            self.failure = Refused(failed(error, call.locale).errors or ())
        self.is_over = True
        self.wake()

    def wake(self) -> None:
        """Lets every follower look."""
        for waiter in self.waiting:
            if not waiter.done():
                waiter.set_result(None)

    def raise_failure(self) -> None:
        """Raises `Refused` where the stream is over because it failed."""
        if self.failure:
            raise Refused(self.failure.result.errors or ())

    def goes_on_from(self, cursor: Cursor) -> bool:
        """Whether every event behind a cursor is kept, or yet to come."""
        return self._floor is not None and self._floor <= cursor

    def _take(self, event: Event, request_id: str) -> None:
        self.told = event.cursor
        if event.result is not None:
            frame = Frame.of(event, request_id)
            self.frames.append(frame)
            self._characters += len(frame.payload)
            while len(self.frames) > 1 and (len(self.frames) > RING_FRAMES or self._characters > RING_CHARACTERS):
                self._drop()
            self.wake()
        elif self._floor is None and event.cursor:
            self._floor = Cursor.decode(event.cursor)
            self.wake()

    def _drop(self) -> None:
        dropped = self.frames.popleft()
        self.first += 1
        self._characters -= len(dropped.payload)
        if self._floor is not None and dropped.cursor:
            self._floor = Cursor.decode(dropped.cursor)


class Broadcasts:
    """The streams of this process."""

    def __init__(self, confirm: Confirm) -> None:
        """`confirm` is called before each answer, and renews the peers whose rights are others by then."""
        self._confirm = confirm
        self._streams: dict[tuple[str, Rights, int | None], _Shared] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def follow(
        self, subscription: Subscription, peer: Peer, begun: asyncio.Event | None = None
    ) -> AsyncGenerator[Frame, None]:
        """What a subscription tells a peer, with the rights that the peer has at the time.

        `begun` is set when nothing that happens from then on is missed. Raises `Refused` when it cannot start or go
        on, `Unauthenticated` when the peer's token dies.
        """
        told: str | None = None
        replays = not subscription.begins_now
        while True:
            call, rights = peer.call(""), peer.rights
            assert rights
            with self._joined(subscription, call, rights) as stream:
                position, replayed = stream.end, None
                await _begin(begun, stream, peer, at_once=replays)
                if replays:
                    async with aclosing(self._replayed(subscription, peer, stream, told)) as replay:
                        async for one in replay:
                            if isinstance(one, Cursor):
                                position, replayed, told = stream.first, one, one.encode()
                            else:
                                told = one.cursor
                                yield one
                told = told or stream.told
                while peer.rights is rights:
                    if position < stream.first:
                        raise _behind(call, told)
                    if position < stream.end:
                        frame = stream.frames[position - stream.first]
                        position += 1
                        if replayed and frame.cursor and Cursor.decode(frame.cursor) <= replayed:
                            continue
                        replayed, told = None, frame.cursor
                        yield frame
                    elif stream.is_over:
                        stream.raise_failure()
                        return
                    else:
                        await _look(stream, peer)
                replays = told is not None or not subscription.begins_now

    @contextmanager
    def _joined(self, subscription: Subscription, call: Call, rights: Rights) -> Iterator[_Shared]:
        key = (subscription.topic, rights, subscription.of_whom(call))
        stream = self._streams.get(key)
        if stream is None:
            if len(self._streams) >= STREAMS:
                raise Refused([error("LIMIT_EXCEEDED", f"At most {STREAMS} different streams are open at a time.")])
            stream = self._streams[key] = _Shared()
            # Followers with the same rights see the same: who else of them it is must not matter to any field.
            stream.task = asyncio.create_task(stream.run(subscription, call, self._confirm), name="stream")
        stream.followers += 1
        try:
            yield stream
        finally:
            stream.followers -= 1
            if (stream.is_over or not stream.followers) and self._streams.get(key) is stream:
                del self._streams[key]
            if not stream.followers and stream.task:
                self._end(stream.task)

    async def _replayed(
        self, subscription: Subscription, peer: Peer, stream: _Shared, told: str | None
    ) -> AsyncGenerator[Frame | Cursor, None]:
        """What happened before the stream's ring, from where the subscription begins or from behind what it was told.

        The last one is the cursor behind all of it; the stream may be still on its way there. It ends before that when
        the peer's rights are others.
        """

        async def renew() -> Call:
            await self._confirm()
            return peer.call(request_id)

        request_id, rights = new_request_id(), peer.rights
        while not (stream.has_begun or stream.is_over):
            await _look(stream, peer)
        async with aclosing(subscription.events(renew, None if told is None else {"after": told})) as events:
            async for event in events:
                if peer.rights is not rights:
                    if told is None and subscription.begins_with_current:
                        raise _behind(peer.call(request_id), None)  # it cannot be told in two parts
                    return
                if event.result is not None:
                    yield Frame.of(event, request_id)
                elif event.cursor and stream.goes_on_from(cursor := Cursor.decode(event.cursor)):
                    yield cursor
                    return

    def _end(self, task: asyncio.Task[None]) -> None:
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        task.cancel()


async def _begin(begun: asyncio.Event | None, stream: _Shared, peer: Peer, *, at_once: bool) -> None:
    if begun is None:
        return
    while not (at_once or stream.has_begun or stream.is_over):
        await _look(stream, peer)
    begun.set()


async def _look(stream: _Shared, peer: Peer) -> None:
    """Waits until the stream or the peer is another."""
    waiter = asyncio.get_running_loop().create_future()
    stream.waiting.add(waiter)
    peer.waiting.add(waiter)
    try:
        await waiter
    finally:
        stream.waiting.discard(waiter)
        peer.waiting.discard(waiter)


def _behind(call: Call, cursor: str | None) -> Refused:
    figures.evictions["behind"] += 1
    text = render_code("RESYNC_REQUIRED", call.locale)
    return Refused([error("RESYNC_REQUIRED", text, cursor=cursor)])


async def once(result: Result, request_id: str) -> AsyncGenerator[Frame, None]:
    """The one answer to an operation that is no subscription."""
    yield Frame.of(Event(None, result), request_id)
