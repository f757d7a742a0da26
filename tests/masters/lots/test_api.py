from datetime import date
from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.call import Call
from tests.make.dairy import Goods
from tests.operations import send, sign_in_as

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


async def ask(client: httpx.AsyncClient, operation: str, **variables: Any) -> Any:
    answer = await send(client, "lots", operation, variables)
    assert "errors" not in answer, answer
    ((_, found),) = answer["data"].items()
    return found


async def do(client: httpx.AsyncClient, operation: str, **given: Any) -> Any:
    return await ask(client, operation, input=given)


@pytest.fixture
async def lot(client: httpx.AsyncClient, goods: Goods) -> str:
    return global_id("Lot", await goods.lot(MAY))


async def test_a_lot_is_shown(client: httpx.AsyncClient, goods: Goods, lot: str) -> None:
    detail = await ask(client, "LotDetail", id=lot)
    assert detail["sku"]["id"] == global_id("Sku", goods.milk)
    assert {key: detail[key] for key in ("number", "producedOn", "expiresOn", "isBlocked", "note", "version")} == {
        "number": "L1",
        "producedOn": "2026-05-01",
        "expiresOn": "2026-05-31",
        "isBlocked": False,
        "note": "",
        "version": 1,
    }
    assert detail["timeline"]["nodes"] == []


async def test_lots_stand_as_they_expire_those_that_do_not_last(client: httpx.AsyncClient, goods: Goods) -> None:
    for number, expires_on in (("A", None), ("B", JULY), ("C", MAY), ("D", JUNE)):
        await goods.lot(None, expires_on, sku_id=goods.wine, number=number)
    order = [{"field": "EXPIRES_ON", "direction": "ASC"}]
    page = await ask(client, "Lots", first=3, orderBy=order)
    assert (page["totalCount"], [node["number"] for node in page["nodes"]]) == (4, ["C", "D", "B"])
    rest = await ask(client, "Lots", first=3, orderBy=order, after=page["pageInfo"]["endCursor"])
    assert [node["number"] for node in rest["nodes"]] == ["A"]
    soon = await ask(client, "Lots", where={"expiresOn": {"lte": "2026-06-01"}, "isBlocked": {"eq": False}})
    assert {node["number"] for node in soon["nodes"]} == {"C", "D"}


async def test_lots_are_found_by_their_number(client: httpx.AsyncClient, goods: Goods, lot: str) -> None:
    other = global_id("Lot", await goods.lot(sku_id=goods.wine))
    await goods.lot(number="批7")
    assert {node["id"] for node in (await ask(client, "Lots", search="ｌ1"))["nodes"]} == {lot, other}
    assert [node["number"] for node in (await ask(client, "Lots", search="pi7"))["nodes"]] == ["批7"]
    of_milk = {"skuId": {"eq": global_id("Sku", goods.milk)}, "number": {"eq": "L1"}}
    assert [node["id"] for node in (await ask(client, "Lots", where=of_milk))["nodes"]] == [lot]
    assert [found["id"] for found in await ask(client, "LotsByNumber", number="L1")] == [other, lot]
    assert await ask(client, "LotsByNumber", number="L9") == []


async def test_a_lot_is_corrected_blocked_and_unblocked(client: httpx.AsyncClient, lot: str) -> None:
    new = {"producedOn": None, "expiresOn": "2026-07-01", "note": "wrong label"}
    changed = (await do(client, "UpdateLot", id=lot, expectedVersion=1, **new))["lot"]
    assert {key: changed[key] for key in new} == new
    assert [node["id"] for node in (await ask(client, "Lots", search="wrong"))["nodes"]] == [lot]
    for note in ({"contains": "LABEL"}, {"eq": "wrong label"}):
        assert [node["id"] for node in (await ask(client, "Lots", where={"note": note}))["nodes"]] == [lot]
    assert (await ask(client, "Lots", where={"note": {"contains": "right"}}))["nodes"] == []
    assert (await do(client, "BlockLot", id=lot, note="sour"))["lot"]["isBlocked"] is True
    assert (await do(client, "UnblockLot", id=lot, note="tested"))["lot"]["isBlocked"] is False
    detail = await ask(client, "LotDetail", id=lot)
    assert [(entry["what"], entry["note"], entry["actor"]["name"]) for entry in detail["timeline"]["nodes"]] == [
        ("LotUpdated", None, "Administrator"),
        ("LotBlocked", "sour", "Administrator"),
        ("LotUnblocked", "tested", "Administrator"),
    ]


async def test_what_is_wrong_is_told_with_its_data(client: httpx.AsyncClient, lot: str) -> None:
    refused = await do(client, "UpdateLot", id=lot, producedOn="2026-06-01", expiresOn="2026-05-01")
    assert refused["lot"] is None
    (error,) = refused["userErrors"]
    assert error["message"] == "A lot that was produced on 2026-06-01 cannot expire on 2026-05-01."
    assert {key: error[key] for key in ("__typename", "path", "from", "to")} == {
        "__typename": "PeriodError",
        "path": ["input", "expiresOn"],
        "from": "2026-06-01",
        "to": None,
    }
    stale = await do(client, "BlockLot", id=lot, expectedVersion=7)
    assert [(one["code"], one["path"]) for one in stale["userErrors"]] == [
        ("STALE_VERSION", ["input", "expectedVersion"])
    ]
    assert (await ask(client, "LotDetail", id=lot))["version"] == 1


async def test_who_may_see_lots_may_not_block_them(client: httpx.AsyncClient, call: Call, lot: str) -> None:
    await sign_in_as(client, "SELLER")
    assert (await ask(client, "Lots"))["totalCount"] == 1
    answer = await send(client, "lots", "BlockLot", {"input": {"id": lot}})
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    await sign_in_as(client, "WAREHOUSE_KEEPER")
    assert (await do(client, "BlockLot", id=lot))["lot"]["isBlocked"] is True
