from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.warehousing.transfers.models import Transfer
from tests.make.haul import MILK, OLD, OTHER, PHONE, PLAIN, Haul, make_haul
from tests.operations import ask, send, sign_in_as
from tests.refusals import everything

Answer = dict[str, Any]


@pytest.fixture
async def stocked(haul: Haul) -> Haul:
    await haul.stock(PLAIN, "10", "20")
    await haul.stock(MILK, "6", "6", lot=OLD)
    await haul.stock(PHONE, "2", "2000", serials=["a", "b"])
    return haul


async def draft(client: httpx.AsyncClient, haul: Haul, *lines: tuple[int, str], **others: Any) -> Answer:
    given = {
        "fromWarehouseId": global_id("Warehouse", haul.source.id),
        "toWarehouseId": global_id("Warehouse", haul.destination.id),
        "expectedOn": "2026-12-24",
        "lines": [{"skuId": global_id("Sku", haul.skus[sku]), "quantity": quantity} for sku, quantity in lines],
    }
    return await ask(client, "transfers", "CreateTransfer", {"input": {**given, **others}})


async def step(client: httpx.AsyncClient, name: str, transfer: Answer, **others: Any) -> Answer:
    key = "transferId" if name == "ReceiveTransfer" else "id"
    return await ask(client, "transfers", name, {"input": {key: transfer["id"], **others}})


async def approved(client: httpx.AsyncClient, haul: Haul, *lines: tuple[int, str]) -> Answer:
    transfer = (await draft(client, haul, *lines))["transfer"]
    await step(client, "SubmitTransfer", transfer, expectedVersion=1)
    return dict((await step(client, "ApproveTransfer", transfer))["transfer"])


def line(transfer: Answer, at: int, **others: Any) -> Answer:
    return {"transferLineId": transfer["lines"][at]["id"], **others}


class TestTheTransferChain:
    async def test_goes_from_the_request_to_the_last_of_the_goods(
        self, client: httpx.AsyncClient, stocked: Haul
    ) -> None:
        transfer = await approved(client, stocked, (PLAIN, "8"), (MILK, "4"), (PHONE, "2"))
        assert (transfer["status"], transfer["version"], transfer["fromName"]) == ("APPROVED", 3, "东仓")
        can = {each["action"] for each in transfer["allowedActions"] if each["allowed"]}
        assert can == {"DISPATCH", "CANCEL", "UNAPPROVE", "COPY"}
        leaving = [
            line(transfer, 0, quantity="6", placeId=global_id("Place", stocked.source.stock_place_id)),
            line(transfer, 1, quantity="4", lotNumber="旧"),
            line(transfer, 2, quantity="2", serials=["a", "b"]),
        ]
        sent = (await step(client, "DispatchTransfer", transfer, lines=leaving))["transfer"]
        assert (sent["status"], sent["cost"], sent["dispatchedBy"]["name"]) == ("IN_TRANSIT", "2016", "Administrator")
        assert [each["quantityInTransit"] for each in sent["lines"]] == ["6", "4", "2"]
        (lot,) = sent["lines"][1]["lotsInTransit"]
        assert (lot["lotNumber"], lot["expiresOn"], lot["quantity"]) == ("旧", "2126-12-01", "4")
        assert sent["lines"][2]["serialNumbersInTransit"] == ["a", "b"]
        came = [
            line(transfer, 0, quantityAccepted="5"),
            line(transfer, 1, quantityAccepted="3", quantityDamaged="1", lotNumber="旧"),
            line(transfer, 2, quantityAccepted="1", serials=["b"]),
        ]
        got = await step(client, "ReceiveTransfer", transfer, lines=came, note="周一到")
        assert got["transfer"]["status"] == "PARTIALLY_RECEIVED"
        assert sorted(each["inTransit"] for each in got["stockLevels"]) == ["0", "1", "1"]
        missing = [line(transfer, 2, quantity="1", reason="LOST", serials=["a"])]
        over = await step(
            client, "CloseTransferShort", transfer, reason="MISCOUNTED_AT_DISPATCH", lines=missing, note="点错了"
        )
        assert over["transfer"]["status"] == "CLOSED"
        kept = over["transfer"]["discrepancies"]["nodes"]
        assert [(each["reason"], each["quantity"]) for each in kept] == [("LOST", "1"), ("MISCOUNTED_AT_DISPATCH", "1")]
        await self._read_back(client, transfer, got["transferReceipt"])
        assert await stocked.verify() == []

    async def _read_back(self, client: httpx.AsyncClient, transfer: Answer, receipt: Answer) -> None:
        page = await ask(client, "transfers", "TransferPage", {"id": transfer["id"]})
        assert [each["what"] for each in page["timeline"]["nodes"]] == [
            "TransferCreated", "TransferSubmitted", "TransferApproved", "TransferDispatched", "TransferReceived",
            "TransferClosed",
        ]  # fmt: skip
        assert page["timeline"]["nodes"][-1]["note"] == "点错了"
        assert [each["number"] for each in page["transferReceipts"]["nodes"]] == [receipt["number"]]
        assert len(page["movements"]["nodes"]) == 5
        sheet = await ask(client, "transfers", "TransferReceiptPage", {"id": receipt["id"]})
        assert [each["value"] for each in sheet["lines"]] == ["10", "4", "1000"]
        where = {"status": {"eq": "CLOSED"}, "expectedOn": {"eq": "2026-12-24"}}
        found = await ask(client, "transfers", "Transfers", {"where": where, "orderBy": [{"field": "COST"}]})
        assert (found["totalCount"], found["aggregates"]["sum"]["cost"]) == (1, "2016")
        receipts = await ask(client, "transfers", "TransferReceipts", {"first": 5})
        assert [each["number"] for each in receipts["nodes"]] == [receipt["number"]]
        lost = await ask(client, "transfers", "TransferDiscrepancies", {"where": {"reason": {"eq": "LOST"}}})
        assert (lost["totalCount"], lost["aggregates"]["sum"]["value"]) == (1, "1000")

    async def test_changes_sends_back_and_cancels(self, client: httpx.AsyncClient, stocked: Haul) -> None:
        transfer = (await draft(client, stocked, (PLAIN, "8")))["transfer"]
        lines = [{"skuId": global_id("Sku", stocked.skus[OTHER]), "quantity": "3"}]
        changed = await step(client, "UpdateTransfer", transfer, expectedVersion=1, lines=lines, note="换一种")
        assert changed["transfer"]["lines"][0]["quantity"] == "3"
        stale = await step(client, "UpdateTransfer", transfer, expectedVersion=1, lines=lines)
        assert (stale["userErrors"][0]["code"], stale["userErrors"][0]["current"]) == ("STALE_VERSION", 2)
        await step(client, "SubmitTransfer", transfer)
        back = await step(client, "RejectTransfer", transfer, note="不够")
        assert back["transfer"]["status"] == "DRAFT"
        gone = await step(client, "CancelTransfer", transfer)
        assert gone["transfer"]["status"] == "CANCELLED"
        again = await step(client, "CancelTransfer", transfer)
        assert again["userErrors"][0]["allowed"] == []


class TestRefusals:
    async def test_name_each_line_that_is_short(self, client: httpx.AsyncClient, stocked: Haul) -> None:
        transfer = (await draft(client, stocked, (PLAIN, "8"), (OTHER, "1")))["transfer"]
        await step(client, "SubmitTransfer", transfer)
        before = await everything()
        short = await step(client, "ApproveTransfer", transfer)
        assert await everything() == before
        (error,) = short["userErrors"]
        assert (error["__typename"], error["path"]) == ("StockError", ["input", "id"])
        assert (error["sku"]["id"], error["available"], error["requested"]) == (
            transfer["lines"][1]["sku"]["id"],
            "0",
            "1",
        )
        less = [line(transfer, 1, quantity="0")]
        assert (await step(client, "ApproveTransfer", transfer, lines=less))["transfer"]["status"] == "APPROVED"

    async def test_say_what_is_in_transit(self, client: httpx.AsyncClient, stocked: Haul) -> None:
        transfer = await approved(client, stocked, (MILK, "4"))
        too_much = [line(transfer, 0, quantity="5")]
        (error,) = (await step(client, "DispatchTransfer", transfer, lines=too_much))["userErrors"]
        assert (error["code"], error["limit"], error["asked"]) == ("MORE_THAN_APPROVED", "4", "5")
        await step(client, "DispatchTransfer", transfer)
        came = [line(transfer, 0, quantityAccepted="4.5"), line(transfer, 0, quantityAccepted="1", lotNumber="新")]
        errors = (await step(client, "ReceiveTransfer", transfer, lines=came))["userErrors"]
        assert [(each["code"], each["path"]) for each in errors] == [
            ("MORE_THAN_IN_TRANSIT", ["input", "lines", "0"]),
            ("LOT_NOT_IN_TRANSIT", ["input", "lines", "1", "lotNumber"]),
        ]
        assert (errors[0]["limit"], errors[0]["asked"], errors[1]["available"]) == ("4", "5.5", "0")

    async def test_answer_a_repeat_with_the_first_dispatch(self, client: httpx.AsyncClient, stocked: Haul) -> None:
        transfer = await approved(client, stocked, (PLAIN, "4"))
        first = await step(client, "DispatchTransfer", transfer, idempotencyKey="once")
        assert await step(client, "DispatchTransfer", transfer, idempotencyKey="once") == first
        other = await step(client, "DispatchTransfer", transfer, idempotencyKey="once", businessDate="2026-01-01")
        (error,) = other["userErrors"]
        assert (error["__typename"], error["code"]) == ("KnownError", "IDEMPOTENCY_MISMATCH")
        assert (error["document"]["__typename"], error["document"]["id"]) == ("Transfer", transfer["id"])

    async def test_need_the_permission(self, client: httpx.AsyncClient, stocked: Haul) -> None:
        transfer = await approved(client, stocked, (PLAIN, "4"))
        await sign_in_as(client, "VIEWER")
        before = await everything()
        answer = await send(client, "transfers", "DispatchTransfer", {"input": {"id": transfer["id"]}})
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]
        assert await everything() == before


class TestScope:
    async def test_people_of_the_destination_see_the_transfer_and_receive_it(
        self, client: httpx.AsyncClient, stocked: Haul
    ) -> None:
        transfer = await approved(client, stocked, (PLAIN, "4"))
        await sign_in_as(client, "WAREHOUSE_KEEPER", stocked.destination.id)
        answer = await send(client, "transfers", "Transfers", {"withCosts": False})
        assert {one["permission"] for one in answer["extensions"]["hidden"]} == {"SEE_COST"}
        seen = answer["data"]["transfers"]["nodes"]
        assert [(each["id"], each["fromWarehouse"], each["fromName"]) for each in seen] == [
            (transfer["id"], None, "东仓")
        ]
        refused = await send(client, "transfers", "DispatchTransfer", {"input": {"id": transfer["id"]}})
        assert [each["code"] for each in refused["data"]["dispatchTransfer"]["userErrors"]] == ["OUT_OF_SCOPE"]
        await stocked.dispatch((await Transfer.get(number=transfer["number"])).id)
        came = await send(
            client,
            "transfers",
            "ReceiveTransfer",
            {"input": {"transferId": transfer["id"], "lines": [line(transfer, 0, quantityAccepted="4")]}},
        )
        assert came["data"]["receiveTransfer"]["transfer"]["status"] == "RECEIVED"
        can = {
            each["action"]: each["reasons"] for each in came["data"]["receiveTransfer"]["transfer"]["allowedActions"]
        }
        assert can["DISPATCH"] == ["ILLEGAL_TRANSITION", "OUT_OF_SCOPE"]
        assert can["CLOSE"] == ["FORBIDDEN", "ILLEGAL_TRANSITION"]

    async def test_people_of_the_source_see_what_came_of_it_and_strangers_nothing(
        self, client: httpx.AsyncClient, stocked: Haul
    ) -> None:
        await stocked.receive(await stocked.sent((PLAIN, "4")), (0, "3", "1", {}))
        await sign_in_as(client, "WAREHOUSE_KEEPER", stocked.source.id)
        (receipt,) = (await send(client, "transfers", "TransferReceipts", {}))["data"]["transferReceipts"]["nodes"]
        assert (receipt["warehouse"], receipt["transfer"]["fromName"]) == (None, "东仓")
        await sign_in_as(client, "VIEWER", (await make_haul(stocked.call)).source.id)
        for operation, field in (("Transfers", "transfers"), ("TransferReceipts", "transferReceipts")):
            given = {"withCosts": False} if operation == "Transfers" else {}
            answer = await send(client, "transfers", operation, given)
            assert answer["data"][field]["nodes"] == []
