from typing import Any

import httpx
import pytest

from jxc_graphql.kit import db
from tests.operations import send


async def ask(client: httpx.AsyncClient, operation: str, **variables: Any) -> Any:
    answer = await send(client, "catalog", operation, variables)
    assert "errors" not in answer, answer
    ((_, found),) = answer["data"].items()
    return found


async def do(client: httpx.AsyncClient, operation: str, **given: Any) -> Any:
    return await ask(client, operation, input=given)


def problems(payload: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


@pytest.fixture
async def category(client: httpx.AsyncClient) -> dict[str, Any]:
    made: dict[str, Any] = (
        await send(client, "categories", "CreateCategory", {"input": {"code": "DRINKS", "name": "饮料"}})
    )["data"]["createCategory"]["category"]
    return made


@pytest.fixture
async def product(client: httpx.AsyncClient, category: dict[str, Any]) -> dict[str, Any]:
    made = await do(client, "CreateProduct", code="COLA", name="可口可乐", categoryId=category["id"])
    assert not made["userErrors"]
    found: dict[str, Any] = made["product"]
    return found


@pytest.fixture
async def sku(client: httpx.AsyncClient, product: dict[str, Any]) -> dict[str, Any]:
    made = await do(
        client,
        "CreateSku",
        productId=product["id"],
        code="COLA-330",
        name="可口可乐 330ml",
        unit="瓶",
        units=[{"name": "箱", "numerator": 24}],
        barcodes=[{"code": "6901"}, {"code": "6902", "unit": "箱"}],
    )
    assert not made["userErrors"]
    found: dict[str, Any] = made["sku"]
    return found


async def test_skus_come_as_the_main_job_asks(client: httpx.AsyncClient, sku: dict[str, Any]) -> None:
    (node,) = (await ask(client, "Skus", first=10))["nodes"]
    assert node["product"]["category"]["name"] == "饮料"
    assert {key: node[key] for key in ("id", "code", "name", "unit")} == {
        "id": sku["id"],
        "code": "COLA-330",
        "name": "可口可乐 330ml",
        "unit": "瓶",
    }


@pytest.mark.parametrize("words", ["cola-330", "可乐", "kkkl", "kekou", "6902", "COLA 330", "６９０１"])
async def test_a_sku_is_found_by_code_name_pinyin_and_barcode(
    client: httpx.AsyncClient, sku: dict[str, Any], words: str
) -> None:
    found = await ask(client, "SearchSkus", search=words)
    assert [node["id"] for node in found["nodes"]] == [sku["id"]]
    assert (await ask(client, "SearchSkus", search="pepsi"))["totalCount"] == 0


async def test_a_scanner_finds_sku_and_unit(client: httpx.AsyncClient, sku: dict[str, Any]) -> None:
    match = await ask(client, "Scan", code="6902")
    assert (match["unit"], match["quantity"], match["sku"]) == ("箱", "24", sku)
    assert (match["numerator"], match["denominator"], match["lotNumber"]) == (24, 1, None)
    by_code = await ask(client, "Scan", code="COLA-330")
    assert (by_code["unit"], by_code["quantity"], by_code["sku"]) == ("瓶", "1", sku)
    assert await ask(client, "Scan", code="nothing") is None


async def test_a_gs1_label_says_more_than_what_it_is_on(client: httpx.AsyncClient, sku: dict[str, Any]) -> None:
    await do(client, "SetSkuUnits", id=sku["id"], units=[], barcodes=[{"code": "6901234567892"}])
    match = await ask(client, "Scan", code="]C10106901234567892112601151728011510A7\u001d21S-1")
    assert match["sku"]["id"] == sku["id"]
    assert {
        key: match[key] for key in ("unit", "quantity", "lotNumber", "serialNumber", "producedOn", "expiresOn")
    } == {
        "unit": "瓶",
        "quantity": "1",
        "lotNumber": "A7",
        "serialNumber": "S-1",
        "producedOn": "2026-01-15",
        "expiresOn": "2028-01-15",
    }


async def test_a_label_tells_quantities_and_what_is_wrong_with_it(
    client: httpx.AsyncClient, sku: dict[str, Any]
) -> None:
    await do(client, "SetSkuUnits", id=sku["id"], units=[], barcodes=[{"code": "6901234567892"}])
    match = await ask(client, "Scan", code="(01)06901234567892(30)5(3103)001250(3922)1999(7003)2803142359(11)260231")
    told = {"variableCount", "totalQuantity", "netWeight", "price", "expiresOn", "expiresAt", "producedOn", "problems"}
    ids = [one.pop("id") for one in (*match["problems"], *match["elements"])]
    assert len(set(ids)) == len(ids)
    assert {name: match[name] for name in told} == {
        "variableCount": 5,
        "totalQuantity": "5",
        "netWeight": "1.25",
        "price": "19.99",
        "expiresOn": "2028-03-14",
        "expiresAt": "2028-03-14T15:59:00Z",
        "producedOn": None,
        "problems": [{"identifier": "11", "data": "260231", "fault": "IMPOSSIBLE_DATE"}],
    }
    assert match["elements"][1] == {"identifier": "30", "data": "5"}


async def test_units_and_barcodes_are_replaced(client: httpx.AsyncClient, sku: dict[str, Any]) -> None:
    changed = await do(
        client,
        "SetSkuUnits",
        id=sku["id"],
        units=[{"name": "三分", "numerator": 1, "denominator": 3}],
        barcodes=[{"code": "6903"}],
    )
    assert [(unit["numerator"], unit["denominator"]) for unit in changed["sku"]["units"]] == [(1, 3)]
    detail = await ask(client, "SkuDetail", id=sku["id"])
    assert [(barcode["code"], barcode["unit"]) for barcode in detail["barcodes"]] == [("6903", "瓶")]


async def test_a_taken_code_is_told_by_path(client: httpx.AsyncClient, product: dict[str, Any]) -> None:
    ((before,),) = await db.fetch("SELECT count(*) FROM product")
    category_id = product["category"]["id"]
    refused = await do(client, "CreateProduct", code="COLA", name="x", categoryId=category_id)
    assert (refused["product"], problems(refused)) == (None, [("CODE_TAKEN", ["input", "code"])])
    assert await db.fetch("SELECT count(*) FROM product") == [(before,)]


async def test_what_is_wrong_with_a_list_is_told_by_its_place(
    client: httpx.AsyncClient, product: dict[str, Any]
) -> None:
    refused = await do(
        client,
        "CreateSku",
        productId=product["id"],
        code="X",
        name="x",
        unit="瓶",
        units=[{"name": "箱", "numerator": 0}],
        barcodes=[{"code": "1", "unit": "桶"}],
    )
    assert problems(refused) == [
        ("RATIO_OUT_OF_BOUNDS", ["input", "units", "0", "numerator"]),
        ("UNKNOWN_UNIT", ["input", "barcodes", "0", "unit"]),
    ]


async def test_deactivation_goes_down_to_the_skus(
    client: httpx.AsyncClient, product: dict[str, Any], sku: dict[str, Any]
) -> None:
    off = await do(client, "UpdateProduct", id=product["id"], isActive=False, description="alt")
    assert (off["product"]["isActive"], off["product"]["skus"]) == (False, [{"id": sku["id"], "isActive": False}])
    refused = await do(client, "UpdateSku", id=sku["id"], isActive=True)
    assert problems(refused) == [("PRODUCT_INACTIVE", ["input", "isActive"])]
    detail = await ask(client, "ProductDetail", id=product["id"])
    assert (detail["description"], detail["skus"][0]["isActive"]) == ("alt", False)
    assert (await ask(client, "Products", where={"isActive": {"eq": True}}))["totalCount"] == 0


async def test_tracking_is_said_once_and_shelf_life_may_change(
    client: httpx.AsyncClient, product: dict[str, Any]
) -> None:
    given = {"productId": product["id"], "name": "鲜奶", "unit": "瓶"}
    milk = (await do(client, "CreateSku", **given, code="MILK", tracking="LOT", shelfLifeDays=7))["sku"]
    assert (milk["tracking"], milk["shelfLifeDays"]) == ("LOT", 7)
    longer = await do(client, "UpdateSku", id=milk["id"], shelfLifeDays=21)
    assert longer["sku"] == milk | {"shelfLifeDays": 21}
    refused = await do(client, "CreateSku", **given, code="PHONE", tracking="SERIAL", shelfLifeDays=7)
    assert problems(refused) == [("SHELF_LIFE_WITHOUT_LOTS", ["input", "shelfLifeDays"])]
    lots = await ask(client, "SearchSkus", where={"tracking": {"eq": "LOT"}})
    assert [node["id"] for node in lots["nodes"]] == [milk["id"]]


async def test_a_product_says_how_it_is_valued(client: httpx.AsyncClient, product: dict[str, Any]) -> None:
    assert product["valuation"] == "MOVING_AVERAGE"
    changed = await do(client, "UpdateProduct", id=product["id"], valuation="FIFO")
    assert changed["product"] == product | {"valuation": "FIFO", "skus": []}
    category_id = product["category"]["id"]
    made = await do(client, "CreateProduct", code="W", name="w", categoryId=category_id, valuation="FIFO")
    assert made["product"]["valuation"] == "FIFO"


async def test_an_id_of_another_kind_is_refused(client: httpx.AsyncClient, category: dict[str, Any]) -> None:
    refused = await do(client, "UpdateProduct", id=category["id"], name="x")
    assert problems(refused) == [("WRONG_KIND_OF_ID", ["input", "id"])]
