"""graphql-sse's single-connection mode: many operations over one event stream."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jxc_graphql.alerts.events import LowStockAlertRaised
from jxc_graphql.alerts.models import StockAlertSeverity
from jxc_graphql.auth.operations import create_api_token, create_user, system_call
from jxc_graphql.gql.wire import single
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity

SUBSCRIPTION = "subscription { lowStockAlerts { change } }"
TOKEN = single.TOKEN_HEADER


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One kind of database is enough to talk about streams."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'jxc.sqlite3')}"


@pytest.fixture
async def http(port: int, token: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
        yield client


async def reserve(http: httpx.AsyncClient) -> dict[str, str]:
    reserved = await http.put("/graphql")
    assert reserved.status_code == 201
    assert reserved.headers["content-type"].startswith("text/plain")
    return {TOKEN: reserved.text}


async def start(http: httpx.AsyncClient, stream: dict[str, str], query: str, id_: str = "1") -> int:
    body = {"query": query, "extensions": {"operationId": id_}}
    return (await http.post("/graphql", json=body, headers=stream)).status_code


async def events(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    kind = ""
    async for line in response.aiter_lines():
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            yield kind, json.loads(value)


@db.transactional
async def tell(call: Call) -> None:
    fact = LowStockAlertRaised(stock_alert_id=1, warehouse_id=1, severity=StockAlertSeverity.LOW, available=Quantity(0))
    await journal.record(fact, call)


async def test_carries_every_kind_of_operation(http: httpx.AsyncClient, call: Call) -> None:
    stream = await reserve(http)
    async with http.stream("GET", "/graphql", headers=stream) as response, asyncio.timeout(10):
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        heard = events(response)
        assert await start(http, stream, "{ viewer { user { name } } }", "a") == 202
        kind, message = await anext(heard)
        assert (kind, message["id"]) == ("next", "a")
        assert message["payload"]["data"] == {"viewer": {"user": {"name": "Administrator"}}}
        assert await anext(heard) == ("complete", {"id": "a"})
        assert await start(http, stream, "{ nothingOfTheKind }", "b") == 202
        kind, message = await anext(heard)
        assert (kind, message["id"], "errors" in message["payload"]) == ("next", "b", True)
        assert await anext(heard) == ("complete", {"id": "b"})
        assert await start(http, stream, SUBSCRIPTION, "c") == 202
        assert await start(http, stream, SUBSCRIPTION, "c") == 409
        await asyncio.sleep(0.3)
        await tell(call)
        told = {"id": "c", "payload": {"data": {"lowStockAlerts": {"change": "RAISED"}}}}
        assert await anext(heard) == ("next", told)
        ended = await http.delete("/graphql", params={"operationId": "c"}, headers=stream)
        assert ended.status_code == 200
        assert await start(http, stream, "{ __typename }", "c") == 202
        assert (await anext(heard))[1]["payload"]["data"] == {"__typename": "Query"}


async def test_opens_a_stream_once_and_for_its_owner_only(http: httpx.AsyncClient, call: Call, port: int) -> None:
    stream = await reserve(http)
    other = await create_user(system_call(), username="other", name="Other", roles=["ADMIN"])
    others = (await create_api_token(system_call(), user_id=other.user_id, name="test")).token
    theirs = stream | {"authorization": f"Bearer {others}"}
    assert (await http.get("/graphql", headers=theirs)).status_code == 404
    assert await start(http, theirs, "{ __typename }") == 404
    async with http.stream("GET", "/graphql", headers=stream) as response:
        assert response.status_code == 200
        assert (await http.get("/graphql", headers=stream)).status_code == 409
    await asyncio.sleep(0.1)
    assert await start(http, stream, "{ __typename }") == 404


async def test_refuses_what_the_protocol_does_not_know(http: httpx.AsyncClient, port: int) -> None:
    stream = await reserve(http)
    assert await start(http, {TOKEN: "nobodys"}, "{ __typename }") == 404
    assert (await http.get("/graphql", headers={TOKEN: "nobodys"})).status_code == 404
    assert (await http.delete("/graphql", params={"operationId": "1"})).status_code == 404
    assert (await http.delete("/graphql", headers=stream)).status_code == 400
    assert (await http.post("/graphql", json={"query": "{ __typename }"}, headers=stream)).status_code == 400
    async with httpx.AsyncClient() as nobody:
        assert (await nobody.put(f"http://127.0.0.1:{port}/graphql")).status_code == 401


async def test_limits_streams_operations_and_their_time(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single, "RESERVATIONS_OF_A_USER", 2)
    monkeypatch.setattr(single, "OPERATIONS", 2)
    first, _ = await reserve(http), await reserve(http)
    assert (await http.put("/graphql")).status_code == 429
    assert [await start(http, first, SUBSCRIPTION, id_) for id_ in "abc"] == [202, 202, 429]
    monkeypatch.setattr(single, "UNOPENED_SECONDS", 0)
    await reserve(http)
    assert await start(http, first, "{ __typename }", "d") == 404
