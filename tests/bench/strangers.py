"""What strangers do at a door without signing in, and what others notice of it.

As a program: does one of these things at a port for some seconds, and prints what it was answered.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count

HOST = "Host: localhost\r\n"
POST = f"POST /graphql HTTP/1.1\r\n{HOST}Content-Type: application/json\r\n"
UPGRADE = (
    f"GET /graphql HTTP/1.1\r\n{HOST}Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    f"Sec-WebSocket-Key: {'A' * 22}==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
).encode()
UNUSED = b'{"query": "{ __typename }", "unused": [' + b"{}," * 85_000 + b"{}]}"
INIT = b'{"type": "connection_init"}'
LIMIT = 2**20

Open = tuple[asyncio.StreamReader, asyncio.StreamWriter]
told: Counter[str] = Counter()
"""What was answered: statuses, or that somebody hung up."""


async def opened(port: int, number: int, addresses: int) -> Open:
    """A connection from one of so many addresses."""
    address = f"127.0.1.{number % addresses + 1}"
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0), limit=LIMIT)


async def hear(reader: asyncio.StreamReader) -> None:
    """Counts what comes until the other end hangs up."""
    with suppress(OSError, ValueError):
        while line := await reader.readline():
            if line.startswith(b"HTTP/1.1 "):
                told[line.split()[1].decode()] += 1
    told["hung up"] += 1


async def idle(port: int, number: int) -> None:
    """1,500 connections of one address that say nothing, each opened again when it was ended."""
    reader, _ = await opened(port, number, 1)
    await hear(reader)


async def idle_everywhere(port: int, number: int) -> None:
    """The same from 100 addresses."""
    reader, _ = await opened(port, number, 100)
    await hear(reader)


async def drip(port: int, number: int) -> None:
    """300 heads, a byte a second."""
    reader, writer = await opened(port, number, 10)
    hearing = asyncio.create_task(hear(reader))
    writer.write(f"GET / HTTP/1.1\r\n{HOST}A: ".encode())
    while not hearing.done():
        writer.write(b"x")
        await asyncio.wait([hearing], timeout=1)


async def endless_head(port: int, number: int) -> None:
    """40 heads of one header without an end."""
    reader, writer = await opened(port, number, 10)
    hearing = asyncio.create_task(hear(reader))
    writer.write(f"GET / HTTP/1.1\r\n{HOST}A: ".encode())
    while not hearing.done():
        writer.write(b"x" * 65_536)
        await writer.drain()
        await asyncio.sleep(0.05)


async def unused_members(port: int, number: int) -> None:
    """Eight connections that post 255 KB of JSON that nobody uses, one after the other."""
    reader, writer = await opened(port, number, 8)
    while True:
        writer.write(f"{POST}Content-Length: {len(UNUSED)}\r\n\r\n".encode() + UNUSED)
        head = await reader.readuntil(b"\r\n\r\n")
        told[head.split()[1].decode()] += 1
        await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))


async def ahead(port: int, number: int) -> None:
    """20 connections that send 20,000 requests at once and read no answer."""
    reader, writer = await opened(port, number, 10)
    writer.write(f"GET /healthz HTTP/1.1\r\n{HOST}\r\n".encode() * 20_000)
    await writer.drain()
    await asyncio.sleep(1)
    await hear(reader)


async def uninitialised(port: int, number: int) -> None:
    """600 sockets that never say who they are."""
    reader, writer = await opened(port, number, 10)
    writer.write(UPGRADE)
    await hear(reader)


async def fragments(port: int, number: int) -> None:
    """Eight sockets that send a message of empty fragments."""
    reader, writer = await opened(port, number, 8)
    writer.write(UPGRADE)
    await reader.readuntil(b"\r\n\r\n")
    writer.write(bytes((0x81, 0x80 | len(INIT))) + bytes(4) + INIT + b"\x01\x80" + bytes(4))
    hearing = asyncio.create_task(hear(reader))
    while not hearing.done():
        writer.write((b"\x00\x80" + bytes(4)) * 10_000)
        await writer.drain()
        await asyncio.sleep(0.05)


KINDS: dict[str, tuple[Callable[[int, int], Awaitable[None]], int]] = {
    "idle": (idle, 1_500),
    "idle everywhere": (idle_everywhere, 1_500),
    "dripping heads": (drip, 300),
    "endless heads": (endless_head, 40),
    "unused JSON": (unused_members, 8),
    "sent ahead": (ahead, 20),
    "no init": (uninitialised, 600),
    "fragments": (fragments, 8),
}


async def besiege(port: int, kind: str, seconds: float) -> Counter[str]:
    """Does it, again and again, until the time is over."""
    act, at_once = KINDS[kind]
    numbers, over = count(), time.monotonic() + seconds

    async def one() -> None:
        while time.monotonic() < over:
            try:
                await act(port, next(numbers))
            except (OSError, EOFError, ValueError):
                told["broken off"] += 1
            await asyncio.sleep(1)

    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(one() for _ in range(at_once)))
    return told


if __name__ == "__main__":
    print(json.dumps(asyncio.run(besiege(int(sys.argv[1]), sys.argv[2], float(sys.argv[3])))))
