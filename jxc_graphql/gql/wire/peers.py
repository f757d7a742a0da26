"""Who is at the other end of the open sockets and streams of this process.

Every second one statement asks for the callers behind all their tokens; then each peer is attended to. A peer whose
token died, or whose rights changed, is woken where it waits. Before an event is answered, the version of all rights is
looked at (`confirm`), and if it is another, the callers are asked for at once: nobody is told of what happened after
rights of his were taken. What a user may have open is divided among the processes: none of them knows what the others
carry.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

import structlog
from msgspec.structs import replace

from jxc_graphql.gql.run.result import Refused, error
from jxc_graphql.gql.wire.request import Authenticate
from jxc_graphql.kit import clock
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated

ROUND_SECONDS = 1.0
ANSWER_SECONDS = 5.0
"""How long the database may think about the tokens; peers are attended to even when it does not answer."""
PEERS = 10_000
"""Sockets and streams of a process."""
PEERS_OF_A_USER = 100
"""Sockets and streams of a user, in up to `DIVISIONS` processes together; where there are more, each allows as many."""
DIVISIONS = 10
UNKNOWN = -1

CallsOf = Callable[[Collection[int]], Awaitable[Mapping[int, Call]]]
"""The callers of those of these tokens, named by their ids, that are good."""
VersionOf = Callable[[], Awaitable[int]]
"""The version of all rights: what was looked up under the same one holds."""
Rights = tuple[frozenset[str], tuple[tuple[str, frozenset[int]], ...], str, bool]

_log = structlog.get_logger(__name__)


class TooManyPeers(Refused):
    """This process, or this user, has as many sockets and streams open as it may."""

    def __init__(self) -> None:
        super().__init__([error("LIMIT_EXCEEDED", "Too many connections are open; try again later.")])


class Peer:
    """One socket or stream."""

    def __init__(self, attend: Callable[[], None]) -> None:
        self.attend = attend
        self.token_id: int | None = None
        self.waiting: set[asyncio.Future[None]] = set()
        self.rights: Rights | None = None
        """Another object whenever they have changed; None for a token that is not good."""
        self._call: Call | None = None
        self._locale: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether a token was shown that is still good, or none was needed."""
        return self._call is not None

    def call(self, request_id: str) -> Call:
        """Its caller, as known for at most a second; raises `Unauthenticated` when the token is not good any more."""
        if self._call is None:
            raise Unauthenticated
        return replace(self._call, request_id=request_id, at=clock.now())

    def introduce(self, call: Call, locale: str | None) -> None:
        """Says who it is, and which language it named."""
        self.token_id = call.token_id
        self._locale = locale
        self._call, self.rights = call, rights_of(call)

    def renew(self, call: Call | None) -> None:
        """Takes what became of the caller."""
        call = replace(call, locale=self._locale or call.locale) if call else None
        rights = rights_of(call) if call else None
        if rights == self.rights:
            return
        self._call, self.rights = call, rights
        for waiter in self.waiting:
            if not waiter.done():
                waiter.set_result(None)


def rights_of(call: Call) -> Rights:
    """What decides which events a caller may see, and how they look."""
    return call.permissions, tuple(sorted(call.reach.items())), call.locale, call.actor_id is None


class Peers:
    """The open sockets and streams of this process."""

    def __init__(
        self, authenticate: Authenticate, calls_of: CallsOf, version_of: VersionOf, processes: int = 1
    ) -> None:
        self.authenticate = authenticate
        self._calls_of = calls_of
        self._version_of = version_of
        self._version = UNKNOWN
        """The version under which everybody's rights were looked up."""
        self._confirming = asyncio.Lock()
        self._asked: asyncio.Task[None] | None = None
        self._processes = processes
        self._peers: set[Peer] = set()
        self._of_user: Counter[int] = Counter()
        self._users: dict[Peer, int] = {}
        self._rounds: asyncio.Task[None] | None = None

    @contextmanager
    def entered(self, attend: Callable[[], None] = lambda: None) -> Iterator[Peer]:
        """A peer as long as it is open; `attend` is called every second; raises `TooManyPeers`."""
        if len(self._peers) >= PEERS:
            raise TooManyPeers
        peer = Peer(attend)
        self._peers.add(peer)
        if self._rounds is None:
            self._rounds = asyncio.create_task(self._go_round(), name="peers")
        try:
            yield peer
        finally:
            self._leave(peer)

    async def recall(self, token_id: int | None, locale: str | None, request_id: str, address: str) -> Call:
        """The call of whoever has shown a token, or of nobody; raises `Unauthenticated` if it is not good any more."""
        if token_id is None:
            return await self.authenticate(None, locale, request_id, address)
        found = (await self._calls_of({token_id})).get(token_id)
        if found is None:
            raise Unauthenticated
        return replace(found, locale=locale or found.locale, request_id=request_id, address=address)

    def introduce(self, peer: Peer, call: Call, locale: str | None) -> None:
        """Says who a peer is, and which language it named; raises `TooManyPeers` for one too many of a user."""
        if call.actor_id is not None:
            if self._of_user[call.actor_id] >= PEERS_OF_A_USER // min(self._processes, DIVISIONS):
                raise TooManyPeers
            self._of_user[call.actor_id] += 1
            self._users[peer] = call.actor_id
        if call.actor_id is not None and call.rights_version != self._version:
            self._version = UNKNOWN
        peer.introduce(call, locale)

    async def confirm(self) -> None:
        """Returns when the rights of all peers are those of a moment after it was called."""
        self._asked = self._asked or asyncio.create_task(self._confirm(), name="rights")
        await asyncio.shield(self._asked)

    async def _confirm(self) -> None:
        async with self._confirming:
            self._asked = None  # who asks from now on waits for another look
            version = await self._version_of()
            if version != self._version:
                self._version = version
                try:
                    await self._renew()
                except BaseException:
                    self._version = UNKNOWN
                    raise

    def _leave(self, peer: Peer) -> None:
        self._peers.discard(peer)
        user = self._users.pop(peer, None)
        if user is not None:
            self._of_user[user] -= 1
            if not self._of_user[user]:
                del self._of_user[user]
        if not self._peers and self._rounds is not None:
            self._rounds.cancel()
            self._rounds = None

    async def _go_round(self) -> None:
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._renew()
            except Exception:  # noqa: BLE001  (what was known stays until the database answers again)
                _log.exception("peers.not_renewed")
            for peer in tuple(self._peers):
                peer.attend()

    async def _renew(self) -> None:
        token_ids = {peer.token_id for peer in self._peers if peer.token_id is not None}
        if token_ids:
            found = await self._calls_of(token_ids)
            for peer in tuple(self._peers):
                if peer.token_id in token_ids:
                    peer.renew(found.get(peer.token_id))
