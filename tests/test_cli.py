"""The command line as a shell sees it: what it prints, its exit status, and how it ends."""

import asyncio
import hashlib
import json
import re
import signal
import socket
import sqlite3
import subprocess
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from jxc_graphql import ide, wiring
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.kit.settings import Settings
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.office.auth.queries import call_of_user, user_id_of
from jxc_graphql.warehousing.openings import operations as openings
from jxc_graphql.warehousing.openings.operations import OpeningLine
from jxc_graphql.warehousing.stocktakes import operations as stocktakes
from tests.operations import documents
from tests.patience import SECONDS
from tests.served import FORKED, running, served
from tests.shell import jxc


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a command ends with."""
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: ")
    return line


@pytest.mark.usefixtures("installed")
def test_writes_down_counts(tmp_path: Path) -> None:
    assert jxc(tmp_path, "user", "create", "lin", "--role", "ADMIN").returncode == 0
    asyncio.run(start_a_stocktake(tmp_path))
    counts = tmp_path / "counts.csv"
    counts.write_text("code,quantity\nP-0,7\n?,1\n")
    command = ("import", "STOCKTAKE_COUNTS", str(counts), "--user", "lin", "--set")
    with closing(sqlite3.connect(tmp_path / "data" / "jxc.sqlite3")) as database:
        (number,) = database.execute("SELECT number FROM stocktake").fetchone()
    beside = tmp_path / "counts-refused.xlsx"
    for others, status, said in (
        (
            (f"stocktake={number}", "--dry-run"),
            1,
            f"1 rows would be created, 0 updated, 0 unchanged, 1 refused: see {beside}.",
        ),
        ((f"stocktake={number}",), 1, f"1 rows created, 0 updated, 0 unchanged, 1 refused: see {beside}."),
        (("stocktake=ST-1",), 1, f"0 rows created, 0 updated, 0 unchanged, 2 refused: see {beside}."),
    ):
        done = jxc(tmp_path, *command, *others)
        assert (done.returncode, done.stderr) == (status, f"{said}\n")


async def start_a_stocktake(tmp_path: Path) -> None:
    """Of a warehouse that has some of one SKU, P-0."""
    async with wiring.opened(Settings(data_dir=tmp_path / "data")):
        call = await call_of_user(await user_id_of("lin") or 0)
        category = await categories.create_category(call, code="C", name="c")
        product = await catalog.create_product(call, code="P", name="p", category_id=category.category_id)
        sku = await catalog.create_sku(call, product_id=product.product_id, code="P-0", name="p", unit="x")
        warehouse = await warehouses.create_warehouse(call, code="W", name="w")
        lines = [OpeningLine(sku_id=sku.sku_id, quantity=Quantity.of("8"), unit_cost=UnitPrice.of("1"))]
        await openings.post_opening_balance(
            call, warehouse_id=warehouse.warehouse_id, business_date=date(2026, 1, 1), lines=lines
        )
        planned = await stocktakes.plan_stocktake(call, warehouse_id=warehouse.warehouse_id)
        await stocktakes.start_stocktake(call, stocktake_id=planned.stocktake_id)


@pytest.mark.usefixtures("installed")
def test_makes_a_user_and_a_token(tmp_path: Path) -> None:
    made = jxc(tmp_path, "user", "create", "lin", "--role", "BUYER", "--password-stdin", stdin="correct horse\n")
    assert (made.returncode, made.stdout) == (0, "Created lin.\n")
    assert "in use" in refusal(jxc(tmp_path, "user", "create", "lin"))
    assert "NOBODY" in refusal(jxc(tmp_path, "user", "create", "wu", "--role", "NOBODY"))
    token = jxc(tmp_path, "user", "token", "lin", "--days", "1")
    assert re.fullmatch(r"jxc_\S{20,}\n", token.stdout)
    assert "nobody" in refusal(jxc(tmp_path, "user", "token", "nobody"))


def test_prints_documents_to_trust_by_their_hashes(tmp_path: Path) -> None:
    folder = Path(__file__).parent.parent / "schema" / "operations"
    printed = json.loads(jxc(tmp_path, "trust", *map(str, folder.glob("*.graphql"))).stdout)
    assert sorted(printed.values()) == sorted(documents().values())
    for name, text in printed.items():
        assert name == f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    (tmp_path / "no.graphql").write_text("{")
    assert "Syntax Error" in jxc(tmp_path, "trust", str(tmp_path / "no.graphql")).stderr


def test_prints_how_an_operation_is_answered(tmp_path: Path) -> None:
    file = tmp_path / "query.graphql"
    file.write_text("query ($n: Int!) { warehouses(first: $n) { nodes { code } } }")
    printed = jxc(tmp_path, "explain", str(file), "--variables", '{"n": 7}', "--dialect", "postgres", "--scoped").stdout
    assert 'WHERE t0."id" = ANY(?)' in printed
    assert "LIMIT 8" in printed
    assert "{'code': c1}" in printed
    assert "$n" in refusal(jxc(tmp_path, "explain", str(file)))
    assert "variables" in refusal(jxc(tmp_path, "explain", str(file), "--variables", "{"))


def test_prints_the_published_schema(tmp_path: Path) -> None:
    published = Path(__file__).parent.parent / "schema" / "schema.graphql"
    assert jxc(tmp_path, "schema").stdout == published.read_text()


@pytest.mark.usefixtures("installed")
def test_verifies_an_empty_database(tmp_path: Path) -> None:
    assert jxc(tmp_path, "migrate").returncode == 0
    verified = jxc(tmp_path, "verify")
    assert (verified.returncode, verified.stdout) == (0, "Everything agrees with the ledger.\n")


@pytest.mark.usefixtures("installed")
def test_rebuilds_and_records_it(tmp_path: Path) -> None:
    assert jxc(tmp_path, "migrate").returncode == 0
    rebuilt = jxc(tmp_path, "rebuild")
    assert (rebuilt.returncode, rebuilt.stdout) == (0, "Everything agreed with the ledger.\n")
    with sqlite3.connect(tmp_path / "data" / "jxc.sqlite3") as connection:
        last = connection.execute("SELECT name FROM journal ORDER BY id DESC LIMIT 1").fetchall()
        assert last == [("BooksRebuilt",)]
    connection.close()


@pytest.mark.parametrize("command", ["verify", "rebuild"])
def test_makes_no_database_to_look_at(tmp_path: Path, command: str) -> None:
    assert "there is no database" in refusal(jxc(tmp_path, command))
    assert not (tmp_path / "data" / "jxc.sqlite3").exists()


@pytest.mark.parametrize("command", ["serve", "demo", "migrate", "verify", "rebuild"])
def test_says_in_one_line_that_it_cannot_write(tmp_path: Path, command: str) -> None:
    (tmp_path / "data").write_text("a file, not a directory")
    assert "data directory" in refusal(jxc(tmp_path, command))


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"JXC_PORT": "99999"}, "port"),
        ({"JXC_PORT": "eighty"}, "port"),
        ({"JXC_DATABASE_URL": "mysql://localhost/x"}, "neither sqlite nor postgres"),
        ({"JXC_DATABASE_URL": "postgres://nobody@127.0.0.1:1/x"}, "cannot open"),
        ({"JXC_TIME_ZONE": "Mars/Olympus"}, "time_zone"),
        ({"JXC_WORKERS": "0"}, "workers"),
        ({"JXC_DEADLINE": "-1"}, "deadline"),
        ({"JXC_RATE_LIMIT": "many"}, "rate_limit"),
        ({"JXC_TRUSTED_ONLY": "true"}, "trusted_only needs trusted_documents"),
        ({"JXC_TRUSTED_DOCUMENTS": "missing.json"}, "missing.json"),
        ({"JXC_TRUSTED_DOCUMENTS": "missing.json", "JXC_WORKERS": "2"}, "missing.json"),
    ],
)
def test_says_in_one_line_which_setting_is_bad(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    assert said in refusal(jxc(tmp_path, "serve", **{"JXC_PORT": "0"} | settings))


def test_says_in_one_line_that_the_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for command in ("serve", "demo"):
            assert f"port {port} of 127.0.0.1 is taken" in refusal(jxc(tmp_path, command, "--port", port))


@pytest.mark.usefixtures("installed")
def test_says_in_one_line_that_the_database_is_newer(tmp_path: Path) -> None:
    assert jxc(tmp_path, "migrate").returncode == 0
    with sqlite3.connect(tmp_path / "data" / "jxc.sqlite3") as connection:
        connection.execute(
            "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('models', '9999_tomorrow', '2030-01-01')"
        )
    connection.close()
    for command in ("serve", "demo", "migrate", "verify"):
        assert "newer than this program" in refusal(jxc(tmp_path, command))


def is_heard(url: str) -> bool:
    """Whether anybody listens there, even if he hangs up."""
    try:
        httpx.get(url)
    except httpx.ConnectError:
        return False
    except httpx.HTTPError:
        return True
    return True


@pytest.mark.usefixtures("installed")
def test_a_worker_does_not_outlive_its_parent(tmp_path: Path) -> None:
    with served(tmp_path, "--workers", "2") as server:
        server.kill()
        began = time.monotonic()
        while is_heard(server.url):
            assert time.monotonic() - began < SECONDS


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("arguments", [(), ("--workers", "2")], ids=["one process", "two processes"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_with_open_sockets_and_streams(
    tmp_path: Path, arguments: tuple[str, ...], number: signal.Signals
) -> None:
    jxc(tmp_path, "user", "create", "ann")
    token = jxc(tmp_path, "user", "token", "ann").stdout.strip()
    headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
    query = {"query": "subscription { lowStockAlerts { cursor } }"}
    with served(tmp_path, *arguments, before=FORKED) as server:
        reserved = httpx.put(f"{server.url}/graphql", headers=headers).text
        with (
            httpx.Client() as client,
            client.stream("GET", f"{server.url}/graphql", params=query, headers=headers) as stream,
            client.stream("GET", f"{server.url}/graphql", params={"token": reserved}, headers=headers) as single,
            connect(
                f"ws://127.0.0.1:{server.port}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]
            ) as opened,
        ):
            heard = [one.iter_text() for one in (stream, single)]  # whoever drops one hangs up
            assert [next(one) for one in heard] == [":\n\n", ":\n\n"]
            opened.send('{"type": "connection_init"}')
            assert opened.recv() == '{"type":"connection_ack"}'
            assert server.stop(number) == (0, "")  # nothing had to be cut off
            assert [list(one) for one in heard] == [[], []]
    with sqlite3.connect(tmp_path / "data" / "jxc.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM event_stream").fetchone() == (0,)
    connection.close()


@pytest.mark.usefixtures("installed")
def test_serves_by_several_processes(tmp_path: Path) -> None:
    with served(tmp_path, "--workers", "2") as server:
        for _ in range(10):
            answer = httpx.post(f"{server.url}/graphql", json={"query": "{ __typename }"})
            assert answer.json()["data"] == {"__typename": "Query"}
        assert server.stop(signal.SIGTERM)[0] == 0


@pytest.mark.usefixtures("installed")
def test_gives_up_when_its_processes_cannot_start(tmp_path: Path) -> None:
    broken = "from jxc_graphql import serve; serve._environment = lambda _: {'JXC_PORT': 'rubbish'}"
    done = jxc(tmp_path, "serve", "--workers", "2", "--port", "0", before=broken)
    assert done.returncode == 1
    assert "failed to start" in done.stderr


def test_demo_prints_what_a_newcomer_needs(tmp_path: Path) -> None:
    with running(tmp_path, "demo", "--sample", "northwind", "--port", "0") as demo:
        printed = dict(line.split(": ", 1) for line in demo.says(4))
        url = printed["url"].partition("#")[0]
        assert "GraphiQL" in httpx.get(url, headers={"accept": "text/html"}).text
        login = "mutation M($i: LoginInput!) { login(input: $i) { token userErrors { code } } }"
        credentials = {"username": printed["user"], "password": printed["password"]}
        answer = httpx.post(url, json={"query": login, "variables": {"i": credentials}}).json()
        assert answer["data"]["login"]["userErrors"] == []
        orders = httpx.post(
            url,
            json={"query": "{ purchaseOrders { totalCount } }"},
            headers={"authorization": f"Bearer {printed['token']}"},
        )
        assert orders.json()["data"]["purchaseOrders"]["totalCount"] > 0
        status, _, stderr = demo.stop()
    assert status == 0
    assert "Traceback" not in stderr
    assert ("make ide" in stderr) == (ide.built_at() is None)
