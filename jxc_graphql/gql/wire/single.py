"""Many operations over one event stream: the single-connection mode of the graphql-sse protocol.

PUT reserves a stream and answers its token, GET opens it, POST runs an operation whose answers it carries, DELETE ends
one. A reservation lives in this process and belongs to who made it.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import msgspec
from starlette.requests import Request

from jxc_graphql.gql.broadcast import Frame
from jxc_graphql.gql.wire.request import BadRequest

TOKEN_HEADER = "x-graphql-event-stream-token"  # noqa: S105  (the name of a header)
OPERATIONS = 20
"""At a time, on one stream."""
RESERVATIONS = 10_000
RESERVATIONS_OF_A_USER = 20
UNOPENED_SECONDS = 60.0
"""How long a reservation waits for its stream to be opened."""


class Reservation:
    """A stream, its operations, and the one event that is on its way: nothing is queued."""

    def __init__(self, actor_id: int) -> None:
        self.actor_id = actor_id
        self.made = time.monotonic()
        self.is_open = False
        self.operations: dict[str, asyncio.Task[None]] = {}
        self._ready: asyncio.Queue[Frame] = asyncio.Queue(1)

    def start(self, id_: str, frames: AsyncGenerator[Frame, None]) -> None:
        """Runs an operation, whose answers go into the stream; raises `BadRequest` for one too many, or again."""
        if id_ in self.operations:
            raise BadRequest(409, "CONFLICT", "An operation with this id is running.")
        if len(self.operations) >= OPERATIONS:
            raise BadRequest(429, "LIMIT_EXCEEDED", f"A stream carries at most {OPERATIONS} operations.")
        self.operations[id_] = asyncio.create_task(self._run(id_, frames))

    def stop(self, id_: str) -> None:
        """Ends an operation, if it is running."""
        task = self.operations.pop(id_, None)
        if task:
            task.cancel()

    async def events(self, done: Callable[[], None]) -> AsyncGenerator[Frame, None]:
        """What the stream carries until it is closed; then its operations end with it."""
        try:
            while True:
                yield await self._ready.get()
        finally:
            done()
            tasks = list(self.operations.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, id_: str, frames: AsyncGenerator[Frame, None]) -> None:
        named = f'{{"id":{msgspec.json.encode(id_).decode()}'
        async with aclosing(frames):
            async for frame in frames:
                await self._ready.put(Frame(None, f'{named},"payload":{frame.payload}}}'))
        self.operations.pop(id_, None)
        await self._ready.put(Frame(None, f"{named}}}", "complete"))


class Reservations:
    """The reserved and the open streams of this process."""

    def __init__(self) -> None:
        self._of_token: dict[str, Reservation] = {}

    def reserve(self, actor_id: int) -> str:
        """The token of a new stream; raises `BadRequest` for one too many."""
        oldest = time.monotonic() - UNOPENED_SECONDS
        for token, one in list(self._of_token.items()):
            if not one.is_open and one.made < oldest:
                for id_ in list(one.operations):
                    one.stop(id_)
                self._close(token)
        own = sum(1 for one in self._of_token.values() if one.actor_id == actor_id)
        if own >= RESERVATIONS_OF_A_USER or len(self._of_token) >= RESERVATIONS:
            raise BadRequest(429, "LIMIT_EXCEEDED", f"A user has at most {RESERVATIONS_OF_A_USER} streams.")
        token = secrets.token_urlsafe(24)
        self._of_token[token] = Reservation(actor_id)
        return token

    def find(self, token: str | None, actor_id: int | None) -> Reservation:
        """A stream of this user's; raises `BadRequest` where there is none."""
        found = self._of_token.get(token or "")
        if found is None or found.actor_id != actor_id:
            raise BadRequest(404, "STREAM_NOT_FOUND", "There is no such stream.")
        return found

    def open(self, token: str | None, actor_id: int | None) -> AsyncGenerator[Frame, None]:
        """What a stream carries; raises `BadRequest` when it is open already."""
        found = self.find(token, actor_id)
        if found.is_open:
            raise BadRequest(409, "CONFLICT", "This stream is open already.")
        found.is_open = True
        return found.events(lambda: self._close(token or ""))

    def _close(self, token: str) -> None:
        self._of_token.pop(token, None)


def concerns(request: Request) -> bool:
    """Whether a request is about such a stream."""
    names_one = token_of(request) is not None and "query" not in request.query_params
    return request.method in {"PUT", "DELETE"} or (names_one and request.method in {"GET", "POST"})


def token_of(request: Request) -> str | None:
    """The token of the stream that a request is about."""
    return request.headers.get(TOKEN_HEADER) or request.query_params.get("token")


def checked(operation_id: Any) -> str:
    """The id that a client gave an operation; raises `BadRequest` without one."""
    if isinstance(operation_id, str) and operation_id:
        return operation_id
    raise BadRequest(400, "BAD_REQUEST", "The operation has no `operationId`.")
