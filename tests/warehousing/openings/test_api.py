from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.catalog.tracking import SkuTracking
from tests.make.shop import Shop, make_shop
from tests.operations import send
from tests.refusals import everything


async def data(client: httpx.AsyncClient, operation: str, variables: dict[str, Any] | None = None) -> Any:
    answer = await send(client, "openings", operation, variables)
    assert "errors" not in answer
    return answer["data"]


async def test_an_opening_balance_shows_what_it_changed(client: httpx.AsyncClient, shop: Shop) -> None:
    line = {"skuId": global_id("Sku", shop.skus[0]), "quantity": "10", "unitCost": "2.5"}
    body = {"warehouseId": global_id("Warehouse", shop.warehouse.id), "businessDate": "2025-12-31", "lines": [line]}
    posted = (await data(client, "PostOpeningBalance", {"input": body}))["postOpeningBalance"]
    assert posted["userErrors"] == []
    assert (posted["openingBalance"]["number"], posted["openingBalance"]["total"]) == ("OB-2025-00001", "25")
    (level,) = posted["stockLevels"]
    assert (level["onHand"], level["value"], level["unitCost"]) == ("10", "25", "2.5")
    found = (await data(client, "OpeningBalance", {"id": posted["openingBalance"]["id"]}))["openingBalance"]
    assert [movement["quantity"] for movement in found["movements"]["nodes"]] == ["10"]
    assert [entry["what"] for entry in found["timeline"]["nodes"]] == ["OpeningBalancePosted"]
    assert (await data(client, "OpeningBalances"))["openingBalances"]["totalCount"] == 1


async def test_everything_wrong_with_an_opening_balance_is_told_at_once(client: httpx.AsyncClient, shop: Shop) -> None:
    before = await everything()
    lines = [
        {"skuId": global_id("Sku", shop.skus[0]), "quantity": "0", "unitCost": "1"},
        {"skuId": global_id("Sku", 5), "quantity": "1", "unitCost": "-1"},
    ]
    body = {"warehouseId": global_id("Warehouse", shop.warehouse.id), "businessDate": "2025-12-31", "lines": lines}
    posted = (await data(client, "PostOpeningBalance", {"input": body}))["postOpeningBalance"]
    assert [(error["code"], error["path"]) for error in posted["userErrors"]] == [
        ("MUST_BE_POSITIVE", ["input", "lines", "0", "quantity"]),
        ("OUT_OF_BOUNDS", ["input", "lines", "1", "unitCost"]),
        ("UNKNOWN_ID", ["input", "lines", "1", "skuId"]),
    ]
    assert await everything() == before


async def test_goods_come_with_lot_place_and_age(client: httpx.AsyncClient, call: Call) -> None:
    dairy = await make_shop(call, tracking=SkuTracking.LOT)
    bin_id = await dairy.bin("A-01")
    line = {
        "skuId": global_id("Sku", dairy.skus[0]), "quantity": "10", "unitCost": "2.5",
        "placeId": global_id("Place", bin_id), "lot": {"number": "L1", "expiresOn": "2027-01-01"},
        "originOn": "2025-06-01",
    }  # fmt: skip
    body = {"warehouseId": global_id("Warehouse", dairy.warehouse.id), "businessDate": "2025-12-31"}
    posted = (await data(client, "PostOpeningBalance", {"input": {**body, "lines": [line]}}))["postOpeningBalance"]
    found = (await data(client, "OpeningBalance", {"id": posted["openingBalance"]["id"]}))["openingBalance"]
    (kept,) = found["lines"]
    assert (kept["place"]["code"], kept["lot"]["number"], kept["originOn"]) == ("A-01", "L1", "2025-06-01")
    early = {**line, "originOn": "2026-06-01", "lot": None}
    refused = await send(client, "openings", "PostOpeningBalance", {"input": {**body, "lines": [early]}})
    assert [(each["__typename"], each["path"][-1]) for each in refused["data"]["postOpeningBalance"]["userErrors"]] == [
        ("PeriodError", "originOn"),
        ("StockError", "lot"),
    ]


async def test_pieces_come_with_their_numbers(client: httpx.AsyncClient, call: Call) -> None:
    phones = await make_shop(call, tracking=SkuTracking.SERIAL)
    line = {"skuId": global_id("Sku", phones.skus[0]), "quantity": "2", "unitCost": "9", "serials": ["N1", "N2"]}
    body = {"warehouseId": global_id("Warehouse", phones.warehouse.id), "businessDate": "2025-12-31", "lines": [line]}
    posted = (await data(client, "PostOpeningBalance", {"input": body}))["postOpeningBalance"]
    found = (await data(client, "OpeningBalance", {"id": posted["openingBalance"]["id"]}))["openingBalance"]
    (movement,) = found["movements"]["nodes"]
    assert [piece["serial"]["number"] for piece in movement["pieces"]["nodes"]] == ["N1", "N2"]
