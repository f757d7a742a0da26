from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.masters.warehouses import operations as warehouses
from tests.make.workshop import BOX, CRATE, RIBBON, TEA, Workshop
from tests.operations import send, sign_in_as


async def ask(client: httpx.AsyncClient, operation: str, variables: dict[str, Any] | None = None) -> Any:
    answer = await send(client, "assembly", operation, variables)
    assert "errors" not in answer, answer
    (field,) = answer["data"].values()
    return field


def _input(workshop: Workshop, **others: Any) -> dict[str, Any]:
    place = global_id("Warehouse", workshop.trade.shop.warehouse.id)
    return {"input": {"warehouseId": place, "skuId": _sku(workshop, BOX), "quantity": "3"} | others}


def _sku(workshop: Workshop, position: int) -> str:
    return global_id("Sku", workshop.sku(position))


async def test_a_recipe_is_set_and_shown(client: httpx.AsyncClient, workshop: Workshop) -> None:
    components = [{"skuId": _sku(workshop, BOX), "quantity": "12"}]
    set_ = await ask(
        client,
        "SetKitComponents",
        {"input": {"skuId": _sku(workshop, CRATE), "components": components}},
    )
    assert set_["userErrors"] == []
    assert (set_["kit"]["version"], set_["kit"]["batchQuantity"]) == (1, "1")
    shown = await ask(client, "Kit", {"id": set_["kit"]["id"]})
    assert [(one["sku"]["id"], one["quantity"]) for one in shown["components"]] == [(_sku(workshop, BOX), "12")]
    assert [one["what"] for one in shown["timeline"]["nodes"]] == ["KitComponentsSet"]
    recipe = {"skuId": _sku(workshop, CRATE), "components": components}
    batches = [
        (await ask(client, "SetKitComponents", {"input": recipe | said}))["kit"]["batchQuantity"]
        for said in ({"batchQuantity": "10"}, {}, {"batchQuantity": None}, {"batchQuantity": "5"})
    ]
    assert batches == ["10", "10", "1", "5"]
    await ask(client, "SetKitComponents", {"input": recipe | {"components": []}})
    again = await ask(client, "SetKitComponents", {"input": recipe})
    assert again["kit"]["batchQuantity"] == "1"
    wrong = {"input": {"skuId": _sku(workshop, BOX), "components": [{"skuId": _sku(workshop, CRATE), "quantity": "1"}]}}
    refused = await ask(client, "SetKitComponents", wrong)
    assert [(one["code"], one["path"]) for one in refused["userErrors"]] == [
        ("KIT_CYCLE", ["input", "components", "0", "skuId"])
    ]


async def test_kits_are_made_and_taken_apart(client: httpx.AsyncClient, workshop: Workshop) -> None:
    made = await ask(client, "AssembleKits", _input(workshop, extraCost="1.5", idempotencyKey="one"))
    assert made["userErrors"] == []
    document = made["assembly"]
    assert document["number"].startswith("AS-")
    assert (document["cost"], document["extraCost"], document["value"]) == ("18.5", "1.5", "20")
    assert {level["sku"]["id"] for level in made["stockLevels"]} == {
        _sku(workshop, position) for position in (TEA, RIBBON, BOX)
    }
    lines = [{"skuId": _sku(workshop, TEA), "quantity": "5"}]
    refused = await ask(client, "DisassembleKits", _input(workshop, lines=lines))
    (error,) = refused["userErrors"]
    assert (error["code"], error["path"]) == ("DEVIATION_UNEXPLAINED", ["input", "lines", "0", "quantity"])
    assert (error["__typename"], error["limit"], error["asked"]) == ("LimitError", "6", "5")
    apart = await ask(client, "DisassembleKits", _input(workshop, lines=lines, reason="破损"))
    assert [one["quantityByRecipe"] for one in apart["assembly"]["lines"]] == ["6", "1"]
    shown = await ask(client, "Assembly", {"id": document["id"]})
    assert [one["toPlace"]["kind"] for one in shown["movements"]["nodes"]] == ["ASSEMBLY", "ASSEMBLY", "STOCK"]
    assert [one["what"] for one in shown["timeline"]["nodes"]] == ["KitsAssembled"]
    assert (await ask(client, "Assemblies", {"where": {"kind": {"eq": "DISASSEMBLE"}}}))["totalCount"] == 1


async def test_a_kit_says_how_many_can_be_made_and_where(client: httpx.AsyncClient, workshop: Workshop) -> None:
    await warehouses.create_warehouse(workshop.call, code="EMPTY", name="空仓")
    await workshop.trade.sell((RIBBON, "7", "1"))
    (kit,) = (await ask(client, "Kits", {"where": {"skuId": {"eq": _sku(workshop, BOX)}}}))["nodes"]
    # 20 teas would make 10 boxes; the 3 ribbons that are kept for nobody make 9.
    assert kit["assemblableQuantity"] == "9"
    (there,) = (await ask(client, "KitAvailability", {"kitId": kit["id"]}))["nodes"]
    assert (there["quantity"], there["scarcestSku"]["id"]) == ("9", _sku(workshop, RIBBON))
    await workshop.set(BOX)
    (kit,) = (await ask(client, "Kits"))["nodes"]
    assert kit["assemblableQuantity"] == "0"


async def test_a_keeper_sees_no_costs_and_no_other_warehouses(client: httpx.AsyncClient, workshop: Workshop) -> None:
    await workshop.assemble("3")
    elsewhere = await warehouses.create_warehouse(workshop.call, code="ELSEWHERE", name="别处")
    ((kit_id,),) = await db.fetch("SELECT id FROM kit")
    await sign_in_as(client, "WAREHOUSE_KEEPER", elsewhere.warehouse_id)
    assert (await ask(client, "KitAvailability", {"kitId": global_id("Kit", kit_id)}))["nodes"] == []
    (kit,) = (await ask(client, "Kits"))["nodes"]
    assert kit["assemblableQuantity"] == "0"
    assert (await ask(client, "Assemblies"))["totalCount"] == 0
    refused = await ask(client, "AssembleKits", _input(workshop))
    assert [one["code"] for one in refused["userErrors"]] == ["UNKNOWN_ID"]


async def test_values_need_their_permission(client: httpx.AsyncClient, workshop: Workshop) -> None:
    assembly_id = await workshop.assemble("3")
    await sign_in_as(client, "WAREHOUSE_KEEPER")
    answer = await send(client, "assembly", "Assembly", {"id": global_id("Assembly", assembly_id)})
    shown = answer["data"]["assembly"]
    assert (shown["quantity"], shown["cost"], shown["value"], shown["lines"][0]["value"]) == ("3", None, None, None)
    assert "errors" not in answer
    assert {one["permission"] for one in answer["extensions"]["hidden"]} == {"SEE_COST"}
