"""The servers that a URL of PostgreSQL names, as the driver reads it, and why none of them can be had.

The URL is libpq's: several hosts, `sslmode` and what belongs to it, `target_session_attrs`, `application_name`,
`options`, `connect_timeout`; what it leaves open the driver takes from libpq's variables (`PGSSLMODE`, …) and defaults.
"""

import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import asyncpg
from asyncpg import connect_utils

from jxc_graphql.kit.db.failures import lost
from jxc_graphql.kit.db.way import KEEPS_NO_SESSION

CONNECT_SECONDS = 5.0
"""How long one of the servers may take to let us in, unless the URL says it as `connect_timeout`."""
_ALIVE = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 60_000}
"""After so many seconds without a word the system asks, so often, so many times; what was sent is acknowledged in so
many milliseconds."""
_EXAMPLE = "postgres://user:password@host:port/name?sslmode=require"
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
_ROLES = ("any", "primary", "standby", "prefer-standby", "read-write", "read-only")
_LEFT_OPEN = dict.fromkeys(
    (
        *("host", "port", "user", "password", "passfile", "database", "ssl", "service", "servicefile", "direct_tls"),
        *("server_settings", "target_session_attrs", "krbsrvname", "gsslib"),
    )
)
_OURS = {"connect_timeout", "channel_binding"}
"""What libpq knows and the driver takes for a setting of the server."""


_TOLD: tuple[tuple[type[BaseException], Callable[[Any], str]], ...] = (
    (asyncpg.TargetServerAttributeNotMatched, lambda _: "it may only be read, or is not what the URL asks for"),
    (asyncpg.DuplicatePreparedStatementError, lambda _: KEEPS_NO_SESSION),
    (asyncpg.InvalidSQLStatementNameError, lambda _: KEEPS_NO_SESSION),
    (asyncpg.PostgresError, lambda error: str(error).splitlines()[0]),
    (ssl.SSLCertVerificationError, lambda error: f"its certificate is not trusted: {error.verify_message}"),
    (ssl.SSLError, lambda error: f"TLS failed: {(error.reason or 'without a reason').replace('_', ' ').lower()}"),
    (socket.gaierror, lambda _: "nobody knows this name"),
    (TimeoutError, lambda _: "no answer"),
    (ConnectionRefusedError, lambda _: "connection refused"),
    (ConnectionError, lambda error: "it does not speak TLS" if "SSL upgrade" in str(error) else "it hung up"),
)


class UrlUnreadable(ValueError):
    """A URL that names no server, or says of it what cannot be kept; the text says what is wrong."""


class Unreachable(OSError):
    """None of the servers that a URL names lets us in; the text says of each why."""


class Servers:
    """The servers that a URL names; every connection is to the first one that lets us in, and may be written to."""

    def __init__(self, url: str, role: str | None = None) -> None:
        """`role`: what each of them must be unless the URL says it; one of several, read-write."""
        head, _, query = url.partition("?")
        said = dict(parse_qsl(query, keep_blank_values=True))
        theirs = "&".join(one for one in query.split("&") if one.partition("=")[0] not in _OURS)
        self._url = f"{head}?{theirs}" if theirs else head
        self.patience = _patience_of(said)
        if said.get("channel_binding") == "require":
            raise UrlUnreadable("channel_binding=require cannot be kept: the driver has no channel binding")
        try:
            self._addresses, _ = connect_utils._parse_connect_dsn_and_args(dsn=self._url, **_LEFT_OPEN)  # noqa: SLF001
        except Exception as error:
            raise UrlUnreadable(_wrong_with(said, error)) from error
        usual = role or ("read-write" if len(self._addresses) > 1 else None)
        self._role = None if "target_session_attrs" in said else usual
        self.name = ", ".join(map(_shown, self._addresses))
        """As it may be shown."""

    async def connect(self, **options: Any) -> Any:
        """A connection; raises `Unreachable`, or what a server said that did answer."""
        failures: list[tuple[str, Exception]] = []
        for address in tuple(self._addresses):
            try:
                opened = await self._connect_to(address, options)
            except Exception as error:
                if not isinstance(error, OSError | asyncpg.TargetServerAttributeNotMatched) and not lost(error):
                    raise
                failures.append((_shown(address), error))
            else:
                if self._addresses[0] != address:  # the next one need not wait for those that were not there
                    self._addresses.remove(address)
                    self._addresses.insert(0, address)
                return opened
        quick = next((error for _, error in failures if lost(error) and not isinstance(error, TimeoutError)), None)
        told = "; ".join(f"{name}: {reason(error)}" for name, error in failures)
        raise Unreachable(told) from quick or failures[-1][1]

    async def _connect_to(self, address: Any, options: dict[str, Any]) -> Any:
        host, port = address if isinstance(address, tuple) else (address, None)
        opened = await asyncpg.connect(
            self._url, host=host, port=port, target_session_attrs=self._role, timeout=self.patience, **options
        )
        try:
            _keep_alive(opened)
        except OSError:  # it has been closed since
            opened.terminate()
            raise
        return opened


def reason(error: BaseException) -> str:
    """Why there is no connection, in the words of the server where it spoke, else in ours."""
    if isinstance(error, UrlUnreadable | Unreachable):
        return str(error)
    tell = next((tell for kind, tell in _TOLD if isinstance(error, kind)), None)
    if tell is not None:
        return tell(error)
    if error.__cause__ is not None:
        return reason(error.__cause__)
    text = error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)
    return "it hung up" if lost(error) else text


def _keep_alive(opened: Any) -> None:
    """Has the system find out within a minute that the other side is gone, also where nobody waits for an answer."""
    connected: socket.socket | None = opened._transport.get_extra_info("socket")  # noqa: SLF001  (the driver shows none)
    if connected is None or connected.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _ALIVE.items():
        if hasattr(socket, name):
            connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _patience_of(said: dict[str, str]) -> float:
    text = said.get("connect_timeout", "")
    if text and not text.isdecimal():
        raise UrlUnreadable("connect_timeout is no number of seconds")
    return float(text or 0) or CONNECT_SECONDS


def _shown(address: Any) -> str:
    return address if isinstance(address, str) else f"{address[0]}:{address[1]}"


def _wrong_with(said: dict[str, str], error: Exception) -> str:
    """What the driver could not read, or keep."""
    for name in _FILES:
        if name in said and not Path(said[name]).is_file():
            return f"{name}: there is no file {said[name]}"
    if isinstance(error, ssl.SSLError):
        return f"{', '.join(name for name in _FILES if name in said)}: this is no certificate or key, or not its own"
    if said.get("target_session_attrs", "any") not in _ROLES:
        return f"target_session_attrs is none of {', '.join(_ROLES)}"
    if isinstance(error, asyncpg.ClientConfigurationError):
        return str(error).splitlines()[0].replace("`", "")
    return f"it is no URL such as {_EXAMPLE}"
