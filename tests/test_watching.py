"""What whoever runs the server sees of it, and that it costs nothing where nobody looks."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families

from jxc_graphql.app import build_app
from jxc_graphql.app.watching import Watching
from jxc_graphql.gql.wire.traces import Heard, Traces
from jxc_graphql.gql.wire.trusted import Trusted
from jxc_graphql.kit import db
from jxc_graphql.kit.addresses import coarse
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.figures import figures
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.kit.settings import Settings, SettingsError, load
from jxc_graphql.office.auth.operations import create_api_token, system_call
from jxc_graphql.warehousing.openings.operations import OpeningLine, post_opening_balance
from jxc_graphql.wiring import REACTIONS
from tests.databases import ROOT
from tests.gql.listening import Wire, listening
from tests.make.shop import TODAY, make_shop
from tests.patience import SECONDS, until
from tests.ports import reserved_port

NAMED = "query Purchasing { warehouses(first: 1) { nodes { id } } }"
THOUGHT_UP = "query ThoughtUp($secret: ID!) { node(id: $secret) { id } }"


@asynccontextmanager
async def watched(call: Call, database_url: str, tmp_path: Path, **told: object) -> AsyncIterator[httpx.AsyncClient]:
    """An application that is looked at, in whose trusted documents `Purchasing` stands."""
    trusted = tmp_path / "trusted.json"
    trusted.write_text(json.dumps({"purchasing": NAMED}))
    settings = Settings(database_url=database_url, trusted_documents=trusted, **told)  # type: ignore[arg-type]
    assert call.actor_id
    token = (await create_api_token(system_call(), user_id=call.actor_id, name="test")).token
    transport = httpx.ASGITransport(build_app(settings))
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
        yield client


async def ask(client: httpx.AsyncClient, query: str, **variables: str) -> None:
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == 200


def counted(text: str, name: str) -> dict[tuple[str, ...], float]:
    families = {family.name: family for family in text_string_to_metric_families(text)}
    samples = [one for one in families[name].samples if not one.name.endswith(("_created", "_bucket", "_sum"))]
    return {tuple(one.labels.values()): one.value for one in samples}


async def test_counts_operations_by_the_names_it_knows(
    call: Call, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, fresh in vars(type(figures)()).items():
        monkeypatch.setattr(figures, name, fresh)
    with reserved_port() as port:
        at = {"metrics": f"127.0.0.1:{port}", "database_url": database_url}
        async with watched(call, tmp_path=tmp_path, **at) as client:
            await ask(client, NAMED)
            await ask(client, NAMED)
            await ask(client, THOUGHT_UP, secret="x")
            await ask(client, "query {")
            assert (await client.get("/metrics")).status_code == 404
            async with Watching(Settings(**at), Trusted({})).running():  # type: ignore[arg-type]
                text = (await _get(f"http://127.0.0.1:{port}/metrics")).text
    assert counted(text, "jxc_operations") == {
        ("query", "Purchasing", "OK"): 2, ("query", "other", "UNKNOWN_ID"): 1,
        ("", "other", "GRAPHQL_PARSE_FAILED"): 1,
    }  # fmt: skip
    assert counted(text, "jxc_operation_seconds")["query", "Purchasing"] == 2
    assert counted(text, "jxc_http_responses") == {("200",): 4, ("404",): 1}
    assert counted(text, "jxc_statements")[()] == figures.statements > 0
    assert ("jxc_pool_connections" in text) == database_url.startswith("postgres")


async def test_each_process_has_a_port_of_its_own(database: db.Database) -> None:
    with reserved_port() as port:
        settings = Settings(metrics=f"127.0.0.1:{port}", database_url=database.settings.database_url)
        one, other = Watching(settings, Trusted({})), Watching(settings, Trusted({}))
        async with one.running():
            with pytest.raises(SettingsError, match="is taken"):
                async with other.running():
                    pass
        async with other.running():
            assert (await _get(f"http://127.0.0.1:{port}/metrics")).status_code == 200


async def test_tells_how_far_reactions_lag_behind(
    call: Call, database: db.Database, pass_time: Callable[[float], None]
) -> None:
    await REACTIONS.settle()
    await REACTIONS.measure_lag()
    assert figures.lag_seconds == 0
    shop = await make_shop(call, skus=1)
    lines = [OpeningLine(sku_id=shop.skus[0], quantity=Quantity.of("8"), unit_cost=UnitPrice.of("1"))]
    await post_opening_balance(call, warehouse_id=shop.warehouse.id, business_date=TODAY, lines=lines)
    pass_time(100)

    async def lags() -> bool:
        await REACTIONS.measure_lag()
        return figures.lag_seconds > 0

    await until(lags)
    assert 100 <= figures.lag_seconds < 100 + SECONDS
    await REACTIONS.settle()
    await REACTIONS.measure_lag()
    assert figures.lag_seconds == 0


@pytest.mark.parametrize(("shown", "address"), [("NONE", None), ("PREFIX", "127.0.0.0/24"), ("WHOLE", "127.0.0.1")])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_writes_no_secret_into_the_access_log(
    call: Call, database_url: str, tmp_path: Path, shown: str, address: str | None
) -> None:
    log = tmp_path / "access.log"
    async with watched(call, database_url, tmp_path, access_log=log, access_log_addresses=shown) as client:
        await ask(client, THOUGHT_UP, secret="a secret")
        await ask(client, NAMED)
        variables = json.dumps({"secret": "a secret"})
        await client.get("/graphql", params={"query": THOUGHT_UP, "variables": variables})
        token = client.headers["authorization"].removeprefix("Bearer ")
    assert log.stat().st_mode & 0o077 == 0
    text = log.read_text()
    assert [one for one in ("secret", token, "ThoughtUp", "{ id }") if one in text] == []
    lines = list(map(json.loads, text.splitlines()))
    assert [line["event"] for line in lines] == ["operation", "http"] * 3
    assert {line.get("address") for line in lines} == {address}
    named, over_http = lines[2:4]
    assert named | {"milliseconds": 0, "at": ""} == {
        "at": "", "event": "operation", "operation": "Purchasing", "kind": "query", "outcome": "OK", "requested": 1,
        "user": call.actor_id, "request_id": over_http["request_id"], "milliseconds": 0,
    } | ({"address": address} if address else {})  # fmt: skip
    assert (over_http["method"], over_http["path"], over_http["status"]) == ("POST", "/graphql", 200)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_writes_down_whom_it_turns_away_at_the_door(call: Call, database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    told = {"access_log": log, "trusted_proxies": ("127.0.0.1",), "connections_per_address": 1}
    by = "Host: localhost\r\nX-Forwarded-For: 203.0.113.9\r\n"
    async with listening(database_url=database_url, **told) as port:
        first, second = [await Wire.to(port) for _ in range(2)]
        await first.say(f"POST /graphql HTTP/1.1\r\n{by}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n")

        async def is_turned_away() -> bool:
            await second.say(f"GET /healthz HTTP/1.1\r\n{by}X-Request-Id: turned\r\n\r\n")
            return (await second.answer())[0] == 429

        await until(is_turned_away)
        for wire in (first, second):
            wire.close()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    (turned,) = [line for line in lines if line.get("status") == 429]
    assert (turned["path"], turned["address"], turned["request_id"]) == ("/healthz", "203.0.113.0/24", "turned")


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("", ""), ("unix", "")],
)
def test_tells_households_of_a_neighbourhood_not_apart(address: str, network: str) -> None:
    assert coarse(address) == network


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_traces_what_an_operation_sends(call: Call, database_url: str) -> None:
    kept = InMemorySpanExporter()
    traces = Traces("1", SimpleSpanProcessor(kept))
    with traces.span("Suppliers", "query"):
        await db.fetch("SELECT count(*) FROM supplier WHERE name = ?", ["a secret"])
    (span,) = kept.get_finished_spans()
    assert span.name == "query Suppliers"
    assert [event.attributes for event in span.events] == [
        {"db.query.text": "SELECT count(*) FROM supplier WHERE name = ?"}
    ]
    assert span.attributes
    assert span.attributes["jxc.round_trips"] == 1
    assert "a secret" not in span.to_json()


async def test_goes_on_with_the_trace_of_whoever_asks() -> None:
    kept = InMemorySpanExporter()
    traces = Traces("1", SimpleSpanProcessor(kept))

    async def app(*_: object) -> None:
        with traces.span("Suppliers", "query"):
            pass

    asked = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    scope = {"type": "http", "headers": [(b"traceparent", asked)]}
    await Heard(app)(scope, None, None)  # type: ignore[arg-type]
    await app()
    inside, outside = kept.get_finished_spans()
    assert inside.context.trace_id == int(asked[3:35], 16)
    assert inside.parent
    assert outside.parent is None


def test_traces_need_their_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jxc_graphql.gql.wire.traces", None)
    with pytest.raises(SettingsError, match="otel"):
        Watching(Settings(traces=True), Trusted({}))


NOBODY_LOOKS = """
import sys
from jxc_graphql.app import build_app
from jxc_graphql.gql.wire.gate import Gate
from jxc_graphql.kit.settings import Settings
from jxc_graphql.app.watching import Watching
from jxc_graphql.gql.wire.trusted import Trusted
build_app(Settings())
watching = Watching(Settings(), Trusted({}))
assert type(watching.gate(None, None, None, 0, None)) is Gate
assert list(watching.layers()) == []
print([name for name in sys.modules if name.startswith(("opentelemetry", "prometheus_client"))])
"""


def test_what_nobody_asked_for_is_not_even_imported() -> None:
    done = subprocess.run([sys.executable, "-c", NOBODY_LOOKS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize("metrics", ["9100", "127.0.0.1", "127.0.0.1:port"])
def test_metrics_need_an_address_with_a_port(metrics: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="metrics"):
        load({"JXC_METRICS": metrics}, tmp_path / "none.toml")


async def _get(url: str) -> httpx.Response:
    async with httpx.AsyncClient() as anybody:
        return await anybody.get(url)
