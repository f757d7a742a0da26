"""A client of event streams that carry several operations, and a look at what the server keeps of them."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx

from jxc_graphql.gql.wire import single
from jxc_graphql.insight.alerts.facts import StockAlertRaised
from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertSeverity
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from tests.patience import until

SUBSCRIPTION = "subscription { lowStockAlerts { change } }"
CREATES = 'mutation { createCategory(input: { code: "ONE", name: "One" }) { category { code } } }'
TOKEN = single.TOKEN_HEADER


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


async def count(table: str) -> int:
    ((found,),) = await db.fetch(f"SELECT count(*) FROM {table}")
    return int(found)


async def codes() -> list[str]:
    return [row[0] for row in await db.fetch("SELECT code FROM category ORDER BY code")]


async def until_taken(operations: int) -> None:
    """Returns when the server has begun with so many."""

    async def taken() -> bool:
        return await db.fetch("SELECT count(*) FROM stream_operation WHERE is_taken") == [(operations,)]

    await until(taken)


async def subscription() -> str:
    """Events from now on, whenever the server gets round to it."""
    return f'subscription {{ lowStockAlerts(after: "{(await journal.head()).encode()}") {{ change }} }}'


@db.transactional
async def tell(call: Call) -> None:
    """Records an alert, and calls the processes that serve, as their own would."""
    fact = StockAlertRaised(
        stock_alert_id=1,
        kind=StockAlertKind.LOW,
        warehouse_id=1,
        severity=StockAlertSeverity.LOW,
        available=Quantity(0),
    )
    journal.record(fact, call)
    if db.dialect() == "postgres":
        await db.fetch("SELECT pg_notify(?, '')", (journal.NEWS.channel,))
