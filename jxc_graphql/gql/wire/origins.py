"""Pages that may use the API: our own, and those of the origins that the settings name.

What they may send with a request is not limited: we read no header that we do not know, and none of a browser's own.
Whoever is refused is told the setting, since a developer sees the answer where his page sees nothing.
"""

import re
from collections.abc import Collection

from graphql.language import OperationType
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp

from jxc_graphql.gql.run.translated import translated
from jxc_graphql.gql.wire.places import is_passed_on
from jxc_graphql.gql.wire.request import BadRequest
from jxc_graphql.kit.addresses import ANY_PORT, DEFAULT_PORTS
from jxc_graphql.kit.messages import choose_locale
from jxc_graphql.kit.settings import Settings

KEPT_SECONDS = 86_400
"""How long a browser need not ask again whether a page may ask."""
ANY = "*"
LOCAL = ("http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*")
_PORT = re.compile(r":\d+$")


class Origins:
    """The origins whose pages are admitted."""

    def __init__(self, named: Collection[str]) -> None:
        """As the settings have them: each in its one spelling, `*` for all, `:*` for any port of a host."""
        self.any = ANY in named
        self._named = frozenset(named)

    @classmethod
    def of(cls, settings: Settings) -> "Origins":
        """Those of an installation."""
        return cls([*settings.cors_origins, *(LOCAL if settings.local_pages else ())])

    def names(self, origin: str) -> bool:
        """Whether the settings name it."""
        return self.any or origin in self._named or _PORT.sub("", origin) + ANY_PORT in self._named

    def admit(self, connection: HTTPConnection) -> bool:
        """Whether the page that sent this may: no page at all, ours, or a named one."""
        origin = connection.headers.get("origin")
        return origin is None or _is_ours(origin, connection) or self.names(origin)

    def check(self, kind: OperationType, connection: HTTPConnection) -> None:
        """Raises `BadRequest` for a mutation sent by a page that may not."""
        if kind is OperationType.MUTATION and not self.admit(connection):
            raise refused(connection.headers["origin"])


class Cors(CORSMiddleware):
    """Tells browsers which pages may read our answers."""

    def __init__(self, app: ASGIApp, origins: Origins) -> None:
        super().__init__(
            app,
            allow_origins=(ANY,) if origins.any else (),
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=[ANY],
            allow_private_network=True,
            expose_headers=["x-request-id", "retry-after"],
            max_age=KEPT_SECONDS,
        )
        self._origins = origins

    def is_allowed_origin(self, origin: str) -> bool:
        """Whether its pages may read answers."""
        return self._origins.names(origin)

    def preflight_response(self, request_headers: Headers) -> Response:
        """What a browser is told before it asks for a page."""
        origin = request_headers["origin"]
        if self.is_allowed_origin(origin):
            return super().preflight_response(request_headers)
        refusal = refused(origin)
        told = translated(refusal.result, choose_locale(request_headers.get("accept-language", "")))
        return Response(told.encode(""), refusal.status, {"vary": "Origin, Accept-Language"}, "application/json")


def refused(origin: str) -> BadRequest:
    """Why pages of an origin are not admitted, and what to do."""
    text = f"Pages of {origin} may not use this API; the setting JXC_CORS_ORIGINS names the origins that may."
    return BadRequest(403, "ORIGIN_NOT_ALLOWED", text)


def _is_ours(origin: str, connection: HTTPConnection) -> bool:
    """Whether the page came from here; by what its browser says, or by the name that was asked.

    A browser says so on its own and no page can, but only over TLS and at home. Of the name a proxy may have added the
    port of its scheme, or dropped any.
    """
    if connection.headers.get("sec-fetch-site") == "same-origin":
        return True
    scheme, _, asked = origin.partition("://")
    host = connection.headers.get("host", "").lower().removesuffix(f":{DEFAULT_PORTS.get(scheme)}")
    return bool(host) and (host == asked or (is_passed_on(connection.scope) and host == _PORT.sub("", asked)))
