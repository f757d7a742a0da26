"""Credit limits as pages keep them, and what they hear when one is reached."""

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from tests.make.trade import Trade
from tests.operations import ask


async def test_a_limit_is_set_reached_and_removed(client: httpx.AsyncClient, trade: Trade) -> None:
    customer = global_id("Customer", trade.customer_id)
    given = {"customerId": customer, "amount": "100", "whenOverdue": "REFUSE", "graceDays": 5}
    made = (await ask(client, "credit", "SetCreditLimit", {"input": given}))["creditLimit"]
    assert {name: made[name] for name in ("version", "amount", "whenExceeded", "whenOverdue", "graceDays")} == {
        "version": 1, "amount": "100", "whenExceeded": "REFUSE", "whenOverdue": "REFUSE", "graceDays": 5,
    }  # fmt: skip
    assert made["customer"]["id"] == customer
    as_before = await ask(client, "credit", "SetCreditLimit", {"input": {"customerId": customer, "amount": "100"}})
    assert as_before["creditLimit"] == made
    order_id = global_id("SalesOrder", await trade.draft_sale((0, "2", "75")))
    for feature, action in (("sales", "SubmitSalesOrder"), ("credit", "ApproveOnCredit")):
        (wrong,) = (await ask(client, feature, action, {"input": {"id": order_id}}))["userErrors"]
        assert (wrong["__typename"], wrong["code"], wrong["path"]) == ("LimitError", "CREDIT_EXCEEDED", ["input", "id"])
        assert wrong["message"] == "The customer's credit limit of 100 leaves 100: this asks for 150 more."
    assert (wrong["limit"], wrong["asked"], wrong["available"]) == ("100", "150", "100")
    shown = await ask(client, "credit", "CreditOfCustomer", {"id": customer})
    assert (shown["exposure"]["exposure"], shown["creditLimits"]["nodes"]) == ("0", [made])
    stale = await ask(client, "credit", "SetCreditLimit", {"input": {**given, "amount": "1", "expectedVersion": 7}})
    assert [(one["code"], one["current"]) for one in stale["userErrors"]] == [("STALE_VERSION", 1)]
    gone = await ask(client, "credit", "RemoveCreditLimit", {"input": {"id": made["id"]}})
    assert gone == {"deletedId": made["id"], "userErrors": []}
    assert (await ask(client, "credit", "CreditLimits", {}))["totalCount"] == 0
    paid = await ask(client, "sales", "ApproveSalesOrder", {"input": {"id": order_id}})
    assert paid["userErrors"] == []
