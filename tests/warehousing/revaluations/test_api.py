from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from tests.make.shop import Shop
from tests.operations import ask, send, sign_in_as
from tests.refusals import everything

Answer = dict[str, Any]


def asked(shop: Shop, sku: int = 0, **others: Any) -> Answer:
    return {"skuId": global_id("Sku", shop.skus[sku]), **others}


async def drafted(client: httpx.AsyncClient, shop: Shop, *lines: Answer, **others: Any) -> Answer:
    body = {"warehouseId": global_id("Warehouse", shop.warehouse.id), "lines": lines, "note": "供应商补差"}
    return await ask(client, "revaluations", "CreateRevaluation", {"input": {**body, **others}})


async def test_a_revaluation_from_draft_to_books(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.post(shop.coming("10", "20"))
    made = (await drafted(client, shop, asked(shop, valueChange="1")))["revaluation"]
    changed = {"id": made["id"], "lines": [asked(shop, unitCost="2.5")], "note": "改价", "expectedVersion": 1}
    made = (await ask(client, "revaluations", "UpdateRevaluation", {"input": changed}))["revaluation"]
    assert (made["status"], made["note"], made["version"]) == ("DRAFT", "改价", 2)
    posted = await ask(client, "revaluations", "PostRevaluation", {"input": {"id": made["id"]}})
    assert (posted["revaluation"]["status"], posted["revaluation"]["total"]) == ("POSTED", "5")
    (one,) = posted["revaluation"]["lines"]
    assert (one["unitCost"], one["quantity"], one["valueBefore"], one["value"]) == ("2.5", "10", "20", "5")
    assert [(level["onHand"], level["value"]) for level in posted["stockLevels"]] == [("10", "25")]
    page = await ask(client, "revaluations", "Revaluation", {"id": made["id"]})
    assert [change["value"] for change in page["changes"]["nodes"]] == ["5"]
    assert [entry["what"] for entry in page["timeline"]["nodes"]][-1] == "RevaluationPosted"
    listed = await ask(client, "revaluations", "Revaluations", {"where": {"status": {"eq": "POSTED"}}})
    assert listed["totalCount"] == 1
    changes = await ask(client, "goods", "StockRevaluations", {"first": 10})
    assert changes["nodes"][0]["document"]["__typename"] == "Revaluation"


async def test_what_changes_much_waits(client: httpx.AsyncClient, shop: Shop) -> None:
    administrator = client.headers["authorization"]
    await shop.post(shop.coming("10", "20"))
    made = (await drafted(client, shop, asked(shop, valueChange="2000")))["revaluation"]
    await sign_in_as(client, "ACCOUNTANT")
    waiting = await ask(client, "revaluations", "PostRevaluation", {"input": {"id": made["id"]}})
    assert (waiting["revaluation"]["status"], waiting["revaluation"]["estimatedValue"]) == ("SUBMITTED", "2000")
    assert waiting["stockLevels"] == []
    client.headers["authorization"] = administrator
    back = {"input": {"id": made["id"], "note": "太多"}}
    assert (await ask(client, "revaluations", "RejectRevaluation", back))["revaluation"]["status"] == "DRAFT"
    gone = await ask(client, "revaluations", "CancelRevaluation", {"input": {"id": made["id"]}})
    assert gone["revaluation"]["status"] == "CANCELLED"


async def test_an_approval_posts(client: httpx.AsyncClient, shop: Shop) -> None:
    administrator = client.headers["authorization"]
    await shop.post(shop.coming("10", "20"))
    made = (await drafted(client, shop, asked(shop, unitCost="500")))["revaluation"]
    await sign_in_as(client, "ACCOUNTANT")
    await ask(client, "revaluations", "PostRevaluation", {"input": {"id": made["id"]}})
    client.headers["authorization"] = administrator
    posted = await ask(client, "revaluations", "ApproveRevaluation", {"input": {"id": made["id"]}})
    assert (posted["revaluation"]["status"], posted["revaluation"]["total"]) == ("POSTED", "4980")


async def test_refusals_name_the_input_that_is_wrong(client: httpx.AsyncClient, shop: Shop) -> None:
    before = await everything()
    answer = await drafted(client, shop, asked(shop, unitCost="1"), asked(shop), asked(shop, 1, unitCost="-1"))
    assert [(each["__typename"], each["code"], each["path"]) for each in answer["userErrors"]] == [
        ("RevaluedTwiceError", "REVALUED_TWICE", ["input", "lines", "1", "skuId"]),
        ("InvalidInputError", "REVALUATION_UNCLEAR", ["input", "lines", "1"]),
        ("InvalidInputError", "INVALID_NUMBER", ["input", "lines", "2", "unitCost"]),
    ]
    assert await everything() == before
    await shop.post(shop.coming("10", "20"))
    made = (await drafted(client, shop, asked(shop, valueChange="-21")))["revaluation"]
    refused = await ask(client, "revaluations", "PostRevaluation", {"input": {"id": made["id"]}})
    (error,) = refused["userErrors"]
    assert (error["__typename"], error["value"], error["change"]) == ("ValueBelowZeroError", "20", "-21")


async def test_who_may_not_see_costs_sees_no_revaluation(client: httpx.AsyncClient, shop: Shop) -> None:
    made = (await drafted(client, shop, asked(shop, unitCost="1")))["revaluation"]
    await sign_in_as(client, "WAREHOUSE_KEEPER")
    answer = await send(client, "revaluations", "Revaluation", {"id": made["id"]})
    assert answer["data"] == {"revaluation": None}
    assert {each["extensions"]["code"] for each in answer["errors"]} == {"FORBIDDEN"}
