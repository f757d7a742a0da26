"""Sign-ins while strangers guess passwords: how long whoever has the right one waits at the door."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jxc_graphql.office.auth import operations as auth
from tests.bench.guesses import ADDRESSES, PER_SECOND, sign_in
from tests.bench.stage import at, fresh_databases
from tests.served import served

PASSWORD = "correct horse"
SECONDS, SETTLING_SECONDS = 20.0, 5.0
EVERY_SECONDS = 0.4
KINDS = ("known device", "known address", "unknown")


async def _users() -> None:
    await auth.ensure_roles(auth.system_call())
    await auth.create_user(auth.system_call(), username="ann", name="Ann", roles=["BUYER"], password=PASSWORD)


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
    at(url, _users)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), JXC_DATABASE_URL=url) as server:
        _print("calm", asyncio.run(_enter_all(server.port, 5.0)))
        for name, username in (("guesses under one name", "ann"), ("guesses under many names", "")):
            command = [sys.executable, "-m", "tests.bench.guesses", str(server.port), username]
            attack = subprocess.Popen([*command, str(SECONDS + SETTLING_SECONDS)], stdout=subprocess.PIPE, text=True)
            _print(name, asyncio.run(_enter_all(server.port, SECONDS)))
            told, _ = attack.communicate(timeout=120)
            print(f"  {'':28} guesses: {json.loads(told)}")


def doors(only: str | None = None) -> None:
    """Real sign-ins while 250 guesses a second come from 50 addresses, under one name and under many."""
    print(f"{PER_SECOND} guesses a second from {ADDRESSES} addresses, one process")
    with fresh_databases(only) as found:
        for name, url in found:
            print(name)
            _measure(url)
