"""One event, a thousand WebSockets: our server and stock Strawberry's ASGI view, each in a process of its own.

Strawberry gets the event as a ready object over a queue per subscriber, without any database: what is left is its own
way from an event to a frame.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from strawberry.asgi import GraphQL

from jxc_graphql import serve, wiring
from jxc_graphql.app import build_app
from jxc_graphql.insight.alerts.facts import StockAlertRaised
from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertSeverity
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.warehousing.limits import operations as limits
from jxc_graphql.warehousing.limits.rules import WantedLimit
from tests.bench.reads import free_port, wait_for
from tests.bench.stage import at, fresh_databases, set_up
from tests.bench.subscribers import allow_sockets, ask

SUBSCRIBERS, USERS = 1_000, 20
SINGLE, BURSTS, BURST = 10, 3, 5
"""Events one at a time, for the latency; bursts of so many, for the rate."""
QUERY = """subscription { lowStockAlerts { cursor change alert {
    id status severity available limit suggestedQuantity sku { id code name } warehouse { id name } } } }"""


class Shop(msgspec.Struct, frozen=True):
    """Who subscribes, and to what."""

    tokens: list[str]
    fact: StockAlertRaised


async def prepare() -> Shop:
    """A shop with an open alert, and users with tokens."""
    stage = await set_up(1, "3")
    limit = WantedLimit(
        sku_id=stage.sku_ids[0], warehouse_id=stage.warehouse_id, limit=Quantity.of("5"), clear_above=None, target=None
    )
    await limits.set_stock_limits(stage.call(), limits=[limit])
    await wiring.REACTIONS.settle()
    ((alert_id,),) = await db.fetch("SELECT id FROM stock_alert WHERE kind = 'LOW'")
    system, tokens = auth.system_call(), []
    for n in range(USERS):
        user = await auth.create_user(system, username=f"reader{n}", name="Reader", roles=["ADMIN"])
        tokens.append((await auth.create_api_token(system, user_id=user.user_id, name="bench")).token)
    fact = StockAlertRaised(
        stock_alert_id=alert_id,
        kind=StockAlertKind.LOW,
        warehouse_id=stage.warehouse_id,
        severity=StockAlertSeverity.LOW,
        available=Quantity.of("3"),
    )
    return Shop(tokens, fact)


@strawberry.type
class Named:
    id: strawberry.ID
    name: str
    code: str = ""


@strawberry.type
class Alert:
    id: strawberry.ID
    status: str
    severity: str
    available: str
    limit: str
    suggested_quantity: str
    sku: Named
    warehouse: Named


@strawberry.type
class LowStock:
    cursor: str
    change: str
    alert: Alert


@strawberry.type
class Query:
    ok: bool = True


_queues: set[asyncio.Queue[LowStock]] = set()


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def low_stock_alerts(self) -> AsyncGenerator[LowStock, None]:
        queue: asyncio.Queue[LowStock] = asyncio.Queue()
        _queues.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            _queues.discard(queue)


async def _told_by_strawberry(number: int) -> None:
    id_ = strawberry.ID("U3RvY2tBbGVydDoxMjM0NTY3ODkwMTIzNDU2")
    sku, warehouse = Named(id=id_, code="S0", name="茶 0"), Named(id=id_, name="一号仓")
    alert = Alert(
        id=id_, status="OPEN", severity="LOW", available="3", limit="5", suggested_quantity="7",
        sku=sku, warehouse=warehouse,
    )  # fmt: skip
    for queue in _queues:
        queue.put_nowait(LowStock(cursor=f"MDox{number}", change="RAISED", alert=alert))


@db.transactional
async def _told_by_us(fact: Fact, _: int) -> None:
    journal.record(fact, auth.system_call())


def _memory() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _with_bench_routes(tell: Callable[[int], Awaitable[None]]) -> list[Route]:
    async def fire(request: Request) -> Response:
        commits = []
        for number in range(int(request.query_params["events"])):
            await tell(number)
            commits.append(time.monotonic())
        return JSONResponse(commits)

    async def stats(_: Request) -> Response:
        return JSONResponse({"cpu": time.process_time(), "memory": _memory()})

    return [Route("/fire", fire), Route("/stats", stats)]


def served(kind: str, url: str, port: int, fact: str) -> None:
    """Runs one contender's server until it is terminated."""
    allow_sockets()
    settings = Settings(
        database_url=url, log_level="WARNING", rate_limit=0, port=port, connections_per_address=2 * SUBSCRIBERS
    )
    if kind == "us":
        app = build_app(settings)
        tell: Callable[[int], Awaitable[None]] = partial(_told_by_us, Fact.decode(StockAlertRaised.__name__, fact))
        app.router.routes[:0] = _with_bench_routes(tell)
    else:
        stock: Any = GraphQL(strawberry.Schema(Query, subscription=Subscription))
        app = Starlette(routes=[*_with_bench_routes(_told_by_strawberry), Mount("/", stock)])
    listener = serve.listen(settings)
    uvicorn.Server(uvicorn.Config(app, **serve.options(settings))).run([listener])


def _measure(title: str, kind: str, url: str, shop: Shop) -> float:
    port = free_port()
    code = "import sys; from tests.bench.fanout import served; served(*sys.argv[1:3], int(sys.argv[3]), sys.argv[4])"
    with subprocess.Popen([sys.executable, "-c", code, kind, url, str(port), shop.fact.encode()]) as server:
        try:
            wait_for(port)
            empty = ask(port, "/stats")["memory"]
            load = [sys.executable, "-m", "tests.bench.subscribers", str(port), ",".join(shop.tokens)]
            with subprocess.Popen(
                [*load, str(SUBSCRIBERS), QUERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            ) as client:
                return _figures(title, client, port, empty)
        finally:
            server.terminate()


def _figures(title: str, client: "subprocess.Popen[str]", port: int, empty: int) -> float:
    assert client.stdin
    assert client.stdout
    assert json.loads(client.stdout.readline()) == {"open": SUBSCRIBERS}
    per_subscriber = (ask(port, "/stats")["memory"] - empty) / SUBSCRIBERS

    def fire(count: int) -> Any:
        assert client.stdin
        assert client.stdout
        client.stdin.write(json.dumps({"fire": count}) + "\n")
        client.stdin.flush()
        return json.loads(client.stdout.readline())

    fire(1)
    singles = sorted(latency for _ in range(SINGLE) for latency in fire(1)["latencies"])
    bursts = [fire(BURST) for _ in range(BURSTS)]
    client.stdin.close()
    rate: float = statistics.median(BURST * SUBSCRIBERS / burst["cpu"] for burst in bursts)
    wall = statistics.median(BURST * SUBSCRIBERS / burst["wall"] for burst in bursts)
    p50, p99 = (singles[int(len(singles) * share)] * 1000 for share in (0.5, 0.99))
    print(
        f"{title}: {SUBSCRIBERS:,} subscribers: {rate:,.0f} deliveries per second of a core "
        f"({wall:,.0f}/s by the clock), "
        f"from commit to receipt p50 {p50:.0f} ms, p99 {p99:.0f} ms, {per_subscriber / 1024:.0f} KiB a subscriber"
    )
    return rate


def fanout(only: str | None = None) -> None:
    """Fan-out of a subscription to 1,000 WebSockets of one process, beside stock Strawberry (expected: ≥ 10 ×)."""
    allow_sockets()
    with fresh_databases(only) as found:
        rates = {}
        for name, url in found:
            shop = at(url, prepare)
            rates[name] = _measure(name, "us", url, shop)
        stock = _measure("Strawberry", "stock", url, shop)
        print("us × " + ", ".join(f"{rate / stock:.1f} on {name}" for name, rate in rates.items()))
