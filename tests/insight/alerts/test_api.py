"""What a dashboard sees of alerts: the very documents of schema/operations/alerts.graphql."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql.gql.run.result import Refused
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import clock, db, journal
from jxc_graphql.kit.call import Call
from tests.make.watch import Watch
from tests.operations import documents, send
from tests.patience import SECONDS


async def events(call: Call, document: str = "LowStockAlerts", **variables: Any) -> AsyncIterator[dict[str, Any]]:
    """The stream, as the wire gets it from the executor."""
    from jxc_graphql.schema import executor  # noqa: PLC0415  (rules are tested without building the schema)

    async def renew() -> Call:
        return call

    one = executor(introspection=False)
    prepared = one.prepare(documents()[document], document)
    async with aclosing(one.subscription(prepared, variables).events(renew)) as events:
        async for event in events:
            if event.result:
                yield msgspec.json.decode(event.result.encode("r"))


async def take(stream: AsyncIterator[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(SECONDS):
        return [(await anext(stream))["data"]["lowStockAlerts"] for _ in range(count)]


async def refusal(stream: AsyncIterator[dict[str, Any]]) -> list[str]:
    """The codes with which a stream is refused before its first event."""
    async with asyncio.timeout(SECONDS):
        with pytest.raises(Refused) as refused:
            await anext(stream)
    errors = refused.value.result.errors
    assert isinstance(errors, list)
    return [error["extensions"]["code"] for error in errors]


def limits_of(watch: Watch, limit: Any, **more: Any) -> dict[str, Any]:
    sku = global_id("Sku", watch.shop.skus[0])
    warehouse = global_id("Warehouse", watch.shop.warehouse.id)
    return {"input": {"limits": [{"skuId": sku, "warehouseId": warehouse, "limit": limit, **more}]}}


async def test_sets_limits_and_shows_the_alert_they_raise(client: httpx.AsyncClient, watch: Watch) -> None:
    await watch.receive("3")
    answer = await send(client, "limits", "SetStockLimits", limits_of(watch, "5", target="12.5"))
    done = answer["data"]["setStockLimits"]
    assert done["userErrors"] == []
    assert [(one["limit"], one["clearAbove"], one["target"]) for one in done["stockLimits"]] == [("5", "5", "12.5")]
    assert [level["available"] for level in done["stockLevels"]] == ["3"]

    await watch.reactions.settle()
    page = (await send(client, "alerts", "StockAlerts", {"first": 5}))["data"]["stockAlerts"]
    (alert,) = page["nodes"]
    assert page["totalCount"] == 1
    assert (alert["status"], alert["severity"], alert["available"], alert["limit"]) == ("OPEN", "LOW", "3", "5")
    assert (alert["suggestedQuantity"], alert["supplier"]) == ("9.5", None)
    assert alert["sku"]["id"] == global_id("Sku", watch.shop.skus[0])
    assert alert["stockLevel"]["available"] == "3"

    limits = (await send(client, "limits", "StockLimits", {}))["data"]["stockLimits"]
    assert limits["totalCount"] == 1
    where = {"where": {"status": {"in": ["OPEN", "ACKNOWLEDGED"]}, "warehouseId": {"eq": alert["warehouse"]["id"]}}}
    assert (await send(client, "alerts", "StockAlerts", where))["data"]["stockAlerts"]["nodes"] == [alert]


async def test_ends_the_alert_where_the_limit_alone_is_lowered(client: httpx.AsyncClient, watch: Watch) -> None:
    await watch.receive("3")
    for limit, alerts in (("3", 1), ("0", 0)):
        answer = await send(client, "limits", "SetStockLimits", limits_of(watch, limit))
        assert answer["data"]["setStockLimits"]["userErrors"] == []
        await watch.reactions.settle()
        page = (await send(client, "alerts", "StockAlerts", {"where": {"status": {"eq": "OPEN"}}}))["data"]
        assert page["stockAlerts"]["totalCount"] == alerts


async def test_acknowledges_an_alert_once(client: httpx.AsyncClient, watch: Watch) -> None:
    await watch.limit("5")
    await watch.reactions.settle()
    ((key,),) = await db.fetch("SELECT id FROM stock_alert")
    variables = {"input": {"id": global_id("StockAlert", key), "note": "已下单"}}

    first = (await send(client, "alerts", "AcknowledgeStockAlert", variables))["data"]["acknowledgeStockAlert"]
    assert (first["stockAlert"]["status"], first["stockAlert"]["note"]) == ("ACKNOWLEDGED", "已下单")
    assert first["userErrors"] == []
    for begin, found in (("已", 1), ("未", 0)):
        page = await send(client, "alerts", "StockAlerts", {"where": {"note": {"startsWith": begin}}})
        assert page["data"]["stockAlerts"]["totalCount"] == found
    again = (await send(client, "alerts", "AcknowledgeStockAlert", variables))["data"]["acknowledgeStockAlert"]
    (problem,) = again["userErrors"]
    assert again["stockAlert"] is None
    assert (problem["__typename"], problem["code"], problem["path"]) == (
        "InvalidInputError", "ALERT_NOT_OPEN", ["input", "id"],
    )  # fmt: skip

    shown = await send(client, "alerts", "StockAlert", {"id": first["stockAlert"]["id"]})
    assert shown["data"]["stockAlert"]["status"] == "ACKNOWLEDGED"


async def test_puts_an_alert_off(client: httpx.AsyncClient, watch: Watch) -> None:
    await watch.limit("5")
    await watch.reactions.settle()
    ((key,),) = await db.fetch("SELECT id FROM stock_alert")
    until = (clock.day_of(clock.now()) + timedelta(days=2)).isoformat()
    variables = {"input": {"id": global_id("StockAlert", key), "until": until}}
    done = (await send(client, "alerts", "SnoozeStockAlert", variables))["data"]["snoozeStockAlert"]
    assert done["userErrors"] == []
    assert (done["stockAlert"]["status"], done["stockAlert"]["snoozedUntilOn"]) == ("SNOOZED", until)
    variables["input"]["until"] = "2020-01-01"
    (problem,) = (await send(client, "alerts", "SnoozeStockAlert", variables))["data"]["snoozeStockAlert"]["userErrors"]
    assert (problem["code"], problem["path"]) == ("SNOOZE_OUT_OF_RANGE", ["input", "until"])


@pytest.mark.parametrize(
    ("limit", "code", "path"),
    [
        ("-1", "NEGATIVE_LIMIT", ["input", "limits", "0", "limit"]),
        ("0.00001", "TOO_MANY_DECIMALS", ["input", "limits", "0", "limit"]),
    ],
)
async def test_says_which_limit_is_wrong(
    client: httpx.AsyncClient, watch: Watch, limit: str, code: str, path: list[str]
) -> None:
    answer = await send(client, "limits", "SetStockLimits", limits_of(watch, limit))
    (problem,) = answer["data"]["setStockLimits"]["userErrors"]
    assert (problem["code"], problem["path"]) == (code, path)
    assert problem["message"]
    assert await db.fetch("SELECT count(*) FROM stock_limit") == [(0,)]


async def test_streams_alerts_and_resumes_without_a_gap(watch: Watch) -> None:
    await watch.receive("10")
    await watch.limit("5")
    await watch.reactions.settle()
    stream = events(watch.call, after=(await journal.head()).encode())
    waiting = asyncio.create_task(take(stream, 1))
    await watch.ship("6")
    await watch.reactions.settle()
    (raised,) = await waiting
    await stream.aclose()  # type: ignore[attr-defined]
    assert (raised["change"], raised["alert"]["available"], raised["alert"]["limit"]) == ("RAISED", "4", "5")
    assert raised["alert"]["suggestedQuantity"] == "6"

    await watch.ship("4")
    await watch.reactions.settle()
    await watch.receive("6")
    await watch.reactions.settle()
    missed = await take(events(watch.call, after=raised["cursor"]), 2)
    assert [event["change"] for event in missed] == ["WORSENED", "RESOLVED"]
    assert {event["alert"]["id"] for event in missed} == {raised["alert"]["id"]}


async def test_begins_with_the_open_alerts_of_the_warehouses_asked_for(watch: Watch) -> None:
    await watch.limit("5")
    await watch.reactions.settle()
    warehouse = global_id("Warehouse", watch.shop.warehouse.id)
    (current,) = await take(events(watch.call, includeCurrent=True, warehouses=[warehouse], severity="OUT"), 1)
    assert (current["change"], current["alert"]["severity"]) == ("CURRENT", "OUT")


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"after": "nonsense"}, "INVALID_CURSOR"),
        ({"after": "NDYxMTY4NjAxODQyNzM4NzkwNDox"}, "RESYNC_REQUIRED"),
        ({"warehouses": ["nonsense"]}, "UNKNOWN_ID"),
    ],
)
async def test_refuses_a_stream_from_nowhere(watch: Watch, variables: dict[str, Any], code: str) -> None:
    assert await refusal(events(watch.call, **variables)) == [code]


async def test_streams_nothing_to_callers_without_the_permission(watch: Watch) -> None:
    assert await refusal(events(msgspec.structs.replace(watch.call, permissions=frozenset()))) == ["FORBIDDEN"]


async def test_streams_alerts_of_all_kinds(watch: Watch) -> None:
    await watch.receive("9")
    await watch.limit("0", target="1", upper="8")
    await watch.reactions.settle()
    stream = events(watch.call, "StockAlertsChanged", kinds=["OVER", "EXPIRING"], includeCurrent=True)
    async with asyncio.timeout(SECONDS):
        told = (await anext(stream))["data"]["stockAlertsChanged"]
    alert = told["alert"]
    assert (told["change"], alert["kind"], alert["severity"], alert["limit"]) == ("CURRENT", "OVER", "OVER", "8")
    nobody = msgspec.structs.replace(watch.call, permissions=frozenset())
    assert await refusal(events(nobody, "StockAlertsChanged")) == ["FORBIDDEN"]
