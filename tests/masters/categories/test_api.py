from typing import Any

import httpx

from tests.operations import ask


async def do(client: httpx.AsyncClient, operation: str, **given: Any) -> dict[str, Any]:
    return await ask(client, "categories", operation, {"input": given})


async def test_categories_form_a_tree(client: httpx.AsyncClient) -> None:
    top = (await do(client, "CreateCategory", code="DRINKS", name="饮料"))["category"]
    low = (await do(client, "CreateCategory", code="COLAS", name="可乐", parentId=top["id"]))["category"]
    assert low["parent"]["id"] == top["id"]
    moved = await do(client, "MoveCategory", id=top["id"], parentId=low["id"])
    assert [(error["code"], error["path"]) for error in moved["userErrors"]] == [
        ("CATEGORY_CYCLE", ["input", "parentId"])
    ]
    below = await ask(client, "categories", "Categories", {"where": {"parentId": {"eq": top["id"]}}})
    assert [node["id"] for node in below["nodes"]] == [low["id"]]
    assert (await do(client, "MoveCategory", id=low["id"]))["category"]["parent"] is None
    renamed = await do(client, "UpdateCategory", id=low["id"], name="汽水")
    assert renamed["category"]["name"] == "汽水"
    assert (await ask(client, "categories", "CategoryDetail", {"id": low["id"]}))["name"] == "汽水"


async def test_a_category_is_found_by_pinyin(client: httpx.AsyncClient) -> None:
    await do(client, "CreateCategory", code="D", name="饮料")
    found = await ask(client, "categories", "Categories", {"search": "yinliao"})
    assert [node["name"] for node in found["nodes"]] == ["饮料"]
