from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from tests.make.hall import Hall, only
from tests.operations import ask, send, sign_in_as

Answer = dict[str, Any]


async def planned(client: httpx.AsyncClient, hall: Hall, **others: Any) -> Answer:
    given = {
        "warehouseId": global_id("Warehouse", hall.trade.shop.warehouse.id),
        "skuIds": [global_id("Sku", sku) for sku in hall.skus],
        "approvalLimit": "100",
        "idempotencyKey": "plan",
    }
    return dict((await ask(client, "stocktakes", "PlanStocktake", {"input": given | others}))["stocktake"])


async def do(client: httpx.AsyncClient, operation: str, stocktake: Answer, **others: Any) -> Answer:
    return await ask(client, "stocktakes", operation, {"input": {"id": stocktake["id"], **others}})


def counts(hall: Hall, *quantities: str) -> list[Answer]:
    return [
        {"skuId": global_id("Sku", sku), "quantity": quantity}
        for sku, quantity in zip(hall.skus, quantities, strict=False)
    ]


class TestRefusals:
    async def test_lead_to_the_stocktake_that_has_the_goods(self, client: httpx.AsyncClient, hall: Hall) -> None:
        first, second = await planned(client, hall), await planned(client, hall, idempotencyKey="another")
        await do(client, "StartStocktake", first)
        (error, *_) = (await do(client, "StartStocktake", second))["userErrors"]
        assert (error["__typename"], error["code"]) == ("KnownError", "GOODS_UNDER_COUNT")
        assert (error["document"]["id"], error["document"]["number"]) == (first["id"], first["number"])


class TestTheStocktakeChain:
    async def test_goes_from_plan_to_books(self, client: httpx.AsyncClient, hall: Hall) -> None:
        stocktake = await planned(client, hall)
        assert (stocktake["status"], stocktake["progress"]["lines"]) == ("DRAFT", 3)
        assert stocktake["number"].startswith("ST-")
        split = await do(client, "SplitStocktake", stocktake, sheets=[{"name": "甲"}, {"name": "乙"}])
        assert [sheet["progress"]["lines"] for sheet in split["sheets"]] == [1, 2]
        started = await do(client, "StartStocktake", stocktake, expectedVersion=2)
        can = {each["action"]: each["allowed"] for each in started["stocktake"]["allowedActions"]}
        assert can["COUNT"]
        assert not can["POST"]
        done = await do(client, "RecordCounts", stocktake, counts=counts(hall, "12", "20", "29"), idempotencyKey="k")
        assert (done["linesCounted"], done["linesFound"], [line["variance"] for line in done["lines"]]) == (
            3, 0, ["2", "0", "-1"],
        )  # fmt: skip
        (sheet, _) = split["sheets"]
        page = await ask(client, "stocktakes", "CountSheet", {"id": sheet["id"]})
        assert [line["countedQuantity"] for line in page["lines"]["nodes"]] == ["12"]
        again = await do(client, "RequestRecount", stocktake, minQuantity="2", note="复盘")
        assert again["linesToRecount"] == 1
        left = await do(client, "SubmitStocktake", stocktake)
        assert [(each["code"], each["path"]) for each in left["userErrors"]] == [
            ("LINES_NOT_COUNTED", ["input", "uncounted"])
        ]
        await do(client, "RecordCounts", stocktake, counts=counts(hall, "11"), mode="ADD")
        await do(client, "SubmitStocktake", stocktake)
        order = [{"field": "VARIANCE_VALUE"}]
        variables = {"id": stocktake["id"], "where": {"variance": {"lt": "0"}}, "orderBy": order}
        review = await ask(client, "stocktakes", "StocktakeReview", variables)
        assert (review["surplusValue"], review["shortageValue"], review["netValue"]) == ("2", "2", "0")
        assert review["lines"]["totalCount"] == 1
        assert review["lines"]["aggregates"]["sum"] == {"variance": "-1", "varianceValue": "-2"}
        await do(client, "RejectStocktake", stocktake, note="看看")
        await do(client, "SubmitStocktake", stocktake)
        await do(client, "ApproveStocktake", stocktake)
        posted = await do(client, "PostStocktake", stocktake, idempotencyKey="post")
        assert (posted["stocktake"]["status"], sorted(level["onHand"] for level in posted["stockLevels"])) == (
            "POSTED", ["11", "29"],
        )  # fmt: skip
        moved = await ask(client, "stocktakes", "StocktakeMovements", {"id": stocktake["id"]})
        assert moved["movements"]["totalCount"] == 2
        whole = await ask(client, "stocktakes", "StocktakePage", {"id": stocktake["id"]})
        assert [one["sku"]["id"] for one in whole["scope"]] == [global_id("Sku", sku) for sku in hall.skus]
        assert len(whole["timeline"]["nodes"]) == 11
        where = {"skuId": {"eq": global_id("Sku", hall.skus[0])}}
        detail = await ask(client, "stocktakes", "StocktakeLineDetail", {"where": where})
        assert [(one["round"], one["isValid"]) for one in detail["nodes"][0]["counts"]["nodes"]] == [
            (1, False), (2, True),
        ]  # fmt: skip
        listed = await ask(client, "stocktakes", "Stocktakes", {"where": {"status": {"eq": "POSTED"}}})
        assert listed["totalCount"] == 1
        assert await hall.verify() == []

    async def test_is_given_up(self, client: httpx.AsyncClient, hall: Hall) -> None:
        stocktake = await planned(client, hall)
        gone = await do(client, "CancelStocktake", stocktake)
        assert gone["stocktake"]["status"] == "CANCELLED"


class TestBlindCounts:
    async def test_hide_what_the_books_say_from_counters(self, client: httpx.AsyncClient, hall: Hall) -> None:
        stocktake_id = await hall.start(scope=only(*hall.skus), is_blind=True)
        stocktake = {"id": global_id("Stocktake", stocktake_id)}
        done = await do(client, "RecordCounts", stocktake, counts=counts(hall, "8", "20", "30"))
        assert [(line["bookQuantity"], line["variance"]) for line in done["lines"]] == [
            ("10", None), ("20", None), ("30", None),
        ]  # fmt: skip
        manager = client.headers["authorization"]
        await sign_in_as(client, "VIEWER")
        review = {"id": stocktake["id"], "where": {"variance": {"isNull": False}}, "withCosts": False}
        seen = await send(client, "stocktakes", "StocktakeLineDetail")
        shown = [
            (line["bookQuantity"], line["bookQuantityAtCount"], line["variance"], line["countedQuantity"])
            for line in seen["data"]["stocktakeLines"]["nodes"]
        ]
        assert shown == [(None, None, None, "8"), (None, None, None, "20"), (None, None, None, "30")]
        assert seen["extensions"]["hidden"] == [
            {"path": ["stocktakeLines", "nodes", "pieces"], "permission": "MANAGE_STOCKTAKES"}
        ]
        hidden = await send(client, "stocktakes", "StocktakeReview", review)
        assert hidden["data"]["stocktake"]["lines"]["nodes"] == []
        viewer = client.headers["authorization"]
        client.headers["authorization"] = manager
        await do(client, "SubmitStocktake", stocktake)
        client.headers["authorization"] = viewer
        seen = await send(client, "stocktakes", "StocktakeReview", review)
        assert [line["variance"] for line in seen["data"]["stocktake"]["lines"]["nodes"]] == ["-2", "0", "0"]
        assert seen["data"]["stocktake"]["shortageValue"] is None  # SEE_COST

    async def test_need_the_permission_to_count(self, client: httpx.AsyncClient, hall: Hall) -> None:
        stocktake_id = await hall.start()
        await sign_in_as(client, "VIEWER")
        given = {"id": global_id("Stocktake", stocktake_id), "counts": counts(hall, "1")}
        answer = await send(client, "stocktakes", "RecordCounts", {"input": given})
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]
