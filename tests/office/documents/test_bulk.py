"""Many documents at once: what was wrong with which, what was done, and how often the database was asked."""

from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql.buying.purchasing.models import PurchaseOrder
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden
from jxc_graphql.office.documents import bulk
from jxc_graphql.office.documents.bulk import MOST, DocumentsMoved, ErrorPolicy
from jxc_graphql.office.documents.posting import operations_of
from jxc_graphql.office.documents.states import DocumentAction as Do
from jxc_graphql.selling.sales.models import SalesOrder
from tests.make.contract import contracts
from tests.make.trade import Trade, make_trade
from tests.operations import ask
from tests.refusals import everything, refusal

ALL, FAILED = ErrorPolicy.REJECT_ALL, ErrorPolicy.REJECT_FAILED
IN_ONE = {"postgres": (12, 2), "sqlite": (12, 5)}
"""How often the database is asked for all of them in one transaction, and for each more; SQLite is no trip away."""
ALONE = 4
"""How often for each where each has a transaction of its own."""


@pytest.fixture
async def trade(call: Call) -> Trade:
    return await make_trade(call)


async def move(call: Call, action: Do, *ids: int, policy: ErrorPolicy = ALL, **told: Any) -> DocumentsMoved:
    return await bulk.move_documents(call, action, operations_of(action), document_ids=ids, error_policy=policy, **told)


async def statuses(*order_ids: int) -> list[str]:
    found = {one.id: one.status.value for one in await PurchaseOrder.filter(id__in=order_ids)}
    return [found[one] for one in order_ids]


async def test_documents_of_several_kinds_are_taken_on_in_their_order(call: Call, trade: Trade) -> None:
    bought = [await trade.draft_purchase((0, "1", "2")) for _ in range(3)]
    sold = await trade.draft_sale((0, "1", "9"))
    done = await move(call, Do.SUBMIT, bought[2], sold, bought[0])
    assert done == DocumentsMoved(document_ids=(bought[2], sold, bought[0]))
    assert await statuses(*bought) == ["SUBMITTED", "DRAFT", "SUBMITTED"]
    assert (await SalesOrder.get(id=sold)).status == "SUBMITTED"
    done = await move(call, Do.REJECT, bought[2], sold, note="改价")
    facts = await db.fetch("SELECT body FROM journal WHERE name IN ('PurchaseOrderRejected', 'SalesOrderRejected')")
    assert [msgspec.json.decode(body)["note"] for (body,) in facts] == ["改价", "改价"]


async def test_all_that_is_wrong_is_told_at_its_place_and_nothing_is_done(call: Call, trade: Trade) -> None:
    good, drafted = [await trade.draft_purchase((0, "1", "2")) for _ in range(2)]
    bought = await trade.buy((0, "1", "2"))
    wrong = await refusal(move(call, Do.SUBMIT, good, bought, 7, drafted, expected_versions=[1, 3, 1, 9]))
    assert [(one.code, one.path) for one in wrong] == [
        ("ILLEGAL_TRANSITION", ("document_ids", 1)),
        ("UNKNOWN_ID", ("document_ids", 2)),
        ("STALE_VERSION", ("expected_versions", 3)),
    ]
    (uneven,) = await refusal(move(call, Do.SUBMIT, good, drafted, expected_versions=[1]))
    assert (uneven.code, uneven.path) == ("NOT_A_VERSION_EACH", ("expected_versions",))
    assert [one.code for one in await refusal(move(call, Do.SUBMIT))] == ["REQUIRED"]
    (many,) = await refusal(move(call, Do.SUBMIT, *range(MOST + 1)))
    assert (many.code, many.path) == ("TOO_MANY_LINES", ("document_ids",))
    (twice,) = await refusal(move(call, Do.SUBMIT, good, good))
    assert (twice.code, twice.path) == ("ILLEGAL_TRANSITION", ("document_ids", 1))


async def test_a_client_learns_which_has_changed_meanwhile(client: httpx.AsyncClient, trade: Trade) -> None:
    order = global_id("PurchaseOrder", await trade.draft_purchase((0, "1", "2")))
    given = {"documentIds": [order], "expectedVersions": [7]}
    payload = await ask(client, "documents", "SubmitDocuments", {"input": given})
    (wrong,) = payload["userErrors"]
    assert (wrong["code"], wrong["path"]) == ("STALE_VERSION", ["input", "expectedVersions", "0"])


async def test_what_is_wrong_with_one_does_not_hold_up_the_others(call: Call, trade: Trade) -> None:
    good, other = [await trade.draft_purchase((0, "1", "2")) for _ in range(2)]
    bought = await trade.buy((0, "1", "2"))
    done = await move(call, Do.SUBMIT, good, bought, other, policy=FAILED)
    assert done.document_ids == (good, other)
    assert [(one.code, one.path) for one in done.refused] == [("ILLEGAL_TRANSITION", ("document_ids", 1))]
    assert await statuses(good, bought, other) == ["SUBMITTED", "APPROVED", "SUBMITTED"]


async def test_it_takes_what_each_kind_takes(call: Call, trade: Trade) -> None:
    bought, sold = await trade.draft_purchase((0, "1", "2")), await trade.draft_sale((0, "1", "9"))
    powerless = msgspec.structs.replace(call, permissions=call.permissions - {SalesOrder.states[Do.SUBMIT].by})
    before = await everything()
    with pytest.raises(Forbidden):
        await move(powerless, Do.SUBMIT, bought, sold, policy=FAILED)
    assert await everything() == before
    opening = next(one for one in contracts() if one.kind.__name__ == "OpeningBalance")
    posted = await opening.make(call, **await opening.what(trade))
    (wrong,) = await refusal(move(call, Do.CANCEL, posted))
    assert (wrong.code, wrong.path) == ("NO_SUCH_STEP", ("document_ids", 0))


async def test_a_repeat_with_its_key_does_nothing_twice(call: Call, trade: Trade) -> None:
    ids = [await trade.draft_purchase((0, "1", "2")) for _ in range(2)]
    keyed = msgspec.structs.replace(call, idempotency_key="once")
    assert await move(keyed, Do.SUBMIT, *ids) == await move(keyed, Do.SUBMIT, *ids)
    assert {one.version for one in await PurchaseOrder.filter(id__in=ids)} == {2}


@pytest.mark.parametrize("action", [Do.SUBMIT, Do.APPROVE, Do.REJECT, Do.CANCEL])
def test_every_kind_that_has_it_can_be_taken_on_with_others(action: Do) -> None:
    for contract in contracts():
        if action in contract.kind.states.actions:
            found = bulk.operation_for(contract.kind, action, operations_of(action))
            assert isinstance(found, tuple), contract.kind


def _order(trade: Trade, quantity: str = "1", **more: Any) -> dict[str, Any]:
    line = {"skuId": global_id("Sku", trade.shop.skus[0]), "quantity": quantity, "unitPrice": "2"}
    supplier, place = global_id("Supplier", trade.supplier_id), global_id("Warehouse", trade.shop.warehouse.id)
    return {"supplierId": supplier, "warehouseId": place, "lines": [line], **more}


async def test_many_orders_are_made_at_once(client: httpx.AsyncClient, trade: Trade) -> None:
    good, bad = _order(trade, idempotencyKey="first"), _order(trade, "-1")

    async def make(*orders: dict[str, Any], **told: Any) -> tuple[list[str], list[tuple[str, list[str]]]]:
        payload = await ask(client, "documents", "CreatePurchaseOrders", {"input": {"purchaseOrders": orders, **told}})
        return [one["id"] for one in payload["purchaseOrders"]], [
            (one["code"], one["path"]) for one in payload["userErrors"]
        ]

    wrong = [("MUST_BE_POSITIVE", ["input", "purchaseOrders", "1", "lines", "0", "quantity"])]
    before = await everything()
    assert await make(good, bad) == ([], wrong)
    tried, nothing = await make(good, good | {"idempotencyKey": "second"}, dryRun=True)
    assert (len(tried), nothing) == (2, [])
    assert (await make(good | {"dryRun": True}))[1] == [("TRIED_ALONE", ["input", "purchaseOrders", "0", "dryRun"])]
    assert await everything() == before
    made, told = await make(good, bad, good | {"idempotencyKey": "third"}, errorPolicy="REJECT_FAILED")
    assert (len(made), told) == (2, wrong)
    assert (await make(good))[0] == made[:1]
    assert await PurchaseOrder.all().count() == 2


async def test_two_hundred_rows_ask_the_database_as_often_as_they_may(
    client: httpx.AsyncClient, trade: Trade, tell: Callable[[str], None]
) -> None:
    taken: dict[str, tuple[int, int]] = {}

    async def send(feature: str, name: str, **given: Any) -> Any:
        with db.round_trips() as trips, db.statements() as texts:
            payload = await ask(client, feature, name, {"input": given})
        assert payload["userErrors"] == []
        taken[f"{name} {given.get('errorPolicy', ALL)}"] = len(trips), len(texts)
        return payload

    made = await send("documents", "CreatePurchaseOrders", purchaseOrders=[_order(trade)] * MOST)
    ids = [one["id"] for one in made["purchaseOrders"]]
    await send("documents", "SubmitDocuments", documentIds=ids)
    await send("documents", "RejectDocuments", documentIds=ids, note="改")
    await send("documents", "SubmitDocuments", documentIds=ids, errorPolicy=FAILED)
    await send("documents", "ApproveDocuments", documentIds=ids)
    await send("documents", "CancelDocuments", documentIds=ids)
    tell(f"{MOST} rows on {db.dialect()}, round trips and statements: {taken}")
    first, more = IN_ONE[db.dialect()]
    for name, (trips, _) in taken.items():
        assert trips <= first + (ALONE if name.endswith(FAILED) else more) * MOST, taken
