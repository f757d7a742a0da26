"""What a page does with what is owed: the documents of schema/operations/dues.graphql."""

from datetime import timedelta
from typing import Any

import httpx
import msgspec

from jxc_graphql.books.dues.models import DueDirection
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.insight.analytics import aged_dues
from jxc_graphql.kit import clock
from jxc_graphql.kit.pages import Slice
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.office.auth.permissions import Dimension
from tests.make.debts import owe
from tests.make.trade import Trade
from tests.operations import ask
from tests.refusals import everything

DAY = timedelta(days=1)


async def do(client: httpx.AsyncClient, operation: str, **given: Any) -> Any:
    return await ask(client, "dues", operation, {"input": given})


async def look(client: httpx.AsyncClient, operation: str, **given: Any) -> Any:
    return await ask(client, "dues", operation, given)


async def test_what_leaves_is_owed_and_set_off(client: httpx.AsyncClient, trade: Trade) -> None:
    await trade.stock_up("10")
    order_id = await trade.sell((0, "10", "9"))
    shipped = await trade.ship(order_id, (0, "4"))  # 36
    customer = global_id("Customer", trade.customer_id)
    ahead = {"customerId": customer, "kind": "PREPAYMENT", "owedBy": "COMPANY", "amount": "50", "note": "定金"}
    paid = (await do(client, "EnterDue", **ahead))["due"]["id"]
    document = {"customerId": {"eq": customer}, "amount": {"gt": "0"}}
    (due,) = (await look(client, "Dues", where=document))["nodes"]
    assert due["document"]["id"] == global_id("Shipment", shipped.shipment_id)
    assert (due["direction"], due["kind"], due["amount"], due["openAmount"]) == ("RECEIVABLE", "SALE", "36", "36")
    tried = await do(client, "SettleDue", id=paid, dryRun=True)
    assert (tried["userErrors"], [one["amount"] for one in tried["allocations"]]) == ([], ["36"])
    done = await do(client, "AllocateDues", pairs=[{"debitDueId": due["id"], "creditDueId": paid, "amount": "30"}])
    (allocation,) = done["allocations"]
    assert (allocation["amount"], allocation["debitDue"]["openAmount"]) == ("30", "6")
    over = await do(client, "AllocateDues", pairs=[{"debitDueId": due["id"], "creditDueId": paid, "amount": "7"}])
    (wrong,) = over["userErrors"]
    assert (wrong["code"], wrong["path"]) == ("ALLOCATION_TOO_LARGE", ["input", "pairs", "0", "amount"])
    found = await look(client, "DuesOfCustomer", id=customer)
    assert found["balance"] == {"balance": "-14", "owing": "6", "owed": "20", "overdue": "0", "disputed": "0"}
    assert found["exposure"] == {"exposure": "40", "orders": "54", "receivable": "6", "credits": "20"}
    await do(client, "ReverseAllocations", allocationIds=[allocation["id"]], note="错了")
    detail = await look(client, "DueDetail", id=due["id"])
    assert [one["amount"] for one in detail["debits"]["nodes"]] == ["30", "-30"]
    assert [one["kind"] for one in detail["timeline"]["nodes"]] == ["DUES_ALLOCATED", "ALLOCATIONS_REVERSED"]
    assert detail["openAmount"] == "36"
    of_allocation = await look(client, "AllocationDetail", id=allocation["id"])
    assert of_allocation["reverses"] is None


async def test_what_is_tried_changes_nothing_and_shows_what_would_be(client: httpx.AsyncClient, trade: Trade) -> None:
    customer = global_id("Customer", trade.customer_id)
    ahead = {"customerId": customer, "kind": "PREPAYMENT", "owedBy": "COMPANY", "amount": "50", "note": "定金"}
    owing = ahead | {"kind": "FEE", "owedBy": "COUNTERPARTY", "amount": "30.01"}
    paid, debt = [(await do(client, "EnterDue", **one))["due"]["id"] for one in (ahead, owing)]
    pairs = [{"debitDueId": debt, "creditDueId": paid, "amount": "30"}]
    made = (await do(client, "AllocateDues", pairs=pairs))["allocations"][0]["id"]
    more = await do(client, "EnterDue", **owing)
    tax = Profile(tax_number="91110000600037341L")
    await partners.update_customer(trade.call, customer_id=trade.customer_id, profile=tax)
    await partners.update_supplier(trade.call, supplier_id=trade.supplier_id, profile=tax)
    await owe(trade.call, "-7", supplier_id=trade.supplier_id)
    both = {"customerId": customer, "supplierId": global_id("Supplier", trade.supplier_id)}
    tried: list[tuple[str, dict[str, Any]]] = [
        ("EnterDue", ahead),
        ("AllocateDues", {"pairs": [pairs[0] | {"amount": "0.01"}]}),
        ("SettleDue", {"id": paid, "expectedVersion": 2}),
        ("WriteOffDue", {"id": debt, "note": "抹零", "expectedVersion": 2}),
        ("ReverseDue", {"id": more["due"]["id"], "note": "错了"}),
        ("ReverseAllocations", {"allocationIds": [made], "note": "错了"}),
        ("OffsetPartner", both),
    ]
    before = await everything()
    for operation, given in tried:
        answer = await do(client, operation, **given, dryRun=True)
        assert answer["userErrors"] == [], operation
        assert await everything() == before, operation
    for operation, given in tried[2:4]:
        stale = await do(client, operation, **given | {"expectedVersion": 1})
        assert [one["code"] for one in stale["userErrors"]] == ["STALE_VERSION"]
    assert await everything() == before


async def test_a_due_is_found_by_its_document_and_its_partner(client: httpx.AsyncClient, trade: Trade) -> None:
    await trade.stock_up("1")
    (due,) = (await look(client, "Dues"))["nodes"]
    assert (await look(client, "Dues", search=due["document"]["number"]))["totalCount"] == 1
    assert (await look(client, "Dues", search="供应"))["totalCount"] == 1
    assert (await look(client, "Dues", search="nobody"))["totalCount"] == 0
    disputed = (await do(client, "DisputeDue", id=due["id"], isDisputed=True, note="短少", expectedVersion=1))["due"]
    assert disputed == due | {"isDisputed": True, "version": 2}


async def test_how_long_it_has_been_due_on_any_day(client: httpx.AsyncClient, trade: Trade) -> None:
    day = clock.day_of(trade.call.at)

    async def due(amount: str, owed: int, due: int) -> str:
        found = await owe(
            trade.call, amount, on=day - owed * DAY, due_on=day - due * DAY, customer_id=trade.customer_id
        )
        return global_id("Due", found)

    old, younger = await due("300", 100, 95), await due("500", 50, 20)
    await due("70", 10, -5)
    paid = await due("-400", 40, 40)
    at = (day - 30 * DAY).isoformat()
    pairs = [{"debitDueId": old, "creditDueId": paid, "amount": "300"}]
    assert (await do(client, "AllocateDues", pairs=pairs, businessDate=at))["userErrors"] == []
    pairs = [{"debitDueId": younger, "creditDueId": paid, "amount": "60"}]
    assert (await do(client, "AllocateDues", pairs=pairs))["userErrors"] == []

    async def aged(ago: int) -> tuple[Any, ...]:
        found = await look(client, "AgedReceivables", asOf=(day - ago * DAY).isoformat(), buckets=[30, 60])
        (partner,) = found["partners"]["nodes"]
        assert partner["balance"] == found["balance"]
        assert partner["customer"]["id"] == global_id("Customer", trade.customer_id)
        return found["balance"], found["credits"], found["notDue"], [one["amount"] for one in found["overdue"]]

    assert await aged(0) == ("470", "40", "70", ["440", "0", "0"])  # 500 − 60 for 20 days, 70 to come, 40 paid ahead
    assert await aged(1) == ("470", "100", "70", ["500", "0", "0"])
    assert await aged(15) == ("400", "100", "0", ["500", "0", "0"])  # the 70 were not owed yet, the 500 due for 5 days
    assert await aged(30) == ("400", "100", "500", ["0", "0", "0"])
    assert await aged(31) == ("400", "400", "500", ["0", "0", "300"])  # 64 days
    assert await aged(45) == ("800", "0", "500", ["0", "300", "0"])  # 50 days
    assert await aged(80) == ("300", "0", "0", ["300", "0", "0"])
    nobody = await look(client, "AgedPayables")
    assert (nobody["balance"], nobody["partners"]["totalCount"]) == ("0", 0)


async def test_what_a_supplier_is_owed(client: httpx.AsyncClient, trade: Trade) -> None:
    await trade.stock_up("10")  # 20
    supplier = global_id("Supplier", trade.supplier_id)
    found = await look(client, "DuesOfSupplier", id=supplier)
    assert found["balance"] == {"balance": "-20", "owing": "0", "owed": "20", "overdue": "0", "disputed": "0"}
    aged = await look(client, "AgedPayables")
    assert (aged["balance"], aged["notDue"], aged["credits"]) == ("20", "20", "0")


async def test_one_company_sets_off(client: httpx.AsyncClient, trade: Trade) -> None:
    both = {
        "customerId": global_id("Customer", trade.customer_id),
        "supplierId": global_id("Supplier", trade.supplier_id),
    }
    refused = await do(client, "OffsetPartner", **both)
    assert [(one["code"], one["path"]) for one in refused["userErrors"]] == [("OTHER_COMPANY", ["input", "supplierId"])]


async def test_whoever_sees_some_customers_sees_what_those_owe(trade: Trade) -> None:

    await owe(trade.call, "5", customer_id=trade.customer_id)
    for seen, balance in ((trade.customer_id, "5"), (1, "0")):
        call = msgspec.structs.replace(trade.call, scopes={Dimension.CUSTOMER: frozenset({seen})})
        found = await aged_dues.aged(call, DueDirection.RECEIVABLE, as_of=None, buckets=[30])
        assert str(found.balance) == balance
        assert len((await found.partners(Slice())).nodes) == (balance == "5")
