"""From an operation that was let in to the frames that carry its answers, whichever process runs it."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager

import structlog
from graphql.language import OperationType

from jxc_graphql.gql.run.result import Refused, failed, unauthenticated
from jxc_graphql.gql.run.subscription import Event
from jxc_graphql.gql.wire.broadcast import Frame
from jxc_graphql.gql.wire.gate import Admitted, Gate
from jxc_graphql.gql.wire.peers import Peer, Peers
from jxc_graphql.gql.wire.streams import PostedOperation
from jxc_graphql.kit.errors import Unauthenticated
from jxc_graphql.kit.logging import bind_request

_log = structlog.get_logger(__name__)


async def answers(
    gate: Gate, peers: Peers, posted: PostedOperation, begun: asyncio.Event | None = None
) -> AsyncGenerator[Frame, None]:
    """Runs an operation for whoever its sender is by now; what goes wrong is an answer as well.

    `begun` is set when a subscription misses nothing any more.
    """
    bind_request(posted.request_id)
    try:
        if posted.refusal:
            raise Refused(posted.refusal.errors or ())  # noqa: TRY301  (as if it were found here)
        call = await peers.recall(posted.token_id, posted.locale, posted.request_id, posted.address)
        admitted = gate.readmit(posted.parameters, call, posted.cost)
        with _follower(peers, admitted, posted.locale) as peer:
            async with aclosing(gate.frames(admitted, peer, begun)) as frames:
                async for frame in frames:
                    yield frame
    except Refused as refused:
        result = refused.result
    except Unauthenticated as unknown:
        result = unauthenticated(unknown, posted.locale)
    except Exception as error:  # noqa: BLE001  (a client never sees a traceback)
        result = failed(error, posted.locale)
    else:
        return
    yield Frame.of(Event(None, result), posted.request_id)


@contextmanager
def _follower(peers: Peers, admitted: Admitted, locale: str | None) -> Iterator[Peer | None]:
    """Who follows a subscription; nobody needs to be known who is answered once."""
    if admitted.kind is not OperationType.SUBSCRIPTION:
        yield None
        return
    with peers.entered() as peer:
        peers.introduce(peer, admitted.call, locale)
        yield peer
