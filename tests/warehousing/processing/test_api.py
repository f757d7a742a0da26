from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Dimension
from tests.make.processing import Processing
from tests.make.workshop import BOX, RIBBON, TEA
from tests.operations import ask, sign_in_as


async def given(processing: Processing, loan_id: int, **others: Any) -> dict[str, Any]:
    sku = global_id("Sku", processing.workshop.sku(BOX))
    return {"input": {"id": global_id("Loan", loan_id), "skuId": sku, "quantity": "3", "fee": "1.255"} | others}


async def test_what_a_processor_made_is_taken_in(client: httpx.AsyncClient, processing: Processing) -> None:
    loan_id = await processing.give((TEA, "10"), (RIBBON, "2"))
    tried = await ask(client, "processing", "ReceiveProcessed", await given(processing, loan_id, dryRun=True))
    assert (tried["userErrors"], tried["loan"]["status"]) == ([], "PARTIALLY_RETURNED")
    asked = await given(processing, loan_id, idempotencyKey="boxes")
    for _ in range(2):
        made = await ask(client, "processing", "ReceiveProcessed", asked)
        assert made["userErrors"] == []
        assert [one["quantityOut"] for one in made["loan"]["lines"]] == ["4", "1"]
        assert (made["assembly"]["kind"], made["assembly"]["extraCost"], made["assembly"]["value"]) == (
            "PROCESS",
            "3.77",
            "22.27",
        )
    refused = await ask(client, "processing", "ReceiveProcessed", await given(processing, loan_id))
    (error, *_) = refused["userErrors"]
    assert (error["code"], error["path"], error["limit"], error["asked"]) == (
        "NOT_ENOUGH_LENT",
        ["input", "quantity"],
        "4",
        "6",
    )


async def test_who_sees_other_suppliers_only_sees_nothing_of_it(
    client: httpx.AsyncClient, processing: Processing
) -> None:
    loan_id = await processing.give((TEA, "10"), (RIBBON, "2"))
    await processing.receive(loan_id, "3")
    other = await partners.create_supplier(processing.call, profile=Profile(code="他", name="别家"))
    await sign_in_as(client, "WAREHOUSE_KEEPER")
    ((user_id,),) = await db.fetch("SELECT id FROM \"user\" WHERE username = 'warehouse_keeper'")
    for supplier_id, count in ((processing.workshop.trade.supplier_id, 1), (other.supplier_id, 0)):
        await auth.set_user_scope(
            auth.system_call(), user_id=user_id, dimension=Dimension.SUPPLIER, target_ids=[supplier_id]
        )
        assert (await ask(client, "assembly", "Assemblies", {}))["totalCount"] == count
    refused = await ask(client, "processing", "ReceiveProcessed", await given(processing, loan_id, quantity="1"))
    assert [one["code"] for one in refused["userErrors"]] == ["UNKNOWN_ID"]
