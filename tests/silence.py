"""A way to a server on which bytes can stop while nobody hangs up, as in a network that has lost its other side."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit


class Way:
    """A proxy on this machine before a server of PostgreSQL; what was held back goes on when it passes again."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = parts.hostname, parts.port
        self._passes = asyncio.Event()
        self._passes.set()
        self._carrying: set[asyncio.Task[None]] = set()
        self._ends: list[asyncio.StreamWriter] = []
        self._listener: asyncio.Server
        self._url = parts

    async def open(self) -> None:
        """Begins to listen."""
        self._listener = await asyncio.start_server(self._meet, "127.0.0.1", 0)

    @property
    def url(self) -> str:
        """The URL of the server, by this way."""
        port = self._listener.sockets[0].getsockname()[1]
        user = self._url.netloc.rpartition("@")[0]
        return self._url._replace(netloc=f"{user}@127.0.0.1:{port}").geturl()

    def fall_silent(self) -> None:
        """Passes nothing on any more, in either direction; connections are still taken."""
        self._passes.clear()

    def speak(self) -> None:
        """Passes on again, first what was held back."""
        self._passes.set()

    async def close(self) -> None:
        """Hangs up everywhere."""
        self._listener.close()
        for task in self._carrying:
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)
        for end in self._ends:
            end.transport.abort()
        await asyncio.sleep(0)

    def _begin(self, carrying: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(carrying)
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.append(writer)
        self._begin(self._lead(reader, writer))

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._passes.wait()
        their_reader, their_writer = await asyncio.open_connection(*self._server)
        self._ends.append(their_writer)
        for source, target in ((reader, their_writer), (their_reader, writer)):
            self._begin(self._carry(source, target))

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                await self._passes.wait()
                target.write(data)
        target.close()


@asynccontextmanager
async def way(url: str) -> AsyncIterator[Way]:
    """A way to a server for the duration of a block."""
    made = Way(url)
    await made.open()
    try:
        yield made
    finally:
        await made.close()
