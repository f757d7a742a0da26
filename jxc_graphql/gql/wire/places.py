"""Who is connected: how many at most, how many of one address, and who makes room when there are too many.

A connection has a place from its beginning to its end. While its peer has not said what it wants (or who it is, on a
socket) it waits, and whoever has waited longest makes room for somebody new. What comes through a trusted proxy counts
by the address that the proxy names, and only while it is under way.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from jxc_graphql.gql.run.result import Result, error
from jxc_graphql.gql.run.translated import text_in
from jxc_graphql.gql.wire.forwarded import Proxies
from jxc_graphql.kit import addresses
from jxc_graphql.kit.figures import figures
from jxc_graphql.kit.logging import new_request_id
from jxc_graphql.kit.messages import choose_locale
from jxc_graphql.kit.settings import Settings

RETRY_AFTER_SECONDS = 2
LEAST_OF_ADDRESS = 10
"""Connections of an address that each of many processes allows."""
PLACE = "place"
"""The key in the state of a request or socket under which its connection's place is."""
SPOKEN = "locale"
"""The same for the language of whoever is at the other end of a socket."""
PASSED_ON = "passed_on"
"""The same for whether a trusted proxy passed it on."""


class Turned(Exception):
    """Somebody is turned away: the status, the code, and why."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code

    @property
    def headers(self) -> dict[str, str]:
        """What an answer says of it."""
        again = {"retry-after": str(RETRY_AFTER_SECONDS)} if self.status in {429, 503} else {}
        return {"content-type": "application/json; charset=utf-8", "cache-control": "no-store", **again}

    def body(self, request_id: str = "", *, accept_language: str = "") -> bytes:
        """The JSON text that says why, in a language that was asked for."""
        why = error(self.code, text_in(choose_locale(accept_language), str(self)))
        return Result(errors=[why]).encode(request_id or new_request_id())

    async def respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or the opening of a socket."""
        language = Headers(scope=scope).get("accept-language", "")
        body = self.body(scope.get("state", {}).get("request_id", ""), accept_language=language)
        response = Response(body, self.status, self.headers)
        if scope["type"] == "websocket":
            await WebSocket(scope, receive, send).send_denial_response(response)
        else:
            await response(scope, receive, send)


FULL = 503, "UNAVAILABLE", "Too many connections are open; try again later."
FULL_OF_ADDRESS = 429, "LIMIT_EXCEEDED", "Too many connections of this address are open; try again later."


class TakenPlace:
    """What one connection takes up."""

    def __init__(self, places: "Places", address: str, make_room: Callable[[], None]) -> None:
        self.make_room = make_room
        self._places = places
        self.address = address

    def waits(self) -> None:
        """Its peer may now be asked to make room, after all who have waited before."""
        self._places.waiting[self] = None
        self._places.waiting.move_to_end(self)

    def acts(self) -> None:
        """Its peer has said what it wants."""
        self._places.waiting.pop(self, None)

    def leave(self) -> None:
        """It is taken up no more; to leave twice is to leave once."""
        self._places.leave(self)

    def passing_on(self, address: str) -> AbstractContextManager[None]:
        """What a proxy passes on over it, as long as it is under way; raises `Turned`."""
        return self._places.passing_on(address)


class Places:
    """The places of this process: its share of all that there are."""

    def __init__(self, settings: Settings) -> None:
        self._most = max(settings.connections // settings.workers, 1)
        share = settings.connections_per_address // settings.workers
        self._most_of_address = max(share, min(settings.connections_per_address, LEAST_OF_ADDRESS))
        self._proxies = Proxies.of(settings)
        self.waiting: OrderedDict[TakenPlace, None] = OrderedDict()
        self._taken: set[TakenPlace] = set()
        self._of_address: Counter[str] = Counter()

    def take(self, address: str, make_room: Callable[[], None]) -> TakenPlace:
        """A place for a new connection, which waits; raises `Turned`."""
        counted = "" if self._proxies.trusts(address) else addresses.origin(address)
        self._check(counted)
        if len(self._taken) >= self._most:
            if not self.waiting:
                raise Turned(*FULL)
            longest = next(iter(self.waiting))
            longest.leave()
            figures.evictions["room"] += 1
            longest.make_room()
        place = TakenPlace(self, counted, make_room)
        self._taken.add(place)
        figures.connections += 1
        self._of_address[counted] += 1
        place.waits()
        return place

    def leave(self, place: TakenPlace) -> None:
        """Gives a place up."""
        if place in self._taken:
            self._taken.remove(place)
            figures.connections -= 1
            self.waiting.pop(place, None)
            self._forget(place.address)

    @contextmanager
    def passing_on(self, address: str) -> Iterator[None]:
        """What a proxy passes on, as long as it is under way; raises `Turned`."""
        counted = addresses.origin(address)
        self._check(counted)
        self._of_address[counted] += 1
        try:
            yield
        finally:
            self._forget(counted)

    def _check(self, counted: str) -> None:
        if counted and self._of_address[counted] >= self._most_of_address:
            raise Turned(*FULL_OF_ADDRESS)

    def _forget(self, counted: str) -> None:
        self._of_address[counted] -= 1
        if not self._of_address[counted]:
            del self._of_address[counted]


class Doorway:
    """Knows where requests and sockets come from, and counts those that proxies pass on."""

    def __init__(self, app: ASGIApp, proxies: Proxies) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request or socket in, or says that there are too many."""
        peer = (scope.get("client") or ("", 0))[0]
        if scope["type"] == "lifespan" or not self._proxies.trusts(peer):
            await self._app(scope, receive, send)
            return
        client, place = self._proxies.client(peer, Headers(scope=scope)), place_of(scope)
        scope["client"] = (client, 0)
        scope.setdefault("state", {})[PASSED_ON] = True
        try:
            with place.passing_on(client) if place else nullcontext():
                await self._app(scope, receive, send)
        except Turned as turned:
            await turned.respond(scope, receive, send)


def place_of(scope: Scope) -> TakenPlace | None:
    """The place of the connection by which something came; None where nobody counts."""
    place: TakenPlace | None = scope.get("state", {}).get(PLACE)
    return place


def is_passed_on(scope: Scope) -> bool:
    """Whether a trusted proxy passed something on."""
    return PASSED_ON in scope.get("state", {})
