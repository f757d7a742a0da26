from typing import Any

import httpx

from jxc_graphql.kit import db
from tests.make.days import day
from tests.operations import ask, send, sign_in_as


async def change(client: httpx.AsyncClient, **said: Any) -> dict[str, Any]:
    return await ask(client, "company", "UpdateCompany", {"input": said})


def code_of(answer: dict[str, Any]) -> str:
    return str(answer["errors"][0]["extensions"]["code"])


async def test_shows_the_settings_and_changes_them(client: httpx.AsyncClient) -> None:
    company = await ask(client, "company", "Company", {})
    (first,) = company["timeZones"]
    assert company == {
        "id": company["id"], "version": 1, "today": str(day(0)), "timeZone": "Asia/Shanghai",
        "timeZones": [{"id": first["id"], "startsOn": None, "timeZone": "Asia/Shanghai"}], "currency": "CNY",
        "name": "", "address": "", "phone": "",
        "valuation": "MOVING_AVERAGE", "adjustmentThreshold": "1000", "expiryAlertDays": 30, "deadStockDays": 90,
        "booksOpenOn": "2000-01-01", "quantityPlaces": 4, "moneyPlaces": 4, "unitPricePlaces": 6,
        "fileMegabytes": 0, "filesMegabytes": 0,
    }  # fmt: skip
    zone = {"timeZone": "Asia/Taipei", "startsOn": str(day(-2))}
    answer = await change(
        client, expectedVersion=1, currency="USD", adjustmentThreshold="7.5", timeZone=zone, name="龙井"
    )
    assert answer["userErrors"] == []
    second = answer["company"]["timeZones"][1]["id"]
    assert second != first["id"]
    assert answer["company"] == company | {
        "version": 2, "currency": "USD", "adjustmentThreshold": "7.5", "name": "龙井",
        "timeZones": [first, {"id": second, "startsOn": str(day(-2)), "timeZone": "Asia/Taipei"}],
    }  # fmt: skip
    assert await ask(client, "company", "Company", {}) == answer["company"]
    log = await send(client, "audit", "AuditLog", {"first": 1})
    ((entry),) = log["data"]["auditLog"]["nodes"]
    assert (entry["what"], entry["actor"]["name"]) == ("CompanyUpdated", "Administrator")


async def test_refusals_say_why_in_chinese(client: httpx.AsyncClient) -> None:
    client.headers["accept-language"] = "zh-CN"
    soon = await change(client, timeZone={"timeZone": "Asia/Taipei", "startsOn": str(day(-1))})
    (error,) = soon["userErrors"]
    assert (error["code"], error["path"], error["from"]) == (
        "TIME_ZONE_TOO_SOON", ["input", "timeZone", "startsOn"], str(day(-2)),
    )  # fmt: skip
    assert error["message"] == f"已开始或即将开始的日子不再改变：新时区最早从 {day(-2)} 起生效。"
    stale = await change(client, expectedVersion=7)
    assert [(one["code"], one["current"], one["expected"]) for one in stale["userErrors"]] == [("STALE_VERSION", 1, 7)]
    assert (await ask(client, "company", "Company", {}))["version"] == 1


async def test_whoever_is_signed_in_sees_them_and_only_administrators_change_them(client: httpx.AsyncClient) -> None:
    await sign_in_as(client, "VIEWER")
    assert (await ask(client, "company", "Company", {}))["currency"] == "CNY"
    refused = await send(client, "company", "UpdateCompany", {"input": {"deadStockDays": 9}})
    assert (code_of(refused), refused["errors"][0]["extensions"]["permission"]) == ("FORBIDDEN", "MANAGE_COMPANY")
    assert await db.fetch("SELECT dead_stock_days FROM company") == [(90,)]
    del client.headers["authorization"]
    answer = await send(client, "company", "Company", {})
    assert (code_of(answer), answer["data"]) == ("UNAUTHENTICATED", {"company": None})
