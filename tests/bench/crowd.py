"""What others wait for while one who may only look asks for as much as he is let, over ten connections.

300,000 movements; beside it somebody turns pages, twenty a second. `bombs` prints it. As a program it is the one who
asks, for some seconds, and prints what he was answered: in one process they would wait for each other as clients.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from jxc_graphql.office.auth import operations as auth
from tests.bench import million
from tests.bench.stage import at
from tests.served import served

MOVEMENTS = 300_000
CONNECTIONS = 10
SECONDS, EVERY_SECONDS = 10.0, 0.05
PAUSE_SECONDS = 0.05
"""Between a refusal and the next try; an attack without pause is one of requests, not of questions."""
PATIENCE_SECONDS = 60.0

PAGE = """{ stockMovements(first: 20) { nodes { quantity businessDate sku { code name } warehouse { name } } }
    stockLevels(first: 20) { nodes { onHand available sku { code } } } }"""


def _aliases(count: int, field: str) -> str:
    return "{ " + " ".join(f"a{n}: {field}" for n in range(count)) + " }"


def _movements(arguments: str, wanted: str = "nodes { id }") -> str:
    return f"stockMovements(first: 1, {arguments}) {{ {wanted} }}"


_ANY = "where: {or: [" + ", ".join(f'{{quantity: {{eq: "{n}.5"}}}}' for n in range(98)) + "]}"
_MANY: dict[str, Any] = {"w": {"or": [{"quantity": {"eq": f"{n}.5"}} for n in range(98)]}}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "30 filters of 98 conditions": (
        "query($w: StockMovementWhere) " + _aliases(30, _movements("where: $w")),
        _MANY,
    ),
    "a filter of 98 conditions": (_aliases(1, _movements(_ANY)), {}),
    "10 filtered totals": (
        _aliases(10, _movements('where: {quantity: {gt: "1.5"}}', "totalCount aggregates { sum { quantity } }")),
        {},
    ),
    "10 sorts by an index": (_aliases(10, _movements("orderBy: [{field: QUANTITY, direction: DESC}]")), {}),
    "10 sorts of a warehouse": (
        _aliases(
            10, _movements('where: {warehouse: {code: {eq: "W1"}}}, orderBy: [{field: BUSINESS_DATE, direction: DESC}]')
        ),
        {},
    ),
    "30 totals": (_aliases(30, "stockMovements(first: 1) { totalCount }"), {}),
    "turnover": (
        '{ stockTurnover(groupBy: PRODUCT, begin: "2026-01-01", through: "2026-11-30") { groups { totalCount } } }',
        {},
    ),
    "stock of a past day": ('{ stockValuation(groupBy: PRODUCT, businessDate: "2026-06-30") { onHand } }', {}),
}


async def _shop() -> list[str]:
    await million.set_up(MOVEMENTS)
    return await _users()


async def _users() -> list[str]:
    tokens = []
    for name in ("others", "greedy"):
        user = await auth.create_user(auth.system_call(), username=name, name=name, roles=["VIEWER"])
        tokens.append((await auth.create_api_token(auth.system_call(), user_id=user.user_id, name="bench")).token)
    return tokens


def _client(port: int, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE_SECONDS
    )


async def _turn_pages(port: int, token: str) -> list[float]:
    """Milliseconds of each page; those that are asked for do not wait for the ones before."""
    async with _client(port, token) as client:

        async def page() -> float:
            began = time.perf_counter()
            answer = (await client.post("/graphql", json={"query": PAGE})).json()
            if "errors" in answer:
                assert answer["errors"][0]["extensions"]["code"] == "DEADLINE_EXCEEDED", answer
            return (time.perf_counter() - began) * 1_000

        pages = []
        for _ in range(int(SECONDS / EVERY_SECONDS)):
            pages.append(asyncio.create_task(page()))
            await asyncio.sleep(EVERY_SECONDS)
        return sorted(await asyncio.gather(*pages))


async def _ask(port: int, token: str, body: dict[str, Any], told: Counter[str]) -> None:
    async with _client(port, token) as client:
        while True:
            answer = (await client.post("/graphql", json=body)).json()
            error = answer["errors"][0]["extensions"] if answer.get("errors") else {}
            told[error.get("code", "answered")] += 1
            if error:
                await asyncio.sleep(error.get("retryAfter", PAUSE_SECONDS))


async def ask_for_all(port: int, token: str, kind: str, seconds: float) -> Counter[str]:
    """Asks as often as there is an answer, over all connections; what was answered."""
    told: Counter[str] = Counter()
    query, variables = KINDS[kind]
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            body = {"query": query, "variables": variables}
            await asyncio.gather(*(_ask(port, token, body, told) for _ in range(CONNECTIONS)))
    return told


def _median(pages: list[float]) -> float:
    return pages[len(pages) // 2]


def _last(pages: list[float]) -> float:
    return pages[int(len(pages) * 0.99)]


def crowd(name: str, url: str) -> None:
    """Prints, for each kind of question, how long others wait for a page, beside the same server when it is calm."""
    others, greedy = at(url, _shop)
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder, served(Path(folder), JXC_DATABASE_URL=url) as server:
            asyncio.run(_turn_pages(server.port, others))
            calm = asyncio.run(_turn_pages(server.port, others))
            command = [sys.executable, "-m", "tests.bench.crowd", str(server.port), greedy, kind, str(SECONDS + 2)]
            asking = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            time.sleep(1)
            pages = asyncio.run(_turn_pages(server.port, others))
            told = asking.communicate(timeout=2 * PATIENCE_SECONDS)[0].strip()
        medians = f"p50 {_median(pages):6.1f} ms (calm {_median(calm):6.1f})"
        last = f"p99 {_last(pages):7.1f} ms (calm {_last(calm):6.1f}, × {_last(pages) / _last(calm):.1f})"
        print(f"  {name:9} {kind:28} others' page {medians}, {last} greedy: {told}", flush=True)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(ask_for_all(int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])))))
