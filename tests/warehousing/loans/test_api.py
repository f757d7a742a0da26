from datetime import timedelta
from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import clock
from tests.make.lending import Lender
from tests.make.shop import open_warehouse
from tests.make.trade import set_column
from tests.operations import ask, send, sign_in_as

Answer = dict[str, Any]


def given(lender: Lender, quantity: str, **others: Any) -> Answer:
    return {
        "warehouseId": global_id("Warehouse", lender.trade.shop.warehouse.id),
        "customerId": global_id("Customer", lender.trade.customer_id),
        "dueOn": lender.due_on.isoformat(),
        "lines": [{"skuId": global_id("Sku", lender.trade.shop.skus[0]), "quantity": quantity}],
        **others,
    }


async def drafted(client: httpx.AsyncClient, lender: Lender, quantity: str, **others: Any) -> Answer:
    answer = await ask(client, "loans", "CreateLoan", {"input": given(lender, quantity, **others)})
    loan: Answer = answer["loan"]
    return loan


async def test_a_loan_from_draft_to_its_end(client: httpx.AsyncClient, lender: Lender) -> None:
    await lender.trade.stock_up("10")
    made = await drafted(client, lender, "9", note="展会样品")
    lines = given(lender, "4")["lines"]
    changed = {"id": made["id"], "dueOn": made["dueOn"], "lines": lines, "note": "样品", "expectedVersion": 1}
    made = (await ask(client, "loans", "UpdateLoan", {"input": changed}))["loan"]
    assert (made["status"], made["note"], made["lines"][0]["quantity"]) == ("DRAFT", "样品", "4")
    lent = await ask(client, "loans", "ApproveLoan", {"input": {"id": made["id"]}})
    assert (lent["loan"]["status"], lent["loan"]["lines"][0]["quantityOut"]) == ("LENT", "4")
    assert [(one["onHand"], one["lent"], one["lentValue"]) for one in lent["stockLevels"]] == [("6", "4", "8")]
    line = {"loanLineId": lent["loan"]["lines"][0]["id"], "quantity": "1"}
    back = await ask(client, "loans", "ReturnLoan", {"input": {"id": made["id"], "lines": [line]}})
    assert (back["loan"]["status"], back["loanReturn"]["total"]) == ("PARTIALLY_RETURNED", "2")
    order_id = await lender.trade.sell((0, "2", "5"))
    (ordered,) = await lender.trade.sales_lines(order_id)
    line |= {"quantity": "2", "salesOrderLineId": global_id("SalesOrderLine", ordered.id)}
    sale = {"id": made["id"], "salesOrderId": global_id("SalesOrder", order_id), "lines": [line]}
    sold = await ask(client, "loans", "SellLoan", {"input": sale})
    assert (sold["salesOrder"]["status"], sold["loan"]["lines"][0]["quantityOut"]) == ("SHIPPED", "1")
    end = {"id": made["id"], "reason": "LOST", "note": "客户丢失"}
    closed = await ask(client, "loans", "CloseLoan", {"input": end})
    assert (closed["loan"]["status"], closed["loan"]["lossReason"]) == ("CLOSED", "LOST")
    page = await ask(client, "loans", "Loan", {"id": made["id"]})
    assert [entry["what"] for entry in page["timeline"]["nodes"]][2:] == [
        "GoodsLent", "LoanReturned", "LoanSold", "LoanClosed",
    ]  # fmt: skip
    assert [move["toPlace"] and move["toPlace"]["code"] for move in page["movements"]["nodes"]] == ["LENT", "VARIANCE"]
    assert [one["lines"][0]["value"] for one in page["returns"]["nodes"]] == ["2"]
    returns = await ask(client, "loans", "LoanReturns", {"first": 5})
    assert [one["loan"]["id"] for one in returns["nodes"]] == [made["id"]]


async def test_what_is_overdue_is_found(client: httpx.AsyncClient, lender: Lender) -> None:
    await lender.trade.stock_up("10")
    await drafted(client, lender, "1")
    loan_id = await lender.lend((0, "4"))
    today = clock.day_of(lender.call.at)
    due = {"status": {"in": ["LENT", "PARTIALLY_RETURNED"]}, "dueOn": {"lt": today.isoformat()}}
    assert (await ask(client, "loans", "Loans", {"where": due}))["totalCount"] == 0
    await set_column("UPDATE loan SET due_on = ?", today - timedelta(days=1))
    listed = await ask(client, "loans", "Loans", {"where": due})
    assert [(one["id"], one["isOverdue"]) for one in listed["nodes"]] == [(global_id("Loan", loan_id), True)]
    everything = await ask(client, "loans", "Loans", {})
    assert [(one["status"], one["isOverdue"]) for one in everything["nodes"]] == [("LENT", True), ("DRAFT", False)]


async def test_refusals_lead_to_the_input(client: httpx.AsyncClient, lender: Lender) -> None:
    await lender.trade.stock_up("10")
    made = await drafted(client, lender, "4")
    lent = await ask(client, "loans", "ApproveLoan", {"input": {"id": made["id"]}})
    line = {"loanLineId": lent["loan"]["lines"][0]["id"], "quantity": "5"}
    answer = await send(client, "loans", "ReturnLoan", {"input": {"id": made["id"], "lines": [line]}})
    (error,) = answer["data"]["returnLoan"]["userErrors"]
    assert (error["__typename"], error["path"]) == ("LimitError", ["input", "lines", "0", "quantity"])
    assert (error["limit"], error["asked"]) == ("4", "5")
    gone = await ask(client, "loans", "CancelLoan", {"input": {"id": made["id"]}})
    assert gone["userErrors"][0]["__typename"] == "IllegalTransitionError"


async def test_who_is_scoped_to_another_warehouse_sees_no_loan(client: httpx.AsyncClient, lender: Lender) -> None:
    made = await drafted(client, lender, "4")
    await sign_in_as(client, "SELLER", (await open_warehouse(lender.call)).id)
    answer = await send(client, "loans", "Loan", {"id": made["id"]})
    assert answer["data"] == {"loan": None}
    assert (await ask(client, "loans", "Loans", {}))["totalCount"] == 0
