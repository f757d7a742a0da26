"""What a page of settings does: the documents of schema/operations/numbering.graphql."""

from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import clock, db
from jxc_graphql.masters.warehouses import operations as warehouses
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade
from tests.operations import ask, send, sign_in_as
from tests.refusals import everything

shop = begun(make_trade, 1)
DAILY = {
    "documentKind": "PURCHASE_ORDER",
    "prefix": "CG",
    "datePart": "DAY",
    "separator": "",
    "digits": 3,
    "reset": "DAILY",
}


async def put(client: httpx.AsyncClient, **asked: Any) -> Any:
    return await ask(client, "numbering", "SetNumberingRule", {"input": asked})


async def problems(client: httpx.AsyncClient, **asked: Any) -> list[tuple[str, str]]:
    answer = await put(client, **asked)
    assert answer["numberingRule"] is None
    return [(one["code"], one["path"][1]) for one in answer["userErrors"]]


async def number_of(client: httpx.AsyncClient, shop: Trade, **asked: Any) -> str:
    """The number of a purchase order that is drafted by the mutation."""
    given = {
        "supplierId": global_id("Supplier", shop.supplier_id),
        "warehouseId": global_id("Warehouse", shop.shop.warehouse.id),
        "lines": [{"skuId": global_id("Sku", shop.shop.skus[0]), "quantity": "1", "unitPrice": "2"}],
    }
    answer = await ask(client, "purchasing", "CreatePurchaseOrder", {"input": given | asked})
    return str(answer["purchaseOrder"]["number"])


async def next_of(client: httpx.AsyncClient, kind: str, **where: Any) -> str:
    rows = (await send(client, "numbering", "NextNumbers", where))["data"]["nextNumbers"]
    return next(str(one["number"]) for one in rows if one["documentKind"] == kind)


async def test_documents_are_numbered_as_the_rule_says_and_as_was_shown_before(
    client: httpx.AsyncClient, shop: Trade
) -> None:
    today = f"{clock.day_of(clock.now()):%Y%m%d}"
    first = await next_of(client, "PURCHASE_ORDER")
    assert (await number_of(client, shop), first) == (f"PO-{today[:4]}-00001", f"PO-{today[:4]}-00001")
    before = await everything()
    tried = await put(client, **DAILY, dryRun=True)
    assert await everything() == before
    assert tried["numberingRule"]["nextNumber"] == f"CG{today}-001"
    assert await number_of(client, shop) == f"PO-{today[:4]}-00002"
    rule = (await put(client, **DAILY))["numberingRule"]
    assert (rule["version"], rule["branch"], rule["nextNumber"]) == (1, None, f"CG{today}-001")
    assert [await number_of(client, shop) for _ in range(2)] == [f"CG{today}-001", f"CG{today}-002"]
    assert (await number_of(client, shop, dryRun=True)).startswith(f"CG{today}-?")
    assert await next_of(client, "PURCHASE_ORDER") == f"CG{today}-003"
    gone = await ask(client, "numbering", "DeleteNumberingRule", {"input": {"id": rule["id"]}})
    assert gone["deletedId"] == rule["id"]
    assert await number_of(client, shop) == f"PO-{today[:4]}-00003"


async def test_what_is_left_out_of_a_rule_stays_as_it_is(client: httpx.AsyncClient, shop: Trade) -> None:
    rule = (await put(client, **DAILY))["numberingRule"]
    same = {"documentKind": "PURCHASE_ORDER", "prefix": "CG"}
    assert (await put(client, **same))["numberingRule"] == rule
    renamed = (await put(client, **same | {"prefix": "GD"}))["numberingRule"]
    today = f"{clock.day_of(clock.now()):%Y%m%d}"
    assert (renamed["version"], renamed["nextNumber"]) == (2, f"GD{today}-001")
    longer = (await put(client, **same | {"prefix": "GD"}, digits=None))["numberingRule"]
    assert (longer["version"], longer["nextNumber"]) == (3, f"GD{today}-00001")
    assert await problems(client, **same, reset=None) == [("REQUIRED", "reset")]


async def test_a_branch_has_a_rule_of_its_own_or_its_code_in_that_of_all(
    client: httpx.AsyncClient, shop: Trade
) -> None:
    year = clock.day_of(clock.now()).year
    branch = await warehouses.create_branch(shop.call, code="BJ-1", name="北京")
    await warehouses.update_warehouse(shop.call, warehouse_id=shop.shop.warehouse.id, branch_id=branch.branch_id)
    branch_id = global_id("Branch", branch.branch_id)
    kind = {"documentKind": "PURCHASE_ORDER"}
    await put(client, **kind, prefix="PO", showsBranch=True)
    assert await number_of(client, shop) == f"PO-BJ1-{year}-00001"
    assert await next_of(client, "PURCHASE_ORDER") == f"PO-0-{year}-00001"
    assert await next_of(client, "PURCHASE_ORDER", branchId=branch_id) == f"PO-BJ1-{year}-00002"
    own = (await put(client, **kind, branchId=branch_id, prefix="北京"))["numberingRule"]
    assert (own["branch"]["id"], own["nextNumber"]) == (branch_id, f"北京-{year}-00001")
    assert await number_of(client, shop) == f"北京-{year}-00001"
    rules = (await ask(client, "numbering", "NumberingRules", {}))["nodes"]
    assert {one["prefix"]: one["branch"] and one["branch"]["code"] for one in rules} == {"PO": None, "北京": "BJ-1"}
    assert await ask(client, "numbering", "NumberingRule", {"id": own["id"]}) == rules[1]


async def test_what_cannot_be_is_told_at_its_place(client: httpx.AsyncClient, shop: Trade) -> None:
    await shop.draft_purchase((0, "1", "2"))
    kind = {"documentKind": "SALES_ORDER"}
    wrong = {"prefix": "销售-单", "separator": "~", "digits": 9, "reset": "DAILY"}
    assert await problems(client, **kind, **wrong) == [
        ("NUMBER_PREFIX_INVALID", "prefix"), ("NUMBER_SEPARATOR_INVALID", "separator"),
        ("NUMBER_DIGITS_OUT_OF_RANGE", "digits"), ("NUMBER_RESET_NOT_SHOWN", "reset"),
    ]  # fmt: skip
    assert await problems(client, **kind, prefix="ABCDEFGH", showsBranch=True, separator="", datePart="DAY") == [
        ("BRANCH_NEEDS_SEPARATOR", "separator"), ("NUMBER_TOO_LONG", "prefix"),
    ]  # fmt: skip
    nowhere = global_id("Branch", 7)
    assert await problems(client, **kind, prefix="XS", branchId=nowhere) == [("UNKNOWN_ID", "branchId")]
    assert await problems(client, **kind, prefix="PO", reset="NEVER") == [("NUMBERS_CLASH", "prefix")]
    assert await problems(client, **kind, prefix="TR", reset="NEVER") == [("NUMBERS_CLASH", "prefix")]
    assert await db.fetch("SELECT count(*) FROM numbering_rule") == [(0,)]
    stale = await put(client, **kind, prefix="XS")
    again = await put(client, **kind, prefix="XS", digits=4, expectedVersion=7)
    assert stale["userErrors"] == []
    assert [(one["code"], one["current"], one["expected"]) for one in again["userErrors"]] == [("STALE_VERSION", 1, 7)]


async def test_a_prefix_of_another_kind_shares_its_count(client: httpx.AsyncClient, shop: Trade) -> None:
    await shop.draft_purchase((0, "1", "2"))
    await put(client, documentKind="SALES_ORDER", prefix="PO", digits=3)
    await shop.draft_sale((0, "1", "2"))
    await shop.draft_purchase((0, "1", "2"))
    numbers = [number for (number,) in await db.fetch("SELECT number FROM document ORDER BY id")]
    year = clock.day_of(clock.now()).year
    assert numbers == [f"PO-{year}-00001", f"PO-{year}-002", f"PO-{year}-00003"]


async def test_the_program_s_own_rule_does_not_come_back_over_numbers_counted_otherwise(
    client: httpx.AsyncClient, shop: Trade
) -> None:
    forever = (await put(client, documentKind="PURCHASE_ORDER", prefix="PO", reset="NEVER"))["numberingRule"]
    await shop.draft_purchase((0, "1", "2"))
    refused = await ask(client, "numbering", "DeleteNumberingRule", {"input": {"id": forever["id"]}})
    assert [one["code"] for one in refused["userErrors"]] == ["NUMBERS_CLASH"]


@pytest.mark.parametrize("role", ["VIEWER", "BUYER"])
async def test_only_who_manages_the_company_sees_and_sets_them(client: httpx.AsyncClient, role: str) -> None:
    await sign_in_as(client, role)
    for operation, variables in (
        ("NextNumbers", {}), ("NumberingRules", {}), ("SetNumberingRule", {"input": DAILY}),
    ):  # fmt: skip
        refused = await send(client, "numbering", operation, variables)
        assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await db.fetch("SELECT count(*) FROM numbering_rule") == [(0,)]


async def test_the_journal_says_how_numbers_looked_and_look(client: httpx.AsyncClient, shop: Trade) -> None:
    await put(client, **DAILY)
    await put(client, **DAILY)  # which changes nothing
    log = await db.fetch("SELECT body FROM journal WHERE name = 'NumberingRuleSet'")
    today = f"{clock.day_of(clock.now()):%Y%m%d}"
    ((body,),) = log
    assert f'"before":"PO-{today[:4]}-00001","after":"CG{today}-001"' in body


async def test_a_branch_that_is_none_has_no_next_numbers(client: httpx.AsyncClient) -> None:
    answer = await send(client, "numbering", "NextNumbers", {"branchId": global_id("Branch", 1)})
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "UNKNOWN_ID"
