"""Keep-alive connections that send one request over and over: the load of the HTTP figures, in a process of its own."""

import asyncio
import sys
import time

CONNECTIONS, WARM_UP_SECONDS, SECONDS = 8, 1.0, 4.0


async def _one(port: int, request: bytes, counts: list[int], until: float, counted_from: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.monotonic() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        if time.monotonic() > counted_from:
            counts[0] += 1
    writer.close()


async def rate(port: int, request: bytes) -> float:
    """Requests per second."""
    began = time.monotonic()
    counts = [0]
    until = began + WARM_UP_SECONDS + SECONDS
    await asyncio.gather(*(_one(port, request, counts, until, began + WARM_UP_SECONDS) for _ in range(CONNECTIONS)))
    return counts[0] / SECONDS


if __name__ == "__main__":
    print(asyncio.run(rate(int(sys.argv[1]), sys.stdin.buffer.read())))
