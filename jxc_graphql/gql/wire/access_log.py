"""The access log: a line of JSON for each answer over HTTP and for each operation, told together by their request.

No token stands there, no variable, no text of an operation and no query of a URL; of an address as much as is wanted.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jxc_graphql.kit import addresses, clock
from jxc_graphql.kit.settings import Settings, SettingsError

STANDARD_OUTPUT = Path("-")
PATH = 100
"""As much of a path as is written."""


class AccessLog:
    """A file that lines are added to, or standard output; processes share it, each writes whole lines."""

    def __init__(self, path: Path, addresses_as: str) -> None:
        self._addresses = addresses_as
        try:
            self._file = (
                sys.stdout.fileno()
                if path == STANDARD_OUTPUT
                else os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            )
        except OSError as error:
            raise SettingsError(f"access_log: {path}: {error.strerror}") from None

    def write(self, *, address: str, seconds: float, **told: Any) -> None:
        """Adds a line."""
        shown = {"NONE": "", "PREFIX": addresses.coarse(address), "WHOLE": address}[self._addresses]
        line = {"at": clock.now(), **told, "milliseconds": round(seconds * 1_000, 1), "address": shown}
        text = msgspec.json.encode({key: one for key, one in line.items() if one not in {None, ""}})
        os.write(self._file, text + b"\n")


def opened(settings: Settings) -> AccessLog | None:
    """The log of an installation, if it has one."""
    return AccessLog(settings.access_log, settings.access_log_addresses) if settings.access_log else None


class Logged:
    """Writes down every answer over HTTP when it has been given, and every socket when it is over.

    Who asks is known by then, whatever stands below has found out of him (`Doorway`), whom it turned away as well.
    """

    def __init__(self, app: ASGIApp, log: AccessLog) -> None:
        self._app, self._log = app, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes it on, and writes down what came of it."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        began, status, size = time.monotonic(), 0, 0

        async def sent(message: Message) -> None:
            nonlocal status, size
            if message["type"].endswith("http.response.start"):  # of a socket that is not opened as well
                status = message["status"]
            size += len(message.get("body", b"")) or len(message.get("text") or "")
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            self._log.write(
                event=scope["type"], method=scope.get("method"), path=scope["path"][:PATH], status=status or None,
                size=size, request_id=scope.get("state", {}).get("request_id"),
                address=(scope.get("client") or ("",))[0], seconds=time.monotonic() - began,
            )  # fmt: skip
