"""One list of all documents, for whoever may see them."""

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from tests.make.begun import begun
from tests.make.haul import PLAIN, Haul, make_haul
from tests.make.trade import Trade, make_trade, set_column
from tests.operations import ask, send, sign_in_as

SELECTED = (
    "{ documents(first: 100) { nodes { id number status createdBy { name } allowedActions { action allowed } } } }"
)


async def make_traded(call: Call) -> Trade:
    """Bought, received, sold and shipped, and another order that waits for approval."""
    trade = await make_trade(call, skus=1)
    await trade.stock_up("10")
    await trade.ship(await trade.sell((0, "5", "9")), (0, "5"))
    await trade.draft_purchase((0, "1", "1"), note="加急 ＡＢＣ")
    return trade


trade = begun(make_traded)


async def listed(client: httpx.AsyncClient, **variables: object) -> list[tuple[str, str]]:
    found = await ask(client, "documents", "Documents", variables)
    return [(each["__typename"], each["status"]) for each in found["nodes"]]


async def test_all_kinds_are_in_one_list(client: httpx.AsyncClient, trade: Trade) -> None:
    assert await listed(client) == [
        ("PurchaseOrder", "DRAFT"),
        ("Shipment", "POSTED"),
        ("SalesOrder", "SHIPPED"),
        ("GoodsReceipt", "POSTED"),
        ("PurchaseOrder", "RECEIVED"),
    ]
    draft = {"status": {"eq": "DRAFT"}}
    assert await listed(client, where=draft) == [("PurchaseOrder", "DRAFT")]
    receipts = {"documentKind": {"in": ["GOODS_RECEIPT", "SHIPMENT"]}}
    by_number = [{"field": "NUMBER", "direction": "ASC"}]
    assert await listed(client, where=receipts, orderBy=by_number) == [
        ("GoodsReceipt", "POSTED"),
        ("Shipment", "POSTED"),
    ]


async def test_it_is_searched_by_number_and_note(client: httpx.AsyncClient, trade: Trade) -> None:
    assert await listed(client, search="sh-") == [("Shipment", "POSTED")]
    assert await listed(client, search="abc 加急") == [("PurchaseOrder", "DRAFT")]
    assert await listed(client, search="nothing") == []


async def test_it_takes_a_statement_for_each_level_whatever_the_kinds(client: httpx.AsyncClient, trade: Trade) -> None:
    with db.statements() as seen:
        answer = await client.post("/graphql", json={"query": SELECTED})
    assert len(answer.json()["data"]["documents"]["nodes"]) == 5
    assert [one for one in seen if "FROM token" not in one] == [seen[-1]]


async def test_a_movement_finds_its_document_in_a_statement_whatever_its_kind(
    client: httpx.AsyncClient, trade: Trade
) -> None:
    with db.statements() as seen:
        answer = await client.post("/graphql", json={"query": "{ stockMovements { nodes { document { number } } } }"})
    numbers = {one["document"]["number"][:3] for one in answer.json()["data"]["stockMovements"]["nodes"]}
    assert numbers == {"GR-", "SH-"}
    assert len([one for one in seen if " t0" in one]) == 1


async def test_it_says_what_can_be_done_with_each(client: httpx.AsyncClient, trade: Trade) -> None:
    nodes = (await ask(client, "documents", "Documents", {}))["nodes"]
    allowed = {
        (each["__typename"], each["status"]): [one["action"] for one in each["allowedActions"] if one["allowed"]]
        for each in nodes
    }
    assert allowed["PurchaseOrder", "DRAFT"] == ["UPDATE", "SUBMIT", "CANCEL", "COPY"]
    assert allowed["SalesOrder", "SHIPPED"] == ["REOPEN", "COPY"]
    assert allowed["Shipment", "POSTED"] == ["REVERSE"]
    (shipment,) = [each["allowedActions"] for each in nodes if each["__typename"] == "Shipment"]
    assert [one["action"] for one in shipment] == ["REVERSE"]


async def test_kinds_that_one_may_not_see_are_left_out(client: httpx.AsyncClient, trade: Trade) -> None:
    await sign_in_as(client, "SELLER")
    await set_column("DELETE FROM role_permission WHERE permission = 'SEE_PURCHASING'")
    assert {kind for kind, _ in await listed(client, seesCost=False)} == {"SalesOrder", "Shipment"}


async def test_it_leads_to_what_it_was_made_out_of_and_to_what_was_made_out_of_it(
    client: httpx.AsyncClient, trade: Trade
) -> None:
    nodes = (await ask(client, "documents", "Documents", {}))["nodes"]
    by_kind = {each["documentKind"]: each for each in nodes if each["status"] != "DRAFT"}
    order = await ask(client, "documents", "DocumentPage", {"id": by_kind["PURCHASE_ORDER"]["id"]})
    receipt = await ask(client, "documents", "DocumentPage", {"id": by_kind["GOODS_RECEIPT"]["id"]})
    assert [(one["kind"], one["document"]["id"]) for one in order["targets"]] == [("FULFILMENT", receipt["id"])]
    assert [one["document"]["id"] for one in receipt["sources"]] == [order["id"]]
    assert (order["sources"], receipt["targets"]) == ([], [])


async def test_each_document_has_a_timeline_of_its_own(client: httpx.AsyncClient, trade: Trade) -> None:
    told = {}
    for each in (await ask(client, "documents", "Documents", {}))["nodes"]:
        page = await ask(client, "documents", "DocumentPage", {"id": each["id"]})
        told[each["documentKind"]] = [entry["what"] for entry in page["timeline"]["nodes"]]
    assert told["GOODS_RECEIPT"] == ["GoodsReceived"]
    assert told["SHIPMENT"] == ["GoodsShipped"]
    assert told["SALES_ORDER"] == ["SalesOrderCreated", "SalesOrderApproved", "GoodsShipped"]


async def test_it_says_with_whom_where_and_for_how_much(client: httpx.AsyncClient, trade: Trade) -> None:
    with db.statements() as seen:
        nodes = (await ask(client, "documents", "Documents", {}))["nodes"]
    assert len([one for one in seen if " t0" in one]) == 1  # the page, with how many there are
    told = {each["documentKind"]: each for each in nodes if each["status"] != "DRAFT"}
    assert told["GOODS_RECEIPT"]["supplier"]["name"] == "供应商"
    assert told["SHIPMENT"]["customer"]["name"] == "客户"
    assert [told[kind]["amount"] for kind in ("PURCHASE_ORDER", "SALES_ORDER", "SHIPMENT")] == ["20", "45", "10"]
    assert {each["warehouse"]["id"] for each in nodes} == {nodes[0]["warehouse"]["id"]}
    of_customer = {"customerId": {"eq": told["SHIPMENT"]["customer"]["id"]}}
    assert await listed(client, where=of_customer) == [("Shipment", "POSTED"), ("SalesOrder", "SHIPPED")]


async def test_what_one_may_not_see_is_not_led_to(client: httpx.AsyncClient, call: Call) -> None:
    haul: Haul = await make_haul(call)
    await haul.stock(PLAIN, "10", "20")
    transfer_id = await haul.sent((PLAIN, "4"))
    await haul.receive(transfer_id, (PLAIN, "4", "0", {}))
    page = await ask(client, "documents", "DocumentPage", {"id": global_id("Transfer", transfer_id)})
    assert [one["document"]["documentKind"] for one in page["targets"]] == ["TRANSFER_RECEIPT"]
    await set_column(
        "UPDATE document SET warehouse_id = ?, to_warehouse_id = NULL WHERE document_kind = 'TRANSFER_RECEIPT'",
        haul.source.id,
    )
    await sign_in_as(client, "MANAGER", haul.destination.id)
    page = await ask(client, "documents", "DocumentPage", {"id": global_id("Transfer", transfer_id)})
    assert page["targets"] == []


async def test_either_side_of_a_transfer_sees_it(client: httpx.AsyncClient, call: Call) -> None:
    haul: Haul = await make_haul(call)
    await haul.stock(PLAIN, "10", "20")
    await haul.draft((PLAIN, "4"))
    await sign_in_as(client, "MANAGER", haul.destination.id)
    answer = await send(client, "documents", "Documents", {})
    (transfer,) = answer["data"]["documents"]["nodes"]
    assert transfer["__typename"] == "Transfer"
    reasons = {one["action"]: one["reasons"] for one in transfer["allowedActions"]}
    assert reasons["SUBMIT"] == ["OUT_OF_SCOPE"]
    assert reasons["RECEIVE"] == ["ILLEGAL_TRANSITION"]
    assert reasons["COPY"] == ["OUT_OF_SCOPE"]
