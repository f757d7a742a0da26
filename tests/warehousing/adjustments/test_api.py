from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.masters.warehouses.operations import create_warehouse
from jxc_graphql.warehousing.adjustments.models import AdjustmentReason
from tests.make.corrections import draft, line
from tests.make.shop import Shop
from tests.operations import ask, send, sign_in_as
from tests.refusals import everything

Answer = dict[str, Any]


def asked(shop: Shop, quantity: str, sku: int = 0, **others: Any) -> Answer:
    return {"skuId": global_id("Sku", shop.skus[sku]), "quantity": quantity, **others}


async def drafted(client: httpx.AsyncClient, shop: Shop, *lines: Answer, **others: Any) -> Answer:
    body = {"warehouseId": global_id("Warehouse", shop.warehouse.id), "reason": "DATA_CORRECTION", "lines": lines}
    return await ask(client, "adjustments", "CreateAdjustment", {"input": {**body, **others}})


async def test_an_adjustment_from_draft_to_books(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.post(shop.coming("10", "20"))
    made = (await drafted(client, shop, asked(shop, "-3"), asked(shop, "2", 1, unitCost="5")))["adjustment"]
    assert (made["status"], made["total"], made["reason"], made["isWriteOff"]) == (
        "DRAFT", None, "DATA_CORRECTION", False,
    )  # fmt: skip
    changed = {"id": made["id"], "reason": "OTHER", "lines": [asked(shop, "-4")], "expectedVersion": 1}
    made = (await ask(client, "adjustments", "UpdateAdjustment", {"input": changed}))["adjustment"]
    assert (made["version"], [one["quantity"] for one in made["lines"]]) == (2, ["-4"])
    body = {"id": made["id"], "expectedVersion": 2, "idempotencyKey": "once"}
    posted = await ask(client, "adjustments", "PostAdjustment", {"input": body})
    assert posted["userErrors"] == []
    assert (posted["adjustment"]["status"], posted["adjustment"]["total"]) == ("POSTED", "-8")
    assert [(level["onHand"], level["value"]) for level in posted["stockLevels"]] == [("6", "12")]
    assert await ask(client, "adjustments", "PostAdjustment", {"input": body}) == posted
    page = await ask(client, "adjustments", "Adjustment", {"id": made["id"]})
    assert [entry["what"] for entry in page["timeline"]["nodes"]] == [
        "AdjustmentCreated", "AdjustmentUpdated", "AdjustmentPosted",
    ]  # fmt: skip
    assert [one["toPlace"]["code"] for one in page["movements"]["nodes"]] == ["VARIANCE"]
    assert [one["action"] for one in page["allowedActions"] if one["allowed"]] == ["COPY"]
    listed = await ask(client, "adjustments", "Adjustments", {"where": {"status": {"eq": "POSTED"}}})
    assert (listed["totalCount"], listed["nodes"][0]["number"]) == (1, made["number"])


async def test_what_is_worth_much_waits(client: httpx.AsyncClient, shop: Shop) -> None:
    administrator = client.headers["authorization"]
    made = (await drafted(client, shop, asked(shop, "2000", unitCost="1")))["adjustment"]
    given_up = (await drafted(client, shop, asked(shop, "1", unitCost="1")))["adjustment"]
    await sign_in_as(client, "WAREHOUSE_KEEPER")
    answer = await send(client, "adjustments", "PostAdjustment", {"input": {"id": made["id"]}})
    posted = answer["data"]["postAdjustment"]
    assert (posted["adjustment"]["status"], posted["stockLevels"]) == ("SUBMITTED", [])
    assert posted["adjustment"]["estimatedValue"] is None  # who may not see costs
    client.headers["authorization"] = administrator
    back = {"input": {"id": made["id"], "note": "再数一次"}}
    assert (await ask(client, "adjustments", "RejectAdjustment", back))["adjustment"]["status"] == "DRAFT"
    client.headers["authorization"] = administrator
    await ask(client, "adjustments", "PostAdjustment", {"input": {"id": made["id"]}})
    refused = await ask(client, "adjustments", "ApproveAdjustment", {"input": {"id": made["id"]}})
    assert [each["code"] for each in refused["userErrors"]] == ["ILLEGAL_TRANSITION"]
    gone = await ask(client, "adjustments", "CancelAdjustment", {"input": {"id": given_up["id"]}})
    assert gone["adjustment"]["status"] == "CANCELLED"


async def test_an_approval_posts(client: httpx.AsyncClient, shop: Shop) -> None:
    administrator = client.headers["authorization"]
    await shop.post(shop.coming("5", "5000"))
    await sign_in_as(client, "WAREHOUSE_KEEPER")
    body = {"warehouseId": global_id("Warehouse", shop.warehouse.id), "lines": [asked(shop, "2")], "note": "泡水"}
    answer = await send(client, "adjustments", "WriteOff", {"input": body})
    waiting = answer["data"]["writeOff"]["adjustment"]
    assert (waiting["status"], waiting["isWriteOff"], waiting["reason"]) == ("SUBMITTED", True, "WRITE_OFF")
    client.headers["authorization"] = administrator
    posted = await ask(client, "adjustments", "ApproveAdjustment", {"input": {"id": waiting["id"]}})
    assert (posted["adjustment"]["status"], posted["adjustment"]["total"]) == ("POSTED", "-2000")
    assert [level["onHand"] for level in posted["stockLevels"]] == ["3"]


async def test_refusals_name_the_input_that_is_wrong(client: httpx.AsyncClient, shop: Shop) -> None:
    before = await everything()
    answer = await drafted(client, shop, asked(shop, "1"), asked(shop, "-1", unitCost="1"), reason="FOUND")
    assert [(each["__typename"], each["code"], each["path"]) for each in answer["userErrors"]] == [
        ("InvalidInputError", "WRONG_DIRECTION", ["input", "lines", "1", "quantity"]),
        ("InvalidInputError", "COST_OF_LOSS", ["input", "lines", "1", "unitCost"]),
    ]
    body = {"warehouseId": global_id("Warehouse", shop.warehouse.id), "reason": "LOST", "lines": [asked(shop, "1")]}
    refused = await ask(client, "adjustments", "WriteOff", {"input": body})
    assert [each["code"] for each in refused["userErrors"]] == ["NO_WRITE_OFF"]
    assert await everything() == before


async def test_adjustments_of_other_warehouses_are_hidden(client: httpx.AsyncClient, shop: Shop) -> None:
    adjustment_id = await draft(shop, AdjustmentReason.FOUND, line(shop, "1", "1"))
    elsewhere = await create_warehouse(shop.call, code="ELSEWHERE", name="别处")
    await sign_in_as(client, "WAREHOUSE_KEEPER", elsewhere.warehouse_id)
    answer = await send(client, "adjustments", "Adjustment", {"id": global_id("Adjustment", adjustment_id)})
    assert answer["data"] == {"adjustment": None}
    body = {"input": {"id": global_id("Adjustment", adjustment_id)}}
    refused = await send(client, "adjustments", "PostAdjustment", body)
    assert [each["code"] for each in refused["data"]["postAdjustment"]["userErrors"]] == ["UNKNOWN_ID"]
