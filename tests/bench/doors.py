"""The door besieged: what others notice of strangers who ask for nothing, and of strangers who guess passwords."""

import asyncio
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jxc_graphql.office.auth import operations as auth
from tests.bench import strangers
from tests.bench.guesses import ADDRESSES, PER_SECOND, sign_in
from tests.bench.stage import at, fresh_databases
from tests.served import served

PASSWORD = "correct horse"
SECONDS, SETTLING_SECONDS = 15.0, 5.0
EVERY_SECONDS = 0.4
SIEGE_SECONDS, PATIENCE_SECONDS = 8.0, 5.0
FEW_FILES = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))"
KINDS = ("known device", "known address", "unknown")


async def _users() -> str:
    await auth.ensure_roles(auth.system_call())
    made = await auth.create_user(auth.system_call(), username="ann", name="Ann", roles=["BUYER"], password=PASSWORD)
    return (await auth.create_api_token(auth.system_call(), user_id=made.user_id, name="bench")).token


async def _ask(port: int, token: str) -> bool:
    """Whether somebody who comes anew, and is signed in, gets his answer in time."""
    body = b'{"query": "{ viewer { user { name } } warehouses(first: 5) { nodes { name } } }"}'
    head = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.2.1", 0))
            writer.write(f"{head}Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            answer = await reader.read()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return answer.startswith(b"HTTP/1.1 200") and b'"errors"' not in answer


def resident(pid: int) -> int:
    """The memory of a process in MB."""
    return int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]) // 1024


async def _others(port: int, token: str, pid: int, seconds: float) -> str:
    """What others notice meanwhile, and how much memory the server takes at most."""
    taken: list[float] = []
    failed, memory, over = 0, 0, time.monotonic() + seconds
    while time.monotonic() < over:
        began = time.monotonic()
        if await _ask(port, token):
            taken.append((time.monotonic() - began) * 1_000)
        else:
            failed += 1
        memory = max(memory, resident(pid))
        await asyncio.sleep(0.05)
    taken.sort()
    middle, last = (taken[len(taken) // 2], taken[int(len(taken) * 0.99)]) if taken else (math.inf, math.inf)
    return f"p50 {middle:6.0f} ms, p99 {last:6.0f} ms of {len(taken):3}, no answer {failed:3}, server {memory:4} MB"


def _besieged(url: str, token: str) -> None:
    """Each siege at a server of its own that may have 1,024 files open."""
    for kind in ("", *strangers.KINDS):
        with (
            tempfile.TemporaryDirectory() as folder,
            served(Path(folder), before=FEW_FILES, JXC_DATABASE_URL=url, JXC_RATE_LIMIT="0") as server,
        ):
            command = [sys.executable, "-m", "tests.bench.strangers", str(server.port), kind, str(SIEGE_SECONDS + 1)]
            siege = subprocess.Popen(command, stdout=subprocess.PIPE, text=True) if kind else None
            time.sleep(1)
            noticed = asyncio.run(_others(server.port, token, server.pid, SIEGE_SECONDS))
            told = siege.communicate(timeout=120)[0].strip() if siege else ""
            print(
                f"  {kind or 'calm':16} {noticed}; told {told or 'nothing'}; load {os.getloadavg()[0]:.0f}", flush=True
            )


async def _enter(port: int, address: str, device: str | None) -> float:
    """The seconds until the right password got in, however often it had to be sent."""
    began = time.monotonic()
    while not (told := await sign_in(port, address, "ann", PASSWORD, device)).get("token"):
        await asyncio.sleep(told["userErrors"][0].get("retryAfterSeconds", 1) if told.get("userErrors") else 0.1)
    return time.monotonic() - began


async def _enter_all(port: int, seconds: float) -> dict[str, list[float]]:
    device = (await sign_in(port, "127.0.2.1", "ann", PASSWORD))["deviceToken"]
    await asyncio.sleep(SETTLING_SECONDS if seconds > SETTLING_SECONDS else 0)
    tasks: dict[str, list[asyncio.Task[float]]] = {kind: [] for kind in KINDS}
    for number in range(int(seconds / EVERY_SECONDS)):
        origins = (f"127.0.4.{number % 250 + 1}", device), ("127.0.2.1", None), (f"127.0.3.{number % 250 + 1}", None)
        for kind, (address, shown) in zip(KINDS, origins, strict=True):
            tasks[kind].append(asyncio.create_task(_enter(port, address, shown)))
        await asyncio.sleep(EVERY_SECONDS)
    return {kind: sorted(await asyncio.gather(*some)) for kind, some in tasks.items()}


def _print(name: str, taken: dict[str, list[float]]) -> None:
    for kind, seconds in taken.items():
        middle, last = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.99)]
        print(f"  {name:28} {kind:14} {len(seconds):3} sign-ins: p50 {middle:.2f} s, p99 {last:.2f} s")


def _measure(url: str) -> None:
    _besieged(url, at(url, _users))
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), JXC_DATABASE_URL=url) as server:
        _print("calm", asyncio.run(_enter_all(server.port, 5.0)))
        for name, username in (("guesses under one name", "ann"), ("guesses under many names", "")):
            command = [sys.executable, "-m", "tests.bench.guesses", str(server.port), username]
            attack = subprocess.Popen([*command, str(SECONDS + SETTLING_SECONDS)], stdout=subprocess.PIPE, text=True)
            _print(name, asyncio.run(_enter_all(server.port, SECONDS)))
            told, _ = attack.communicate(timeout=120)
            print(f"  {'':28} guesses: {json.loads(told)}; load {os.getloadavg()[0]:.0f}")


def doors(only: str | None = None) -> None:
    """What others notice of strangers who ask for nothing, and of 250 guesses a second from 50 addresses."""
    print(f"{PER_SECOND} guesses a second from {ADDRESSES} addresses, one process")
    with fresh_databases(only) as found:
        for name, url in found:
            print(name)
            _measure(url)
