"""Bombs: what our server does with each, and what Strawberry's own limiters do with the same documents."""

import asyncio
import gc
import json
import logging
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import msgspec
from graphql import get_introspection_query
from starlette.types import ASGIApp
from strawberry.extensions import (
    MaxAliasesLimiter,
    MaxTokensLimiter,
    ParserCache,
    QueryDepthLimiter,
    ValidationCache,
)

from jxc_graphql import schema
from jxc_graphql.app import build_app
from jxc_graphql.gql.run import limits
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth import operations as auth
from tests.bench.crowd import crowd
from tests.bench.stage import at, fresh_databases, set_up
from tests.gql.bombs import DOCUMENTS, HEAVY, refusal, requests, respond

ROUNDS = 3
PATIENCE_SECONDS = 5
"""How long, by the processor, a bomb may keep Strawberry busy before we pull it out."""


class Blast(msgspec.Struct, frozen=True):
    """What one bomb did."""

    name: str
    refused: str
    """The code of the refusal; empty where there was none."""
    cpu: float
    """Milliseconds of the processor, best of some rounds."""
    stall: float
    """Milliseconds in which the event loop did nothing else, best of some rounds."""


async def _set_off(app: ASGIApp, token: str) -> list[Blast]:
    """Every bomb, one after the other."""
    codes: dict[str, str] = {}
    cpu: dict[str, float] = {}
    stall: dict[str, float] = {}
    gc.collect()
    for round_ in range(2 * ROUNDS):
        for name, body in requests(round_).items():
            taken = cpu if round_ % 2 else stall
            async with _clock(stall=round_ % 2 == 0) as milliseconds:
                _, answer = await respond(app, body, token)
            taken[name] = min(taken.get(name, 1e9), milliseconds())
            codes[name] = refusal(answer)
    return [Blast(name, codes[name], cpu[name], stall[name]) for name in codes]


@asynccontextmanager
async def _clock(*, stall: bool) -> AsyncIterator[Callable[[], float]]:
    """Milliseconds of the processor meanwhile, or the longest time in which nothing else was done."""
    if not stall:
        began = time.process_time()
        yield lambda: (time.process_time() - began) * 1_000
        return
    longest = 0.0

    async def look() -> None:
        nonlocal longest
        seen = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            longest, seen = max(longest, time.perf_counter() - seen), time.perf_counter()

    looking = asyncio.create_task(look())
    await asyncio.sleep(0)
    yield lambda: longest * 1_000
    await asyncio.sleep(0)
    looking.cancel()


async def _ours(name: str) -> None:
    stage = await set_up(1, "1")
    token = (await auth.create_api_token(auth.system_call(), user_id=stage.actor_id, name="bench")).token
    blasts = await _set_off(build_app(Settings(introspection=True, rate_limit=0)), token)
    slowest = max(blasts, key=lambda blast: blast.cpu)
    stalling = max(blasts, key=lambda blast: blast.stall)
    print(f"{name}: {sum(1 for blast in blasts if blast.refused)} of {len(blasts)} bombs refused")
    print(f"  slowest {slowest.cpu:.1f} ms of the processor ({slowest.name})")
    print(f"  longest stall of the event loop {stalling.stall:.1f} ms ({stalling.name})")


def _best(work: Callable[[int], object]) -> float:
    taken = []
    gc.collect()
    for round_ in range(ROUNDS):
        began = time.process_time()
        work(round_)
        taken.append(time.process_time() - began)
    return min(taken) * 1_000


async def _accepted(_: str) -> None:
    executor = schema.executor(introspection=True)
    checked = {name: _best(lambda n, text=text: executor.prepare(f"{text} # {n}")) for name, text in HEAVY.items()}  # type: ignore[misc]
    slowest = max(checked, key=lambda name: checked[name])
    print(f"Heaviest document that is accepted: checked in {checked[slowest]:.1f} ms ({slowest})")
    introspection = executor.prepare(get_introspection_query())
    for time_ in ("first", "second"):
        began = time.perf_counter()
        await executor.run(introspection, None, Call())
        print(f"Introspection, {time_} time: {(time.perf_counter() - began) * 1_000:.2f} ms")


def _stop(*_: object) -> None:
    raise TimeoutError


def _stock() -> None:
    stock: Any = schema.schema()._strawberry  # noqa: SLF001  (the same types, behind Strawberry's own limiters)
    stock.extensions = [
        QueryDepthLimiter(max_depth=limits.DEPTH),
        MaxAliasesLimiter(max_alias_count=limits.ALIASES),
        MaxTokensLimiter(max_token_count=limits.TOKENS),
        ParserCache(),
        ValidationCache(),
    ]
    logging.getLogger("strawberry.execution").disabled = True
    signal.signal(signal.SIGPROF, _stop)
    taken: dict[str, float] = {}
    passed, failed = [], []
    for name, text in DOCUMENTS.items():
        signal.setitimer(signal.ITIMER_PROF, PATIENCE_SECONDS)
        began = time.process_time()
        try:
            answer = asyncio.run(stock.execute(text))
            if not answer.errors or any(error.path for error in answer.errors):
                passed.append(name)
        except Exception as error:  # noqa: BLE001  (whatever it is, a server answers 500)
            failed.append(f"{name} ({type(error).__name__})")
        signal.setitimer(signal.ITIMER_PROF, 0)
        taken[name] = (time.process_time() - began) * 1_000
    slow = [name for name, each in taken.items() if each >= PATIENCE_SECONDS * 900]
    refused = len(DOCUMENTS) - len({*passed, *slow}) - len(failed)
    print(f"Strawberry: {refused} of {len(DOCUMENTS)} documents refused; slowest {max(taken.values()):,.0f} ms")
    for what, names in (
        ("let through", passed),
        (f"stopped by us after {PATIENCE_SECONDS} s", slow),
        ("failed", failed),
        ("over 50 ms", [f"{name} {each:.0f} ms" for name, each in taken.items() if each > 50]),
    ):
        print(f"  {len(names)} {what}: {json.dumps(names)}")


def bombs(only: str | None = None) -> None:
    """Bombs refused, the slowest of them, the longest stall, how long others wait; beside it Strawberry's limiters."""
    with fresh_databases(only) as found:
        for name, url in found:
            crowd(name, url)
    with fresh_databases(only) as found:
        for name, url in found:
            at(url, partial(_ours, name))
        at(found[0][1], partial(_accepted, found[0][0]))
    _stock()
