"""What a page does with currencies and rates: the documents of schema/operations/currencies.graphql."""

from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden
from jxc_graphql.masters.currencies import operations
from tests.operations import ask

Answer = dict[str, Any]


async def say(client: httpx.AsyncClient, operation: str, **given: Any) -> Answer:
    return await ask(client, "currencies", operation, {"input": given})


def wrong(answer: Answer) -> list[tuple[str, list[str]]]:
    return [(one["code"], one["path"][1:]) for one in answer["userErrors"]]


def rate(currency: str, day: str, worth: str, **others: str) -> dict[str, str]:
    return {"currency": currency, "day": day, "rate": worth, **others}


async def test_every_database_begins_with_those_that_banks_quote(client: httpx.AsyncClient) -> None:
    nodes = (await ask(client, "currencies", "Currencies", {}))["nodes"]
    places = {one["code"]: one["places"] for one in nodes}
    assert (places["CNY"], places["USD"], places["JPY"], places["KRW"]) == (2, 2, 0, 0)
    assert all(one["isActive"] for one in nodes)


async def test_a_currency_is_made_and_put_out_of_use(client: httpx.AsyncClient) -> None:
    made = (await say(client, "CreateCurrency", code="CLP", name="智利比索", places=0))["currency"]
    assert (made["code"], made["places"], made["isActive"], made["version"]) == ("CLP", 0, True, 1)
    changed = (await say(client, "UpdateCurrency", id=made["id"], isActive=False, expectedVersion=1))["currency"]
    assert changed == made | {"isActive": False, "version": 2}
    again = await say(client, "CreateCurrency", code="CLP", name="x", places=0)
    assert wrong(again) == [("CODE_TAKEN", ["code"])]
    refused = await say(client, "CreateCurrency", code="kwd", name=" ", places=3)
    assert wrong(refused) == [
        ("INVALID_CURRENCY", ["code"]),
        ("REQUIRED", ["name"]),
        ("CURRENCY_PLACES_OUT_OF_RANGE", ["places"]),
    ]


async def test_rates_are_set_and_set_again(client: httpx.AsyncClient) -> None:
    asked = [rate("USD", "2026-01-05", "7.1235", source="中国银行"), rate("JPY", "2026-01-05", "0.04812345")]
    first = (await say(client, "SetExchangeRates", rates=asked))["exchangeRates"]
    assert {(one["currency"]["code"], one["base"], one["rate"], one["source"], one["version"]) for one in first} == {
        ("USD", "CNY", "7.1235", "中国银行", 1),
        ("JPY", "CNY", "0.04812345", "", 1),
    }
    asked[0] = rate("USD", "2026-01-05", "7.13")
    again = (await say(client, "SetExchangeRates", rates=asked))["exchangeRates"]
    assert {(one["currency"]["code"], one["rate"], one["source"], one["version"]) for one in again} == {
        ("USD", "7.13", "中国银行", 2),
        ("JPY", "0.04812345", "", 1),
    }
    assert {one["id"] for one in again} == {one["id"] for one in first}
    (cleared,) = (await say(client, "SetExchangeRates", rates=[asked[0] | {"source": None}]))["exchangeRates"]
    assert (cleared["rate"], cleared["source"], cleared["version"]) == ("7.13", "", 3)
    of_day = {"where": {"day": {"gte": "2026-01-05"}}, "orderBy": [{"field": "RATE"}]}
    listed = await ask(client, "currencies", "ExchangeRates", of_day)
    assert [one["currency"]["code"] for one in listed["nodes"]] == ["JPY", "USD"]


async def test_all_that_is_wrong_with_rates_is_said_at_once_and_none_is_set(client: httpx.AsyncClient) -> None:
    refused = await say(
        client,
        "SetExchangeRates",
        rates=[
            rate("USD", "2026-01-05", "7.1"),
            rate("USD", "2026-01-05", "0"),
            rate("CNY", "2026-01-05", "1"),
            rate("XYZ", "2026-01-05", "-1", source="x" * 101),
        ],
    )
    assert sorted(wrong(refused)) == [
        ("MUST_BE_POSITIVE", ["rates", "1", "rate"]),
        ("MUST_BE_POSITIVE", ["rates", "3", "rate"]),
        ("RATE_GIVEN_TWICE", ["rates", "1", "day"]),
        ("RATE_OF_BASE_CURRENCY", ["rates", "2", "currency"]),
        ("TEXT_TOO_LONG", ["rates", "3", "source"]),
        ("UNKNOWN_CURRENCY", ["rates", "3", "currency"]),
    ]
    assert wrong(await say(client, "SetExchangeRates", rates=[])) == [("EMPTY_DOCUMENT", ["rates"])]
    too_exact = await say(client, "SetExchangeRates", rates=[rate("USD", "2026-01-05", "7.123456789")])
    assert wrong(too_exact) == [("TOO_MANY_DECIMALS", ["rates", "0", "rate"])]
    many = [rate("USD", f"{year}-{month:02}-{day:02}", "7") for year in (2024, 2025) for month in range(1, 13)
            for day in range(1, 23)]  # fmt: skip
    assert wrong(await say(client, "SetExchangeRates", rates=many)) == [("TOO_MANY_LINES", ["rates"])]
    assert await db.fetch("SELECT 1 FROM exchange_rate") == []


async def test_it_takes_the_permission(call: Call) -> None:
    reader = msgspec.structs.replace(call, permissions=frozenset({"MANAGE_TAXES"}))
    with pytest.raises(Forbidden):
        await operations.set_exchange_rates(reader, rates=[])
    with pytest.raises(Forbidden):
        await operations.create_currency(reader, code="CLP", name="x", places=0)
