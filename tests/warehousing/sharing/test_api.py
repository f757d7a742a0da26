"""What a branch sees of the others: the very documents of schema/operations/sharing.graphql."""

from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from tests.make.branches import Branches
from tests.operations import ask, send, sign_in_as
from tests.pages import apart, walked


async def test_finds_goods_elsewhere_and_asks_for_them(client: httpx.AsyncClient, branches: Branches) -> None:
    await branches.limit("A", "2", "10")
    await branches.limit("C", "2", "10")
    await branches.stock("C", "16")
    source, target = global_id("Warehouse", branches.id("C")), global_id("Warehouse", branches.id("A"))
    sku = global_id("Sku", branches.skus[0])
    times = [{"fromWarehouseId": source, "toWarehouseId": target, "days": 2}]
    done = await ask(client, "sharing", "SetTransferTimes", {"input": {"times": times}})
    assert [(one["days"], one["fromWarehouse"]["id"]) for one in done["transferTimes"]] == [(2, source)]
    del times[0]["days"]
    as_before = await ask(client, "sharing", "SetTransferTimes", {"input": {"times": times}})
    assert as_before["transferTimes"] == done["transferTimes"]
    assert len((await ask(client, "sharing", "TransferTimes", {}))["nodes"]) == 1

    await sign_in_as(client, "WAREHOUSE_KEEPER", branches.id("A"))
    variables = {"skuId": sku, "forWarehouseId": target}
    (there,) = (await send(client, "sharing", "SkuAvailability", variables))["data"]["skuAvailability"]["nodes"]
    assert (there["warehouse"]["warehouseId"], there["warehouse"]["name"]) == (source, "C")
    assert there["warehouse"]["branch"]["name"] == "西"
    assert (there["available"], there["surplus"], there["days"]) == ("16", "6", 2)
    (surplus,) = (await send(client, "sharing", "StockSurpluses", {"skus": [sku]}))["data"]["stockSurpluses"]["nodes"]
    assert (surplus["limit"], surplus["quantity"], surplus["sku"]["id"]) == ("10", "6", sku)
    (short,) = (await send(client, "sharing", "StockShortages", {"warehouses": [target]}))["data"]["stockShortages"][
        "nodes"
    ]
    assert (short["available"], short["inTransit"], short["quantity"]) == ("0", "0", "10")
    (match,) = (await send(client, "sharing", "StockMatches", {"first": 5}))["data"]["stockMatches"]["nodes"]
    assert (match["fromWarehouse"]["code"], match["quantity"]) == (there["warehouse"]["code"], "6")

    given = {"skuId": sku, "fromWarehouseId": source, "toWarehouseId": target, "quantity": "6", "idempotencyKey": "k"}
    first = await ask(client, "sharing", "RequestTransfer", {"input": given})
    again = await ask(client, "sharing", "RequestTransfer", {"input": given})
    assert first == again
    assert (first["transfer"]["status"], first["transfer"]["fromName"]) == ("SUBMITTED", "C")
    assert await db.fetch("SELECT count(*) FROM transfer") == [(1,)]


async def test_rows_are_walked_once_and_have_ids_of_their_own(client: httpx.AsyncClient, branches: Branches) -> None:
    for letter, quantity in (("A", "1"), ("B", "1"), ("C", "30"), ("D", "20")):
        await branches.limit(letter, "2", "10")
        await branches.stock(letter, quantity)
    sku, here = global_id("Sku", branches.skus[0]), global_id("Warehouse", branches.id("A"))
    there = global_id("Warehouse", branches.id("B"))
    asked: list[tuple[str, dict[str, Any], int]] = [
        ("StockSurpluses", {}, 2),
        ("StockShortages", {}, 2),
        ("StockShortages", {"warehouses": [here]}, 1),
    ]
    asked += [("StockMatches", {}, 2), ("SkuAvailability", {"skuId": sku, "forWarehouseId": here}, 3)]
    asked += [("SkuAvailability", {"skuId": sku, "forWarehouseId": there}, 3)]
    answers = [await walked(client, "sharing", operation, variables) for operation, variables, _ in asked]
    assert [len(one) for one in answers] == [rows for *_, rows in asked]
    assert apart(*answers)


async def test_says_what_is_wrong_with_a_request(client: httpx.AsyncClient, branches: Branches) -> None:
    sku, here = global_id("Sku", branches.skus[0]), global_id("Warehouse", branches.id("A"))
    there = global_id("Warehouse", branches.id("C"))
    given = {"skuId": sku, "fromWarehouseId": there, "toWarehouseId": here, "quantity": "-1"}
    answer = await ask(client, "sharing", "RequestTransfer", {"input": given})
    assert answer["transfer"] is None
    assert [problem["path"] for problem in answer["userErrors"]] == [["input", "quantity"]]
    assert await db.fetch("SELECT count(*) FROM transfer") == [(0,)]
    refused = await send(client, "sharing", "StockSurpluses", {"first": 1000})
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["INVALID_PAGE_SIZE"]
    await sign_in_as(client, "VIEWER", branches.id("A"))
    await branches.stock("C", "5")
    hidden = await send(client, "sharing", "SkuAvailability", {"skuId": sku, "forWarehouseId": here})
    assert hidden["data"]["skuAvailability"]["nodes"] == []
