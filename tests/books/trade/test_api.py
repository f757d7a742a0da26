"""Who sees what was traded, and what of it."""

from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.operations import Profile
from jxc_graphql.masters.warehouses.operations import create_warehouse
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.auth.tokens import Limits
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade
from tests.operations import send, sign_in_as


async def make_traded(call: Call) -> Trade:
    """Bought for 20, of which 3 were sold for 27 that cost 6."""
    trade = await make_trade(call)
    await trade.stock_up("10")
    await trade.ship(await trade.sell((0, "3", "9")), (0, "3"))
    return trade


trade = begun(make_traded)
LISTS = ("SupplierDays", "SupplierMonths", "CustomerDays", "CustomerMonths", "StockMonths")


async def listed(client: httpx.AsyncClient, operation: str, **variables: Any) -> list[dict[str, Any]]:
    answer = await send(client, "trade", operation, variables)
    assert "errors" not in answer, answer
    nodes: list[dict[str, Any]] = answer["data"][operation[0].lower() + operation[1:]]["nodes"]
    return nodes


async def test_days_and_months_are_listed_by_partner_seller_and_goods(client: httpx.AsyncClient, trade: Trade) -> None:
    level = {"sku": {"id": {"eq": global_id("Sku", trade.shop.skus[0])}}}
    supplier, customer = global_id("Supplier", trade.supplier_id), global_id("Customer", trade.customer_id)
    (bought,) = await listed(client, "SupplierDays", where={"supplierId": {"eq": supplier}, "stockLevel": level})
    assert (bought["received"], bought["receivedNet"], bought["spent"], bought["receivedLines"]) == (
        "10",
        "20",
        "20",
        1,
    )
    seller = {"sellerId": {"eq": global_id("User", trade.call.actor_id or 0)}}
    (sold,) = await listed(
        client, "CustomerDays", where={"customerId": {"eq": customer}, "stockLevel": level, **seller}
    )
    told = {name: sold[name] for name in ("sold", "soldNet", "soldValue", "revenue", "margin")}
    assert told == {"sold": "3", "soldNet": "27", "soldValue": "6", "revenue": "27", "margin": "21"}
    assert sold["customer"]["id"] == customer
    assert await listed(client, "CustomerDays", where={"sellerId": {"isNull": True}}) == []
    (month,) = await listed(client, "StockMonths", where={"stockLevel": level})
    assert (month["received"], month["sold"], month["revenue"], month["soldValue"]) == ("10", "3", "27", "6")
    assert month["month"].endswith("-01")
    (of_supplier,) = await listed(client, "SupplierMonths")
    (of_customer,) = await listed(client, "CustomerMonths", where={"month": {"eq": month["month"]}})
    assert (of_supplier["spent"], of_customer["margin"]) == ("20", "21")


async def test_a_seller_sees_revenue_and_no_cost(client: httpx.AsyncClient, trade: Trade) -> None:
    await sign_in_as(client, "SELLER")
    (sold,) = await listed(client, "CustomerDays", withCosts=False)
    assert sold["revenue"] == "27"
    (month,) = await listed(client, "StockMonths", withCosts=False)
    assert month["revenue"] == "27"
    answer = await send(client, "trade", "CustomerDays", {})
    assert answer["data"]["customerDays"]["nodes"][0]["margin"] is None
    assert {one["permission"] for one in answer["extensions"]["hidden"]} == {"SEE_COST"}


async def test_who_may_not_see_sales_sees_no_revenue(client: httpx.AsyncClient, trade: Trade) -> None:
    user = await auth.create_user(auth.system_call(), username="zhao", name="Zhao", roles=["ADMIN"])
    limits = Limits(permissions=[Permission.SEE_STOCK, Permission.SEE_CATALOG, Permission.SEE_COST])
    issued = await auth.create_api_token(auth.system_call(), user_id=user.user_id, name="test", limits=limits)
    client.headers["authorization"] = f"Bearer {issued.token}"
    (month,) = await listed(client, "StockMonths", withCosts=False)
    assert (month["sold"], month["revenue"]) == ("3", None)
    answer = await send(client, "trade", "CustomerDays", {"withCosts": False})
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}


@pytest.mark.parametrize("operation", LISTS)
async def test_what_is_of_other_warehouses_is_not_there(
    client: httpx.AsyncClient, trade: Trade, operation: str
) -> None:
    elsewhere = await create_warehouse(trade.call, code="ELSEWHERE", name="别处")
    await sign_in_as(client, "MANAGER", elsewhere.warehouse_id)
    assert await listed(client, operation) == []


@pytest.mark.parametrize("operation", LISTS[:-1])
async def test_what_is_of_other_partners_is_not_there(client: httpx.AsyncClient, trade: Trade, operation: str) -> None:
    dimension = Dimension.SUPPLIER if operation.startswith("Supplier") else Dimension.CUSTOMER
    create = partners.create_supplier if dimension is Dimension.SUPPLIER else partners.create_customer
    other = (await create(trade.call, profile=Profile(code="OTHER", name="别人"))).subject_id
    user = await auth.create_user(auth.system_call(), username="li", name="Li", roles=["MANAGER"])
    await auth.set_user_scope(auth.system_call(), user_id=user.user_id, dimension=dimension, target_ids=[other])
    issued = await auth.create_api_token(auth.system_call(), user_id=user.user_id, name="test")
    client.headers["authorization"] = f"Bearer {issued.token}"
    assert await listed(client, operation) == []
