import httpx

from jxc_graphql.gql.schema.scalars import global_id
from tests.make.haul import MILK, OLD, Haul
from tests.operations import ask, send, sign_in_as


async def test_goods_are_inspected_and_released(client: httpx.AsyncClient, haul: Haul) -> None:
    await haul.stock(MILK, "6", "6", lot=OLD)
    here = haul.source
    line = {
        "skuId": global_id("Sku", haul.skus[MILK]),
        "fromPlaceId": global_id("Place", here.stock_place_id),
        "toPlaceId": global_id("Place", here.quality_place_id),
    }
    given = {"warehouseId": global_id("Warehouse", here.id), "note": "抽检"}
    for_check = {"input": {**given, "lines": [{**line, "quantity": "4", "lotNumber": "旧"}]}}
    made = await ask(client, "relocations", "MovePlaces", for_check)
    assert made["placeMove"]["lines"][0]["toPlace"]["kind"] == "QUALITY"
    assert [(each["sellable"], each["quality"]) for each in made["stockLevels"]] == [("2", "4")]
    page = await ask(client, "relocations", "PlaceMovePage", {"id": made["placeMove"]["id"]})
    assert (page["note"], page["lines"][0]["lot"]["number"]) == ("抽检", "旧")
    assert [each["what"] for each in page["timeline"]["nodes"]] == ["PlacesMoved"]
    too_much = {"input": {**given, "lines": [{**line, "quantity": "3"}]}}
    (error,) = (await ask(client, "relocations", "MovePlaces", too_much))["userErrors"]
    assert (error["code"], error["available"], error["path"]) == ("INSUFFICIENT_STOCK", "2", ["input", "lines", "0"])
    found = await ask(client, "relocations", "PlaceMoves", {"where": {"status": {"eq": "POSTED"}}})
    assert [each["id"] for each in found["nodes"]] == [made["placeMove"]["id"]]
    await sign_in_as(client, "VIEWER", haul.destination.id)
    assert (await send(client, "relocations", "PlaceMoves", {}))["data"]["placeMoves"]["nodes"] == []
