"""Keep-alive connections that send one request over and over: the load of the HTTP figures, in a process of its own."""

import asyncio
import json
import statistics
import sys
import time

WARM_UP_SECONDS, SECONDS = 1.0, 4.0


class Kept:
    """One connection to a server at this machine, kept alive."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def opened(cls, port: int) -> "Kept":
        """A new one."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        return await self._reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))

    def close(self) -> None:
        """Hangs up."""
        self._writer.close()


def request_of(token: str, query: str, variables: object = None) -> bytes:
    """A request, as it is sent."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    return (
        b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s" % (token.encode(), len(body), body)
    )


async def _one(port: int, request: bytes, taken: list[float], until: float, counted_from: float) -> None:
    connection = await Kept.opened(port)
    while (began := time.monotonic()) < until:
        await connection.ask(request)
        if time.monotonic() > counted_from:
            taken.append(time.monotonic() - began)
    connection.close()


async def measured(port: int, connections: int, request: bytes) -> tuple[float, float, float]:
    """Requests per second, and the milliseconds of the median one and of one in a hundred."""
    counted_from = time.monotonic() + WARM_UP_SECONDS
    taken: list[float] = []
    until = counted_from + SECONDS
    await asyncio.gather(*(_one(port, request, taken, until, counted_from) for _ in range(connections)))
    taken.sort()
    return len(taken) / SECONDS, statistics.median(taken) * 1_000, taken[int(len(taken) * 0.99)] * 1_000


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measured(int(sys.argv[1]), int(sys.argv[2]), sys.stdin.buffer.read()))))
