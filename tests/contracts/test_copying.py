"""What is true of copies of documents, whatever their kind, through the mutation."""

from datetime import date, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.gql.schema.scalars import global_id, read_global_id
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.office.documents import copying, references, register
from jxc_graphql.office.documents.models import DocumentLine
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.warehousing.stocktakes.models import Stocktake
from tests.contracts.kinds import each_kind, every_kind
from tests.make.begun import begun
from tests.make.contract import Contract, contracts
from tests.make.shop import open_warehouse
from tests.make.trade import Trade, make_trade
from tests.masters.own_fields.test_api import fill, make
from tests.operations import answered, ask, sign_in_as
from tests.refusals import everything

empty = begun(make_trade, 2)

drafted = each_kind(one for one in contracts() if DocumentAction.UPDATE in one.kind.states.actions)


def of(name: str) -> Contract:
    return next(one for one in contracts() if one.kind.__name__ == name)


PURCHASE = of("PurchaseOrder")
OWN = {"id", "number", "created_at", "search_text"}
"""What no two documents share."""


async def said(contract: Contract, document_id: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a document says, and its lines, but for what is each one's own."""
    table = contract.table
    columns = sorted({*db.columns_of(contract.kind)} - OWN)
    (row,) = await db.fetch(f"SELECT {', '.join(columns)} FROM {table} WHERE id = ?", (document_id,))
    if contract.kind is Stocktake:
        return dict(zip(columns, row, strict=True)), []
    (line,) = (one for one in DocumentLine.__subclasses__() if references.header_of(one) is contract.kind)
    names = sorted({*db.columns_of(line)} - OWN - {f"{table}_id"})
    rows = await db.fetch(
        f"SELECT {', '.join(names)} FROM {table}_line WHERE {table}_id = ? ORDER BY line_no", (document_id,)
    )
    return dict(zip(columns, row, strict=True)), [dict(zip(names, one, strict=True)) for one in rows]


async def copied(client: httpx.AsyncClient, contract: Contract, document_id: int, **asked: Any) -> Any:
    which = global_id(contract.kind.__name__, document_id)
    return await ask(client, "documents", "CopyDocument", {"input": {"id": which, **asked}})


async def copying_of(client: httpx.AsyncClient, contract: Contract, document_id: int) -> Any:
    """What a client is told of copying a document; None where such documents are not copied."""
    text = "query($id: ID!) { document(id: $id) { allowedActions { action allowed reasons texts } } }"
    body = {"query": text, "variables": {"id": global_id(contract.kind.__name__, document_id)}}
    answer = (await client.post("/graphql", json=body)).json()
    return next((one for one in answer["data"]["document"]["allowedActions"] if one["action"] == "COPY"), None)


@drafted
async def test_a_copy_is_a_draft_that_says_what_the_document_said_when_it_was_made(
    client: httpx.AsyncClient, call: Call, trade: Trade, contract: Contract
) -> None:
    document_id = await contract.make(call, **await contract.what(trade))
    first = await said(contract, document_id)
    await contract.carry_on(call, document_id)
    answer = await copied(client, contract, document_id)
    assert answer["userErrors"] == []
    copy = answer["document"]
    assert (copy["status"], copy["version"], copy["businessDate"]) == ("DRAFT", 1, str(clock.day_of(clock.now())))
    ((source),) = copy["sources"]
    assert (source["kind"], source["document"]["id"]) == ("COPY", global_id(contract.kind.__name__, document_id))
    _, copy_id = read_global_id(copy["id"])
    assert await said(contract, copy_id) == first
    for one in (document_id, copy_id):
        told = await copying_of(client, contract, one)
        assert (told["allowed"], told["reasons"], told["texts"]) == (True, [], [])
    facts = await db.fetch("SELECT name FROM journal WHERE subject_id = ? ORDER BY id", (copy_id,))
    assert [name for (name,) in facts][-1] == "DocumentCopied"
    assert len(facts) == 2


@every_kind
async def test_whoever_has_no_drafts_has_no_copies(
    client: httpx.AsyncClient, call: Call, trade: Trade, contract: Contract
) -> None:
    if DocumentAction.UPDATE in contract.kind.states.actions:
        assert copying.made_by(contract.kind) is contract.makes
        return
    document_id = await contract.make(call, **await contract.what(trade))
    assert await copying_of(client, contract, document_id) is None
    before = await everything()
    answer = await copied(client, contract, document_id)
    assert [(one["code"], one["path"]) for one in answer["userErrors"]] == [("NO_SUCH_STEP", ["input", "id"])]
    assert await everything() == before


@pytest.mark.parametrize("draft", ["draft_purchase", "draft_sale"])
async def test_what_cannot_be_asked_for_any_more_is_told_at_its_line(
    client: httpx.AsyncClient, call: Call, empty: Trade, draft: str
) -> None:
    document_id = await getattr(empty, draft)((0, "1", "2"), (1, "3", "2", "箱"))
    await catalog.update_sku(call, sku_id=empty.shop.skus[1], is_active=False)
    contract = of({"draft_purchase": "PurchaseOrder", "draft_sale": "SalesOrder"}[draft])
    before = await everything()
    answer = await copied(client, contract, document_id)
    assert answer["document"] is None
    told = [(one["code"], one["path"]) for one in answer["userErrors"]]
    assert told == [("SKU_INACTIVE", ["input", "id", "lines", "1", "skuId"])]
    assert await everything() == before


async def test_a_copy_is_made_once_for_a_key_and_not_at_all_when_tried(client: httpx.AsyncClient, empty: Trade) -> None:
    document_id = await empty.draft_purchase((0, "1", "2"))
    before = await everything()
    tried = await copied(client, PURCHASE, document_id, dryRun=True)
    assert "?" in tried["document"]["number"]
    assert await everything() == before
    first = await copied(client, PURCHASE, document_id, idempotencyKey="once")
    await purchasing.update_purchase_order(empty.call, purchase_order_id=document_id, note="另有他意")
    assert await copied(client, PURCHASE, document_id, idempotencyKey="once") == first
    another = await empty.draft_purchase((0, "1", "2"))
    refused = await copied(client, PURCHASE, another, idempotencyKey="once")
    assert [one["code"] for one in refused["userErrors"]] == ["IDEMPOTENCY_MISMATCH"]
    assert await db.fetch("SELECT count(*) FROM purchase_order") == [(3,)]


@drafted
async def test_own_fields_are_copied_as_far_as_they_could_be_filled_in_today(
    client: httpx.AsyncClient, call: Call, trade: Trade, contract: Contract
) -> None:
    kind = register.kind_of(contract.kind)
    made = {
        code: await make(client, kind, code, value_type, **others)
        for code, value_type, others in (
            ("truck", "TEXT", {}), ("tons", "NUMBER", {"decimals": 1}), ("old", "TEXT", {}),
            ("way", "CHOICE", {"choices": ["road", "rail"]}), ("goods", "REFERENCE", {"referenceKind": "SKU"}),
            ("again", "CHOICE", {"choices": ["yes", "no"]}),
        )
    }  # fmt: skip
    document_id = await contract.make(call, **await contract.what(trade))
    goods = global_id("Sku", trade.shop.skus[0])
    values = {"truck": "粤B 12345", "tons": "-2.5", "old": "x", "way": "rail", "goods": goods, "again": "no"}
    filled = await fill(client, global_id(contract.kind.__name__, document_id), **values)
    assert filled["userErrors"] == []
    for code, change in (("old", {"isActive": False}), ("way", {"choices": ["road"]})):
        await ask(client, "own_fields", "UpdateOwnField", {"input": {"id": made[code]["id"], **change}})
    answer = await copied(client, contract, document_id)
    assert answer["userErrors"] == []
    copy = read_global_id(answer["document"]["id"])[1]
    assert await own(copy) == await own(document_id, *values.keys() - {"old", "way"})
    assert sorted(await own(document_id, *values)) == sorted(await own(document_id))
    assert await trade.verify() == []


async def own(document_id: int, *codes: str) -> list[tuple[Any, ...]]:
    """What a document says in its own fields, or in some of them, as it is kept."""
    rows = await db.fetch(
        "SELECT code, value, in_order, to_sku_id FROM own_field_value v JOIN own_field f ON f.id = v.field_id "
        "WHERE document_id = ? ORDER BY code",
        (document_id,),
    )
    return [row for row in rows if not codes or row[0] in codes]


async def test_who_fills_in_no_own_fields_copies_a_document_without_them(
    client: httpx.AsyncClient, empty: Trade
) -> None:
    await make(client, "PURCHASE_ORDER", "truck")
    document_id = await empty.draft_purchase((0, "1", "2"))
    await fill(client, global_id("PurchaseOrder", document_id), truck="粤B 12345")
    drafts = {
        "code": "DRAFTS",
        "name": "x",
        "permissions": ["SEE_PURCHASING", "EDIT_PURCHASE_ORDERS", "SEE_CATALOG"],
    }
    await ask(client, "auth", "CreateRole", {"input": drafts})
    await sign_in_as(client, "DRAFTS")
    answer = await copied(client, PURCHASE, document_id)
    assert answer["userErrors"] == []
    assert await own(read_global_id(answer["document"]["id"])[1]) == []
    assert len(await own(document_id)) == 1


async def test_days_keep_their_distance(client: httpx.AsyncClient, call: Call, trade: Trade) -> None:
    """A loan for a week, made a month ago, is due in a week when it is copied."""
    loan = of("Loan")
    today = clock.day_of(call.at)
    past = msgspec.structs.replace(call, at=call.at - timedelta(days=30))
    given = await loan.what(trade) | {"due_on": today - timedelta(days=23)}
    copy = await copied(client, loan, await loan.make(past, **given))
    (due_on,) = [day for (day,) in await db.fetch("SELECT due_on FROM loan ORDER BY id DESC LIMIT 1")]
    assert (copy["userErrors"], db.day(due_on)) == ([], today + timedelta(days=7))


async def test_no_day_is_later_than_the_last(client: httpx.AsyncClient, call: Call, trade: Trade) -> None:
    loan = of("Loan")
    past = msgspec.structs.replace(call, at=call.at - timedelta(days=30))
    given = await loan.what(trade) | {"due_on": date.max}
    copy = await copied(client, loan, await loan.make(past, **given))
    assert copy["userErrors"] == []
    assert {db.day(day) for (day,) in await db.fetch("SELECT due_on FROM loan")} == {date.max}


async def test_only_who_sees_a_document_and_may_make_one_copies_it(client: httpx.AsyncClient, empty: Trade) -> None:
    document_id = await empty.draft_purchase((0, "1", "2"))
    which = {"input": {"id": global_id("PurchaseOrder", document_id)}}
    await sign_in_as(client, "BUYER", (await open_warehouse(empty.call)).id)
    hidden = (await answered(client, "CopyDocument", which))["data"]["copyDocument"]
    assert [(one["code"], one["path"]) for one in hidden["userErrors"]] == [("UNKNOWN_ID", ["input", "id"])]
    await sign_in_as(client, "VIEWER")
    refused = await answered(client, "CopyDocument", which)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    told = await copying_of(client, PURCHASE, document_id)
    assert (told["allowed"], told["reasons"]) == (False, ["FORBIDDEN"])
    await sign_in_as(client, "MANAGER")
    copy = (await copied(client, PURCHASE, document_id))["document"]
    authors = await db.fetch(
        'SELECT username FROM document JOIN "user" ON "user".id = created_by_id ORDER BY document.id'
    )
    assert authors == [("admin",), ("manager",)]
    assert copy["status"] == "DRAFT"
