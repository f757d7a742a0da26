"""What a person mistypes in a form comes back at its field, with all else that is wrong; nothing is written."""

from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from tests.make.trade import Trade
from tests.operations import ask, send
from tests.refusals import everything

Problem = tuple[str, list[str]]


@pytest.fixture
def form(trade: Trade) -> dict[str, Any]:
    skus = [global_id("Sku", key) for key in trade.shop.skus]
    return {
        "supplierId": global_id("Supplier", trade.supplier_id),
        "warehouseId": global_id("Warehouse", trade.shop.warehouse.id),
        "expectedOn": "2026-12-01",
        "lines": [{"skuId": skus[at], "quantity": "2", "unitPrice": "1.5"} for at in range(2)],
    }


def problems(answer: dict[str, Any]) -> list[Problem]:
    return sorted((one["code"], one["path"][1:]) for one in answer["userErrors"])


async def create(client: httpx.AsyncClient, form: dict[str, Any]) -> list[Problem]:
    before = await everything()
    answer = await ask(client, "purchasing", "CreatePurchaseOrder", {"input": form})
    assert answer["purchaseOrder"] is None
    assert await everything() == before
    return problems(answer)


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("supplierId", "", "REQUIRED"),
        ("supplierId", "x", "UNKNOWN_ID"),
        ("supplierId", global_id("Customer", 1), "WRONG_KIND_OF_ID"),
        ("supplierId", global_id("Supplier", 1), "UNKNOWN_ID"),
        ("warehouseId", "x", "UNKNOWN_ID"),
        ("expectedOn", "2026-13-01", "NOT_A_DATE"),
        ("expectedOn", "", "NOT_A_DATE"),
    ],
)
async def test_a_field_that_cannot_be_read_hides_nothing_of_the_rest(
    client: httpx.AsyncClient, form: dict[str, Any], field: str, typed: str, code: str
) -> None:
    form["lines"][0]["quantity"] = "0"
    form["lines"][1]["quantity"] = "1.23456"
    expected = [
        (code, [field]),
        ("MUST_BE_POSITIVE", ["lines", "0", "quantity"]),
        ("TOO_MANY_DECIMALS", ["lines", "1", "quantity"]),
    ]
    assert await create(client, form | {field: typed}) == sorted(expected)


async def test_every_line_is_looked_at(client: httpx.AsyncClient, form: dict[str, Any]) -> None:
    sku = form["lines"][0]["skuId"]
    form["note"] = "n" * 501
    form["lines"] = [
        {"skuId": sku, "quantity": "", "unitPrice": "1,5"},
        {"skuId": "x", "quantity": "0", "unitPrice": "-1"},
        {"skuId": global_id("Sku", 1), "quantity": "1", "unit": "桶", "unitPrice": "1"},
        {"skuId": sku, "quantity": "1", "unit": "桶", "unitPrice": "9" * 12},
        {"skuId": sku, "quantity": "1", "unit": "桶", "unitPrice": "1"},
    ]
    assert await create(client, form) == sorted([
        ("REQUIRED", ["lines", "0", "quantity"]),
        ("NOT_A_NUMBER", ["lines", "0", "unitPrice"]),
        ("UNKNOWN_ID", ["lines", "1", "skuId"]),
        ("MUST_BE_POSITIVE", ["lines", "1", "quantity"]),
        ("OUT_OF_BOUNDS", ["lines", "1", "unitPrice"]),
        ("UNKNOWN_ID", ["lines", "2", "skuId"]),
        ("OUT_OF_BOUNDS", ["lines", "3", "unitPrice"]),
        ("UNKNOWN_UNIT", ["lines", "3", "unit"]),
        ("UNKNOWN_UNIT", ["lines", "4", "unit"]),
        ("TEXT_TOO_LONG", ["note"]),
    ])  # fmt: skip


async def test_what_comes_of_a_stand_in_is_not_told(client: httpx.AsyncClient, form: dict[str, Any]) -> None:
    """With the quantity that nobody can read, too much might come or too little: nobody knows."""
    order = (await ask(client, "purchasing", "CreatePurchaseOrder", {"input": form}))["purchaseOrder"]
    await ask(client, "purchasing", "SubmitPurchaseOrder", {"input": {"id": order["id"]}})
    await ask(client, "purchasing", "ApprovePurchaseOrder", {"input": {"id": order["id"]}})
    lines = [{"purchaseOrderLineId": one["id"], "quantityAccepted": "3"} for one in order["lines"]]
    lines[1]["quantityAccepted"] = "2,0"
    before = await everything()
    answer = await ask(client, "receiving", "ReceiveGoods", {"input": {"purchaseOrderId": order["id"], "lines": lines}})
    assert problems(answer) == [
        ("NOT_A_NUMBER", ["lines", "1", "quantityAccepted"]),
        ("OVER_RECEIPT", ["lines", "0", "quantityAccepted"]),
    ]
    assert await everything() == before


async def test_what_can_be_read_after_all_uses_the_retry_key(client: httpx.AsyncClient, form: dict[str, Any]) -> None:
    await create(client, form | {"idempotencyKey": "k", "expectedOn": "soon"})
    good = {"input": form | {"idempotencyKey": "k"}}
    first = await ask(client, "purchasing", "CreatePurchaseOrder", good)
    assert first["userErrors"] == []
    again = await ask(client, "purchasing", "CreatePurchaseOrder", good)
    assert again["purchaseOrder"]["id"] == first["purchaseOrder"]["id"]


async def test_literals_and_languages(client: httpx.AsyncClient, form: dict[str, Any]) -> None:
    text = f"""mutation {{ createPurchaseOrder(input: {{ supplierId: "{form["supplierId"]}",
        warehouseId: "{form["warehouseId"]}", expectedOn: "31.12.2026", lines: [
        {{ skuId: "{form["lines"][0]["skuId"]}", quantity: 1.23456, unitPrice: 1 }}] }}) {{
        userErrors {{ code message path }} }} }}"""
    for language, told in (("zh", "此处最多 4 位小数。"), ("en", "At most 4 decimal places are possible here.")):
        response = await client.post("/graphql", json={"query": text}, headers={"accept-language": language})
        answer = response.json()["data"]["createPurchaseOrder"]["userErrors"]
        assert sorted((one["code"], one["path"]) for one in answer) == [
            ("NOT_A_DATE", ["input", "expectedOn"]),
            ("TOO_MANY_DECIMALS", ["input", "lines", "0", "quantity"]),
        ]
        assert told in {one["message"] for one in answer}


async def test_whoever_may_not_do_it_is_told_that(client: httpx.AsyncClient, form: dict[str, Any]) -> None:
    del client.headers["authorization"]
    answer = await send(client, "purchasing", "CreatePurchaseOrder", {"input": form | {"expectedOn": "soon"}})
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_query_tells_all_of_its_problems_in_one_error(client: httpx.AsyncClient, trade: Trade) -> None:
    where = {
        "supplierId": {"in": [global_id("Supplier", trade.supplier_id), "x"]},
        "or": [{"total": {"gt": "1,5"}}, {"not": {"expectedOn": {"lt": "2026-13-01"}}}],
        "createdAt": {"gte": "today"},
    }
    answer = await send(client, "purchasing", "PurchaseOrders", {"where": where})
    (error,) = answer["errors"]
    assert sorted((one["code"], one["path"]) for one in error["extensions"]["problems"]) == [
        ("NOT_A_DATE", ["where", "createdAt", "gte"]),
        ("NOT_A_DATE", ["where", "or", "1", "not", "expectedOn", "lt"]),
        ("NOT_A_NUMBER", ["where", "or", "0", "total", "gt"]),
        ("UNKNOWN_ID", ["where", "supplierId", "in", "1"]),
    ]
    assert all(one["message"] for one in error["extensions"]["problems"])


async def test_nothing_is_expected_before_the_company_began(client: httpx.AsyncClient, form: dict[str, Any]) -> None:
    form["lines"][0]["quantity"] = "0"
    assert await create(client, form | {"expectedOn": "1999-12-31"}) == [
        ("BEFORE_BOOKS_OPEN", ["expectedOn"]),
        ("MUST_BE_POSITIVE", ["lines", "0", "quantity"]),
    ]
