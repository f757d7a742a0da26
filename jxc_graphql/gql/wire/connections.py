"""Connections as uvicorn serves them, with an end to all that a peer may have us wait for or keep.

uvicorn bounds how long a connection may be idle between two requests and how long a message of a socket may be. What
it leaves open is bounded here: the head of a request in bytes, lines and seconds, requests sent ahead, answers that
nobody reads, what is read at a time, frames that say nothing, and the number of connections (`places`). Whoever is
refused is told why, unless an answer to an earlier request is on its way.
"""

import asyncio
from asyncio import TimerHandle
from collections.abc import Callable
from functools import partial
from logging import getLogger
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame
from websockets.server import ServerProtocol

from jxc_graphql.gql.run.translated import text_in
from jxc_graphql.gql.wire.places import FULL, PLACE, SPOKEN, Places, TakenPlace, Turned
from jxc_graphql.kit.figures import figures
from jxc_graphql.kit.messages import choose_locale
from jxc_graphql.kit.settings import Settings

SEND_SECONDS = 30.0
"""How long a peer may not read an answer."""
AHEAD = 16
"""Requests that a peer may send before it has the answer to an earlier one."""
READ_BYTES = 8_192
"""What is read of a connection before others have their turn."""
PINGS_PER_SECOND = 50
"""Of a socket: clients ping every few seconds, if ever."""
FRAGMENTS = 1_000
"""Frames of one message of a socket; those without a byte count towards nothing else."""
_FRAGMENTS = "Too many fragments"


class Pieces(asyncio.BufferedProtocol):
    """Reads a little at a time for a connection, so that others have their turn in between."""

    _buffer = bytearray(READ_BYTES)
    """Of all connections: what is read is handed on at once."""

    def __init__(self, protocol: asyncio.Protocol) -> None:
        self.protocol = protocol

    def get_buffer(self, sizehint: int) -> bytearray:  # noqa: ARG002  (asyncio's signature)
        """Where the next piece is put."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Hands a piece on."""
        self.protocol.data_received(bytes(memoryview(self._buffer)[:nbytes]))

    def eof_received(self) -> bool | None:
        """Hands it on, as all that follows."""
        return self.protocol.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end."""
        self.protocol.connection_lost(exc)

    def pause_writing(self) -> None:
        """Much was written that was not sent."""
        self.protocol.pause_writing()

    def resume_writing(self) -> None:
        """It was sent."""
        self.protocol.resume_writing()


class BoundedHTTP(HttpToolsProtocol):
    """A connection over which requests come."""

    def __init__(self, settings: Settings, places: Places, **given: Any) -> None:
        super().__init__(**given)
        self._settings = settings
        self._places = places
        self._place: TakenPlace | None = None
        self._is_in_head = False
        self._lines = self._bytes = self._unread = 0
        self._problem = Turned(400, "BAD_REQUEST", "This is not HTTP.")
        self._too_late: TimerHandle | None = None
        self._stuck: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Finds it a place."""
        super().connection_made(transport)
        try:
            self._place = self._places.take(self.client[0] if self.client else "", self._make_room)
        except Turned as turned:
            self._refuse(turned)
            return
        self.app_state = {**self.app_state, PLACE: self._place}
        self.ws_protocol_class = partial(BoundedSocket, self._place)  # type: ignore[assignment]
        transport.set_protocol(Pieces(self))
        self._wait_for_head(self._settings.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Gives its place up."""
        super().connection_lost(exc)
        self._wait_no_more()
        self.resume_writing()
        if self._place:
            self._place.leave()

    def data_received(self, data: bytes) -> None:
        """Reads a piece; what is not understood yet is never much more than a head may have."""
        super().data_received(data)
        self._unread += len(data)
        if self._is_in_head and self._unread > self._settings.head_bytes + READ_BYTES:
            self._refuse(self._too_large())

    def handle_websocket_upgrade(self) -> None:
        """Hands the connection on."""
        reading = self.transport.get_protocol()
        super().handle_websocket_upgrade()
        if isinstance(reading, Pieces):
            reading.protocol = self.transport.get_protocol()  # type: ignore[assignment]
            self.transport.set_protocol(reading)

    def on_message_begin(self) -> None:
        """A head begins, and with it its time."""
        super().on_message_begin()
        self._is_in_head = True
        self._lines = self._bytes = self._unread = 0
        if self._is_idle:
            self._wait_for_head(self._settings.head_seconds)

    def on_url(self, url: bytes) -> None:
        """Counts it."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Counts it."""
        self._lines += 1
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """A request is known, and begins."""
        if len(self.pipeline) >= AHEAD:
            raise self._problem
        self._is_in_head = False
        self._wait_no_more()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Its peer waits for us now."""
        super().on_message_complete()
        if self._place and not self.parser.should_upgrade():
            self._place.acts()

    def on_response_complete(self) -> None:
        """It is for the peer to go on: with what is missing of a request, or with another."""
        super().on_response_complete()
        if self._place and not self.pipeline:
            self._place.waits()
            half = self._is_in_head or self.cycle.more_body
            self._wait_for_head(self._settings.head_seconds if half else self._settings.keep_alive_seconds)

    def pause_writing(self) -> None:
        """Much was sent that was not read."""
        super().pause_writing()
        self._stuck = self._stuck or self.loop.call_later(SEND_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It was read."""
        super().resume_writing()
        if self._stuck:
            self._stuck.cancel()
            self._stuck = None

    def shutdown(self) -> None:
        """Does not wait for a request that is not there yet."""
        if self._is_idle or not self.cycle.more_body:
            super().shutdown()
        else:
            self._make_room()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  (uvicorn's text)
        """Says what was wrong with a request that cannot be read."""
        self._refuse(self._problem)

    @property
    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _count(self, length: int) -> None:
        self._bytes += length
        if self._bytes > self._settings.head_bytes or self._lines > self._settings.head_lines:
            self._problem = self._too_large()
            raise self._problem

    def _too_large(self) -> Turned:
        most, lines = f"{self._settings.head_bytes:,}", f"{self._settings.head_lines:,}"
        return Turned(431, "LIMIT_EXCEEDED", f"The head of a request has at most {most} bytes and {lines} lines.")

    def _wait_for_head(self, seconds: float) -> None:
        self._wait_no_more()
        if not self.transport.is_closing():
            self._too_late = self.loop.call_later(seconds, self._end_waiting)

    def _wait_no_more(self) -> None:
        if self._too_late:
            self._too_late.cancel()
            self._too_late = None

    def _end_waiting(self) -> None:
        seconds = self._settings.head_seconds
        self._give_up(Turned(408, "REQUEST_TIMEOUT", f"The head of the request took longer than {seconds:g} seconds."))

    def _make_room(self) -> None:
        self._give_up(Turned(*FULL))

    def _give_up(self, why: Turned) -> None:
        """Ends it; who has asked for nothing is not answered."""
        if self._is_in_head or not self._is_idle:
            self._refuse(why)
        else:
            self.transport.close()

    def _refuse(self, why: Turned) -> None:
        if self._is_idle or not (self.pipeline or self.cycle.response_started):
            figures.responses[why.status] += 1
            asked = dict(self.headers or ()).get(b"accept-language", b"")  # as far as its head was read
            body = why.body(accept_language=asked.decode("latin-1"))
            headers = {**why.headers, "content-length": str(len(body)), "connection": "close"}
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            self.transport.write(STATUS_LINE[why.status] + f"{lines}\r\n".encode() + body)
        if not self._is_idle:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()


class _Frames(ServerProtocol):
    """The frames of a socket; which of them are too large is said in the language of whoever sent them."""

    def __init__(self, locale: Callable[[], str], **given: Any) -> None:
        super().__init__(**given)
        self._locale = locale

    def fail(self, code: int, reason: str = "") -> None:
        """Ends it for a reason; those of the library, which name frames, are ours."""
        if code == CloseCode.MESSAGE_TOO_BIG:
            ours = reason if reason == _FRAGMENTS else f"A message has at most {self.max_message_size} bytes"
            reason = text_in(self._locale(), ours)
        super().fail(code, reason)


class BoundedSocket(WebSocketsSansIOProtocol):
    """A connection that has become a WebSocket."""

    def __init__(self, place: TakenPlace, **given: Any) -> None:
        super().__init__(**given)
        self._place = place
        self._pings = self._second = 0
        self.conn = _Frames(
            self._locale,
            extensions=self.conn.available_extensions,
            max_size=self.config.ws_max_size,
            logger=getLogger("uvicorn.error"),
        )
        place.make_room = self.shutdown

    def connection_lost(self, exc: Exception | None) -> None:
        """Gives its place up."""
        super().connection_lost(exc)
        self._place.leave()

    def _locale(self) -> str:
        told: str | None = self.scope["state"].get(SPOKEN)
        return told or choose_locale(self.request.headers.get("Accept-Language", ""))

    def handle_cont(self, event: Frame) -> None:
        """Takes another part of a message, if it may have one."""
        if len(self.frames) >= FRAGMENTS:
            self.conn.fail(CloseCode.MESSAGE_TOO_BIG, _FRAGMENTS)
            self.handle_parser_exception()
        else:
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """Answers a peer that reads answers and does not ask all the time."""
        second = int(self.loop.time())
        self._pings = self._pings + 1 if second == self._second else 1
        self._second = second
        if self.writable.is_set() and self._pings <= PINGS_PER_SECOND:
            super().handle_ping()
        else:
            self.transport.abort()
