"""A server in the loop of a test, and what bytes of one's own make it say."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import uvicorn.server

from jxc_graphql import serve
from jxc_graphql.app import build_app
from jxc_graphql.kit.settings import Settings
from tests.patience import SECONDS

SPA = "https://spa.example"
"""The origin of pages that may ask."""
TEN_TIMES_AS_OFTEN = SimpleNamespace(**vars(asyncio) | {"sleep": lambda seconds: asyncio.sleep(seconds / 10)})
"""By which uvicorn looks whether it is to stop and whether all have hung up: else each server ends 0.16 s late."""
vars(uvicorn.server)["asyncio"] = TEN_TIMES_AS_OFTEN


@asynccontextmanager
async def listening(**settings: Any) -> AsyncIterator[int]:
    """The port of a server; it has stopped when the block ends."""
    async with listener(**settings) as (port, _):
        yield port


@asynccontextmanager
async def listener(**settings: Any) -> AsyncIterator[tuple[int, uvicorn.Server]]:
    """The same with the server itself."""
    given: dict[str, Any] = {"port": 0, "log_level": "WARNING"}
    chosen = Settings(**given | settings)
    socket = serve.listen(chosen)
    server = uvicorn.Server(uvicorn.Config(build_app(chosen), lifespan="off", **serve.options(chosen)))
    task = asyncio.create_task(server.serve([socket]))
    try:
        yield socket.getsockname()[1], server
    finally:
        server.should_exit = True
        await task


class Wire:
    """A connection over which a test says what it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def to(cls, port: int, address: str = "127.0.0.1") -> "Wire":
        """A new one, from an address of this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0)))

    async def say(self, text: str | bytes) -> None:
        """Sends it, if somebody still takes it."""
        try:
            self._writer.write(text if isinstance(text, bytes) else text.encode())
            await self._writer.drain()
        except ConnectionError:
            pass

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """The status, the headers and the body of the next answer; status 0 where the other end hung up instead."""
        async with asyncio.timeout(SECONDS):
            try:
                head = await self._reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return 0, {}, b""
            first, *lines = head.decode().strip().split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines)
            return int(first.split()[1]), headers, await self._reader.readexactly(int(headers["content-length"]))

    async def code(self) -> tuple[int, str]:
        """The status of the next answer, and the code of its error."""
        status, _, body = await self.answer()
        return status, json.loads(body)["errors"][0]["extensions"]["code"] if status else ""

    async def hear(self, text: str) -> None:
        """Returns when the other end has said it."""
        async with asyncio.timeout(SECONDS):
            await self._reader.readuntil(text.encode())

    async def is_over(self) -> bool:
        """Returns when the other end has hung up, whether it said anything before or not."""
        async with asyncio.timeout(SECONDS):
            try:
                return not await self._reader.read(1)
            except ConnectionError:
                return True

    def close(self) -> None:
        """Hangs up."""
        self._writer.close()
