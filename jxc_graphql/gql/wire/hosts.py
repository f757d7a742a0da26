"""The names that we answer as; whoever asks by another one is told the setting, in his language."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jxc_graphql.gql.wire.places import Turned

_KNOWN = 1_000
"""As many names are remembered, such as those of a domain all of whose names are ours."""
_SHOWN = 100
"""As much of a name as is repeated."""


class Hosts:
    """Turns away what was not meant for us, such as a page that gave its own name our address."""

    def __init__(self, app: ASGIApp, named: Collection[str]) -> None:
        """As the settings have them: `*` for all, `*.` before whatever may stand there."""
        self._app = app
        self._named = tuple(named)
        self._known: set[str] = set()
        """Names that were let in."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request or socket in that names one of them."""
        if "*" in self._named or scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")
        if host in self._known:
            await self._app(scope, receive, send)
            return
        is_ours = False

        async def admitted(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal is_ours
            is_ours = True
            if len(self._known) < _KNOWN:
                self._known.add(host)
            await self._app(scope, receive, send)

        async def passed(message: Message) -> None:
            if is_ours:
                await send(message)

        await TrustedHostMiddleware(admitted, self._named, www_redirect=False)(scope, receive, passed)
        if not is_ours:
            await _refused(host).respond(scope, receive, send)


def _refused(host: str) -> Turned:
    text = f"This server does not answer as {host[:_SHOWN]}; the setting JXC_HOSTS names the hosts that it answers as."
    return Turned(400, "HOST_NOT_ALLOWED", text)
