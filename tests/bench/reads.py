"""Reading, side by side in one run: our engine, that of v0.1.0, the usual way, DataLoaders, and SQL written by hand."""

import gc
import json
import socket
import statistics
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.asgi import GraphQL

from jxc_graphql import schema
from jxc_graphql.app import build_app
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.queries import call_of_token
from tests.bench import contenders, floor, load
from tests.bench.builds import Server, run, standing, tree_of
from tests.bench.contenders import PAGE, SMALL
from tests.bench.shop import fill
from tests.bench.stage import at, connected, fresh_databases, set_up
from tests.databases import ROOT

ORDERS, LINES = 2_000, 5
BLOCKS, BLOCK = 6, 8
ROUNDS = 3
V0_1_0 = "18d543d"
PREPARE = """
async def prepare():
    return (await reads.prepare())[0]
"""
ENCODED = dict[str, Callable[[], Awaitable[bytes]]]


async def prepare() -> tuple[str, Call]:
    """A full shop, and the token and call of somebody who may see all of it."""
    stage = await set_up(1_000, "1")
    await fill(stage, ORDERS, LINES)
    token = (await auth.create_api_token(auth.system_call(), user_id=stage.actor_id, name="bench")).token
    return token, await call_of_token(token, locale="en", request_id="bench")


def through_us(query: str, call: Call) -> Callable[[], Awaitable[bytes]]:
    """Our whole way of answering but the transport: prepare (cached), run, encode."""
    executor = schema.executor(introspection=True)

    async def answer() -> bytes:
        result = await executor.run(executor.prepare(query, None), None, call)
        return result.encode("bench")

    return answer


async def _median(blocks: int, answers: ENCODED) -> dict[str, float]:
    """Milliseconds of each, in blocks that take turns; the first two of a block warm up and do not count."""
    taken: dict[str, list[float]] = {name: [] for name in answers}
    for _ in range(blocks):
        for name, answer in answers.items():
            gc.collect()  # nobody pays for sweeping up after another
            for n in range(BLOCK):
                began = time.perf_counter()
                await answer()
                if n > 1:
                    taken[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(values) for name, values in taken.items()}


def _equal(one: bytes, other: bytes) -> None:
    assert json.loads(one)["data"] == json.loads(other)["data"], (one[:500], other[:500])


async def _in_process(name: str, call: Call) -> None:
    page: ENCODED = {
        "us": through_us(PAGE, call),
        "by hand": lambda: contenders.encoded(contenders.at_once_by_hand(global_id)),
        "usual": lambda: contenders.encoded(contenders.usual(PAGE)),
        "loaders": lambda: contenders.encoded(contenders.loaders(PAGE)),
    }
    _equal(await page["us"](), await page["by hand"]())
    found = await _median(BLOCKS, page)
    _print(name, "100 orders × 5 lines", found, ("by hand", "usual", "loaders"))
    small: ENCODED = {
        "us": through_us(SMALL, call),
        "usual": lambda: contenders.encoded(contenders.usual(SMALL)),
    }
    _print(name, "small query", await _median(BLOCKS * 8, small), ("usual",))
    for title, query in MORE.items():
        await _alone(name, title, query, call)


SKUS = "{{ p0: skus(first: 100) {columns} {pages} }}".format(
    columns="{ nodes { id code name unit isActive } }",
    pages=" ".join(
        f'p{n}: skus(first: 100, where: {{code: {{startsWith: "S{n}"}}}}) {{ nodes {{ id code name unit isActive }} }}'
        for n in range(1, 10)
    ),
)
MORE = {
    "one object, two edges": """{ purchaseOrders(first: 1) { nodes {
        id number supplier { name } warehouse { name } } } }""",
    "page of 20, count, filter": """{ purchaseOrders(first: 20, where: {status: {eq: APPROVED}},
        orderBy: [{field: NUMBER, direction: DESC}]) { totalCount nodes { id number status total } } }""",
    "1,000 rows × 5 columns": SKUS,
}


async def _alone(name: str, title: str, query: str, call: Call) -> None:
    answer = through_us(query, call)
    assert b'"errors"' not in await answer(), await answer()
    found = await _median(BLOCKS * 4, {"us": answer})
    _print(name, title, found, ())


def _print(database: str, title: str, found: dict[str, float], others: tuple[str, ...]) -> None:
    ratios = ", ".join(f"{other} {found[other]:.2f} ms (× {found[other] / found['us']:.2f})" for other in others)
    print(f"{database}: {title}: us {found['us']:.2f} ms{', ' if others else ''}{ratios}")


def served(kind: str, url: str, port: int) -> None:
    """Runs one contender's server until it is terminated."""
    if kind == "us":
        app: Any = build_app(Settings(database_url=url, log_level="WARNING", rate_limit=0))
    elif kind == "floor":
        app = floor.application(url)
    else:
        app = Starlette(routes=[Route("/graphql", _by_hand, methods=["POST"])])
        if kind == "usual":
            app = _Usual(contenders.plain_schema)
        app = _Connected(app, url)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


class _Usual(GraphQL[Any, Any]):
    async def get_context(self, *_: Any, **__: Any) -> Any:
        return {"loaders": None}


class _Connected:
    """Connects the process before it answers."""

    def __init__(self, app: Any, url: str) -> None:
        self._app, self._url, self._stack = app, url, None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        async with connected(self._url):
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def _by_hand(_: Request) -> Response:
    return Response(await contenders.encoded(contenders.at_once_by_hand(global_id)), media_type="application/json")


def _over_http(name: str, before: Path) -> None:
    with standing(ROOT, name, PREPARE, ("us", "by hand", "usual")) as here, standing(before, name, PREPARE) as there:
        servers = {"us": here[0], "v0.1.0": there[0], "by hand": here[1], "usual": here[2]}
        for connections in (1, 8, 32):
            _side_by_side(name, connections, servers)


def _side_by_side(name: str, connections: int, servers: dict[str, Server]) -> None:
    """Prints the medians of rounds in which they take turns, with the lowest and the highest."""
    found = [{kind: _asked(server, connections) for kind, server in servers.items()} for _ in range(ROUNDS)]
    print(f"{name}: over HTTP, connections: {connections}:")
    for kind, server in servers.items():
        rates, medians, lasts, ours, others = zip(*(one[kind] for one in found), strict=True)
        shares = sorted(one["us"][0] / one[kind][0] for one in found)
        print(
            f"  {kind:8} {statistics.median(rates):6.0f}/s (us × {statistics.median(shares):.2f}"
            f" [{shares[0]:.2f}–{shares[-1]:.2f}]), p50 {statistics.median(medians):6.1f} ms,"
            f" p99 {statistics.median(lasts):6.1f} ms, CPU {statistics.median(ours):.2f} ms"
            f" + {statistics.median(others):.2f} ms of the database's server, {server.megabytes():.0f} MB"
        )


def _asked(server: Server, connections: int) -> tuple[float, ...]:
    before = server.seconds()
    request = load.request_of(server.told, PAGE).decode()
    rate, median, last = run("tests.bench.load", server, connections, given=request)
    answers = rate * (load.SECONDS + load.WARM_UP_SECONDS)
    ours, others = ((after - start) * 1_000 / answers for after, start in zip(server.seconds(), before, strict=True))
    return rate, median, last, ours, others


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for(port: int) -> None:
    """Returns when a server answers."""
    for _ in range(150):
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(port)


def reads(only: str | None = None) -> None:
    """Speed of reading: medians in process, requests per second over HTTP, and the ratios to the other ways."""
    with fresh_databases(only) as found, tree_of(V0_1_0) as before:
        for name, url in found:
            call = at(url, prepare)[1]
            at(url, partial(_in_process, name, call))
            _over_http(name, before)
