"""What a page sees of approvals: the very documents of schema/operations/approvals.graphql."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from jxc_graphql.app import build_app
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth.operations import create_api_token, system_call
from tests.make.approving import Office, make_office
from tests.make.begun import begun
from tests.make.shop import open_warehouse
from tests.operations import answered, ask, limit_to

office = begun(make_office)


class Clients:
    """A browser of each of them."""

    def __init__(self, office: Office) -> None:
        self.office, self.made = office, dict[str, httpx.AsyncClient]()

    async def of(self, name: str) -> httpx.AsyncClient:
        if name not in self.made:
            token = (await create_api_token(system_call(), user_id=self.office.people[name], name="page")).token
            transport = httpx.ASGITransport(build_app(Settings()))
            headers = {"authorization": f"Bearer {token}"}
            self.made[name] = httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers)
        return self.made[name]

    async def ask(self, name: str, operation: str, **variables: Any) -> Any:
        feature = "purchasing" if operation.endswith("PurchaseOrder") else "approvals"
        return await ask(await self.of(name), feature, operation, variables)

    async def tasks(self, name: str) -> list[str]:
        answer = await answered(await self.of(name), "ApprovalTasks")
        assert "errors" not in answer, answer
        return [one["name"] for one in answer["data"]["approvalTasks"]]

    async def submitted(self, price: str = "1000") -> str:
        shop = self.office.trade.shop
        lines = [{"skuId": global_id("Sku", shop.skus[0]), "quantity": "1", "unitPrice": price}]
        given = {
            "supplierId": global_id("Supplier", self.office.trade.supplier_id),
            "warehouseId": global_id("Warehouse", shop.warehouse.id), "lines": lines,
        }  # fmt: skip
        order = (await self.ask("ann", "CreatePurchaseOrder", input=given))["purchaseOrder"]
        await self.ask("ann", "SubmitPurchaseOrder", input={"id": order["id"]})
        return str(order["id"])


@pytest.fixture
async def pages(office: Office) -> AsyncIterator[Clients]:
    clients = Clients(office)
    yield clients
    for one in clients.made.values():
        await one.aclose()


def role(office: Office, code: str) -> str:
    return global_id("Role", office.roles[code])


def user(office: Office, name: str) -> str:
    return global_id("User", office.people[name])


async def said(pages: Clients, **told: Any) -> dict[str, Any]:
    office = pages.office
    steps = [
        {"position": 1, "name": "主管", "approvers": [{"roleId": role(office, "CHIEF"), "upTo": "5000"}]},
        {"position": 2, "name": "财务", "approvers": [{"userId": user(office, "bob")}], "remindAfterHours": 4},
    ]
    wanted = {
        "name": "大额采购", "documentKind": "PURCHASE_ORDER", "steps": steps,
        "conditions": [
            {"fact": "AMOUNT", "atLeast": "500"},
            {"fact": "SUPPLIER", "anyOf": [global_id("Supplier", office.trade.supplier_id)]},
        ],
    }  # fmt: skip
    return dict(await pages.ask("eve", "SetApprovalPolicy", input=wanted | told))


async def test_a_policy_is_said_shown_and_changed(pages: Clients) -> None:
    made = await said(pages)
    assert made["userErrors"] == []
    policy = made["approvalPolicy"]
    assert policy["conditions"][0] | {"id": ""} == {
        "id": "", "fact": "AMOUNT", "atLeast": "500", "below": None, "anyOf": [], "noneOf": [],
    }  # fmt: skip
    assert [[one["name"] for one in step["approvers"]] for step in policy["steps"]] == [["主管"], ["Bob"]]
    off = {"position": 5, "isActive": False, "keepsSmaller": True}
    await said(pages, id=policy["id"], **off)
    as_before = (await said(pages, id=policy["id"]))["approvalPolicy"]
    assert (as_before["version"], {one: as_before[one] for one in off}) == (3, off)
    await said(pages, id=policy["id"], position=0, isActive=True, keepsSmaller=False)
    changed = await said(pages, id=policy["id"], name="采购", expectedVersion=4, steps=[])
    assert (changed["approvalPolicy"]["version"], changed["approvalPolicy"]["steps"]) == (5, [])
    stale = await said(pages, id=policy["id"], expectedVersion=1)
    assert [one["code"] for one in stale["userErrors"]] == ["STALE_VERSION"]
    listed = await pages.ask("eve", "ApprovalPolicies")
    assert [one["name"] for one in listed["nodes"]] == ["采购"]
    assert (await pages.ask("eve", "ApprovalPolicy", id=policy["id"]))["version"] == 5


async def test_what_is_wrong_with_a_policy_is_said_at_its_place(pages: Clients) -> None:
    warehouse = global_id("Warehouse", pages.office.trade.shop.warehouse.id)
    wrong = await said(pages, conditions=[{"fact": "VARIANCE", "atLeast": "1"}, {"fact": "AMOUNT", "anyOf": []}])
    assert [(one["code"], one["path"]) for one in wrong["userErrors"]] == [
        ("FACT_UNKNOWN", ["input", "conditions", "0", "fact"]), ("FACT_UNKNOWN", ["input", "conditions", "1", "fact"]),
    ]  # fmt: skip
    wrong = await said(pages, conditions=[{"fact": "SUPPLIER", "anyOf": [warehouse]}])
    assert [one["code"] for one in wrong["userErrors"]] == ["WRONG_KIND_OF_ID"]
    alone = [{"position": 1, "name": "两人", "needs": "COUNT", "count": 2,
              "approvers": [{"userId": user(pages.office, "bob")}]}]  # fmt: skip
    wrong = await said(pages, steps=alone)
    assert [one["code"] for one in wrong["userErrors"]] == ["NOBODY_CAN_APPROVE"]
    assert "两人" in wrong["userErrors"][0]["message"]
    assert (await pages.ask("eve", "ApprovalPolicies"))["nodes"] == []


async def test_an_order_goes_through_the_inboxes(pages: Clients) -> None:
    await said(pages)
    order = await pages.submitted()
    assert {name: await pages.tasks(name) for name in ("ann", "bob", "dan", "eve")} == {
        "ann": [], "bob": [], "dan": ["主管"], "eve": ["主管"],
    }  # fmt: skip
    preview = await pages.ask("ann", "ApprovalPreview", documentId=order)
    assert [[one["name"] for one in step["users"]] for step in preview["steps"]] == [["Dan", "Eve"], ["Bob"]]
    await pages.ask("dan", "ApprovePurchaseOrder", input={"id": order})
    assert await pages.tasks("eve") == []
    (row,) = (await pages.ask("ann", "ApprovalRequests", where={"documentId": {"eq": order}}))["nodes"]
    request = await pages.ask("ann", "ApprovalRequest", id=row["id"])
    assert [one["state"] for one in request["tasks"]] == ["DONE", "OPEN"]
    early = await pages.ask("eve", "DecideApproval", input={"id": request["id"], "isApproved": True})
    assert [
        (one["code"], one["waitsFor"], [each["name"] for each in one["approvers"]]) for one in early["userErrors"]
    ] == [("APPROVAL_PENDING", "APPROVE_PURCHASE_ORDERS", ["Bob"])]
    done = await pages.ask("bob", "DecideApproval", input={"id": request["id"], "isApproved": True, "note": "好"})
    assert done["userErrors"] == []
    assert done["approvalRequest"]["status"] == "APPROVED"
    assert done["approvalRequest"]["document"]["status"] == "APPROVED"
    assert [(one["actor"]["name"], one["note"]) for one in done["approvalRequest"]["decisions"]] == [
        ("Dan", ""),
        ("Bob", "好"),
    ]


async def test_why_it_is_needed_is_told_while_it_runs_as_it_was_when_it_began(pages: Clients) -> None:
    policy = (await said(pages))["approvalPolicy"]
    draft = await pages.office.trade.draft_purchase((0, "1", "1000"))
    why = (await pages.ask("eve", "ApprovalPreview", documentId=global_id("PurchaseOrder", draft)))["reasons"]
    assert why == ["Amount ≥ 500", "Supplier"]
    order = await pages.submitted()
    changed = [{"fact": "AMOUNT", "atLeast": "100"}]
    assert (await said(pages, id=policy["id"], expectedVersion=1, conditions=changed))["userErrors"] == []
    assert (await pages.ask("eve", "ApprovalPreview", documentId=order))["reasons"] == why
    await pages.ask("dan", "ApprovePurchaseOrder", input={"id": order})
    assert (await pages.ask("eve", "ApprovalPreview", documentId=order))["reasons"] == why
    again = await pages.submitted()
    assert (await pages.ask("eve", "ApprovalPreview", documentId=again))["reasons"] == ["Amount ≥ 100"]


async def test_allowed_actions_name_who_is_waited_for(pages: Clients) -> None:
    await said(pages)
    order = await pages.submitted()
    text = "query($id: ID!) { purchaseOrder(id: $id) { allowedActions { action allowed reasons texts } } }"
    told = {}
    for name in ("cat", "dan"):
        body = {"query": text, "variables": {"id": order}}
        answer = (await (await pages.of(name)).post("/graphql", json=body)).json()
        actions = answer["data"]["purchaseOrder"]["allowedActions"]
        told[name] = {one["action"]: (one["allowed"], one["texts"]) for one in actions}
    assert told["cat"]["APPROVE"] == (False, ["Approval pending: 主管"])
    assert told["cat"]["REJECT"][0] is False
    assert told["dan"]["APPROVE"] == (True, [])


async def test_out_of_scope_it_shows_nothing(pages: Clients) -> None:
    await said(pages)
    order = await pages.submitted()
    request = (await pages.ask("ann", "ApprovalRequests"))["nodes"][0]["id"]
    await limit_to(pages.office.people["eve"], (await open_warehouse(pages.office.trade.call)).id)
    assert await pages.tasks("eve") == []
    assert (await pages.ask("eve", "ApprovalRequests"))["nodes"] == []
    refused = await pages.ask("eve", "DecideApproval", input={"id": request, "isApproved": True})
    assert [one["code"] for one in refused["userErrors"]] == ["UNKNOWN_ID"]
    answer = await answered(await pages.of("eve"), "ApprovalPreview", {"documentId": order})
    assert [one["extensions"]["problems"][0]["code"] for one in answer["errors"]] == ["UNKNOWN_ID"]
    assert (await pages.ask("dan", "ApprovalPreview", documentId=order))["steps"][0]["users"][0]["name"] == "Dan"


async def test_a_deputy_decides_in_ones_place(pages: Clients) -> None:
    await said(pages)
    await pages.submitted()
    day = {"startsOn": "2020-01-01", "endsOn": "2090-01-01"}
    made = await pages.ask("dan", "SetApprovalDeputy", input=day | {"deputyId": user(pages.office, "cat")})
    assert made["userErrors"] == []
    assert await pages.tasks("cat") == ["主管"]
    (request,) = (await pages.ask("ann", "ApprovalRequests"))["nodes"]
    done = await pages.ask("cat", "DecideApproval", input={"id": request["id"], "isApproved": True})
    assert [(one["actor"]["name"], one["principal"]["name"]) for one in done["approvalRequest"]["decisions"]] == [
        ("Cat", "Dan")
    ]
    longer = day | {"id": made["approvalDeputy"]["id"], "deputyId": user(pages.office, "cat"), "endsOn": "2091-01-01"}
    assert (await pages.ask("eve", "SetApprovalDeputy", input=longer))["approvalDeputy"]["version"] == 2
    (kept,) = (await pages.ask("eve", "ApprovalDeputies"))["nodes"]
    assert kept["user"]["id"] == user(pages.office, "dan")  # whoever changes the days does not take the place
    gone = await pages.ask("dan", "DeleteApprovalDeputy", input={"id": made["approvalDeputy"]["id"]})
    assert gone["deletedId"] == made["approvalDeputy"]["id"]


async def test_it_is_taken_back_by_its_author(pages: Clients) -> None:
    await said(pages)
    await pages.submitted()
    (request,) = (await pages.ask("ann", "ApprovalRequests"))["nodes"]
    back = await pages.ask("ann", "WithdrawApproval", input={"id": request["id"]})
    assert back["approvalRequest"]["status"] == "WITHDRAWN"
    assert await pages.tasks("dan") == []
    again = await pages.ask("ann", "WithdrawApproval", input={"id": request["id"]})
    assert [one["code"] for one in again["userErrors"]] == ["REQUEST_CLOSED"]


async def test_the_timeline_says_what_was_decided(pages: Clients) -> None:
    await said(pages)
    order = await pages.submitted()
    (request,) = (await pages.ask("ann", "ApprovalRequests"))["nodes"]
    await pages.ask("dan", "DecideApproval", input={"id": request["id"], "isApproved": False, "note": "太贵"})
    text = """query ($id: ID!) { document(id: $id) { timeline(first: 20) { nodes {
      actor { name } what note changes { label before after } } } } }"""
    client, found = await pages.of("ann"), []
    for language in ("zh-CN", "en"):
        body = {"query": text, "variables": {"id": order}}
        answer = (await client.post("/graphql", json=body, headers={"accept-language": language})).json()
        entries = {one["what"]: one for one in answer["data"]["document"]["timeline"]["nodes"]}
        decided, closed = entries["ApprovalDecided"], entries["ApprovalClosed"]
        found += [[tuple(one.values()) for one in each["changes"]] for each in (decided, closed)]
        assert (decided["actor"]["name"], decided["note"]) == ("Dan", "太贵")
    assert found == [
        [("同意", None, "否")], [("状态", "审批中", "已驳回")],
        [("Is approved", None, "No")], [("Status", "Pending", "Rejected")],
    ]  # fmt: skip
