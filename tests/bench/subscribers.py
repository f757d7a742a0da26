"""Many WebSockets that subscribe to the same and note when each event comes: the load of `fanout`.

Frames are read by hand, so that the client is not what is measured. Reads a JSON line per command from standard input:
`{"fire": n}` fires n events at once and waits until every subscriber has them all. Answers with a JSON line each.
"""

import asyncio
import base64
import json
import os
import resource
import struct
import sys
import time
import urllib.request
from typing import Any

SECONDS = 60
AT_ONCE = 50
"""So many sockets are opened at a time."""


def allow_sockets() -> None:
    """Lets this process open as many files as it may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def ask(port: int, path: str) -> Any:
    """What the server's own routes answer."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=SECONDS) as answer:
        return json.load(answer)


class Subscriber(asyncio.Protocol):
    """One socket; `times` grows with every event."""

    def __init__(self) -> None:
        self.transport: Any = None
        self.buffer = bytearray()
        self.is_open = False
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()
        self.times: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self.buffer += data
        if not self.is_open:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self.is_open, self.buffer = True, bytearray(rest)
            self.heard.put_nowait(b"open")
        while (frame := self._frame()) is not None:
            if b'"next"' in frame:
                assert b'"errors"' not in frame, frame
                self.times.append(now)
            else:
                self.heard.put_nowait(frame)

    def _frame(self) -> bytes | None:
        if len(self.buffer) < 4:
            return None
        length, start = self.buffer[1], 2
        if length == 126:
            (length,), start = struct.unpack_from("!H", self.buffer, 2), 4
        if len(self.buffer) < start + length:
            return None
        frame = bytes(self.buffer[start : start + length])
        del self.buffer[: start + length]
        return frame

    def say(self, message: Any) -> None:
        """Sends a text frame, masked with zeros."""
        text = json.dumps(message).encode()
        size = bytes([0x80 | len(text)]) if len(text) < 126 else b"\xfe" + struct.pack("!H", len(text))
        self.transport.write(b"\x81" + size + b"\0\0\0\0" + text)


async def _open(port: int, token: str, query: str) -> Subscriber:
    _, one = await asyncio.get_running_loop().create_connection(Subscriber, "127.0.0.1", port)
    key = base64.b64encode(os.urandom(16)).decode()
    one.transport.write(
        f"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
    )
    async with asyncio.timeout(SECONDS):
        assert await one.heard.get() == b"open"
        one.say({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}})
        assert b"connection_ack" in await one.heard.get()
        one.say({"type": "subscribe", "id": "1", "payload": {"query": query}})
    return one


async def _fire(port: int, count: int, subscribers: list[Subscriber]) -> dict[str, Any]:
    for one in subscribers:
        one.times.clear()
    before = await asyncio.to_thread(ask, port, "/stats")
    began = time.monotonic()
    commits: list[float] = await asyncio.to_thread(ask, port, f"/fire?events={count}")
    async with asyncio.timeout(SECONDS):
        while any(len(one.times) < count for one in subscribers):
            await asyncio.sleep(0.005)
    after = await asyncio.to_thread(ask, port, "/stats")
    latencies = sorted(came - told for one in subscribers for came, told in zip(one.times, commits, strict=True))
    return {
        "latencies": latencies,
        "cpu": after["cpu"] - before["cpu"],
        "wall": max(one.times[-1] for one in subscribers) - began,
    }


async def main(port: int, tokens: list[str], count: int, query: str) -> None:
    """Opens the sockets, then does as it is told."""
    allow_sockets()
    subscribers: list[Subscriber] = []
    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count))
        subscribers += await asyncio.gather(*(_open(port, tokens[n % len(tokens)], query) for n in numbers))
    await asyncio.sleep(1)
    print(json.dumps({"open": len(subscribers)}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await _fire(port, json.loads(line)["fire"], subscribers)), flush=True)


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1]), sys.argv[2].split(","), int(sys.argv[3]), sys.argv[4]))
