"""An answer includes its effects: they are in it although no reaction ever runs."""

from typing import Any

import httpx
import pytest

from jxc_graphql import wiring
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import db
from tests.make.begun import begun
from tests.make.days import day
from tests.make.trade import Trade, make_trade

BALANCES = "query { closingBalances { nodes { quantity period { endsOn } } } }"
ALERTS = "query { stockAlerts(where: { status: { eq: OPEN } }) { nodes { kind limit } } }"


@pytest.fixture(autouse=True)
def _nothing_reacts(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(wiring.REACTIONS, "_advance", never)


trade = begun(make_trade)


async def done(client: httpx.AsyncClient, mutation: str, **given: Any) -> list[Any]:
    """What the query of a payload lists."""
    body = {"query": mutation, "variables": {"input": given}}
    answer = (await client.post("/graphql", json=body)).json()
    assert "errors" not in answer, answer
    (payload,) = answer["data"].values()
    (listed,) = payload["query"].values()
    nodes: list[Any] = listed["nodes"]
    return nodes


async def test_balances_come_with_the_close_and_go_with_the_reopening(client: httpx.AsyncClient, trade: Trade) -> None:
    await trade.shop.post(trade.shop.coming("7", "14"), on=day(1))
    close = f"mutation($input: ClosePeriodInput!) {{ closePeriod(input: $input) {{ period {{ id }} {BALANCES} }} }}"
    assert await done(client, close, through=str(day(1))) == [{"quantity": "7", "period": {"endsOn": str(day(1))}}]
    reopen = f"mutation($input: ReopenPeriodInput!) {{ reopenPeriod(input: $input) {{ {BALANCES} }} }}"
    ((period_id,),) = await db.fetch("SELECT id FROM period")
    assert await done(client, reopen, id=global_id("Period", period_id), note="漏记") == []


async def test_alerts_come_and_go_with_their_limits(client: httpx.AsyncClient, trade: Trade) -> None:
    sku_id, warehouse_id = global_id("Sku", trade.shop.skus[0]), global_id("Warehouse", trade.shop.warehouse.id)
    set_limits = f"mutation($input: SetStockLimitsInput!) {{ setStockLimits(input: $input) {{ {ALERTS} }} }}"
    for limit in ("5", "9"):
        line = {"skuId": sku_id, "warehouseId": warehouse_id, "limit": limit}
        assert await done(client, set_limits, limits=[line]) == [{"kind": "LOW", "limit": limit}]
    half = {"warehouseId": warehouse_id, "numerator": 1, "denominator": 3}
    scale = f"mutation($input: ScaleStockLimitsInput!) {{ scaleStockLimits(input: $input) {{ {ALERTS} }} }}"
    assert await done(client, scale, **half) == [{"kind": "LOW", "limit": "3"}]
    ((limit_id,),) = await db.fetch("SELECT id FROM stock_limit")
    remove = f"mutation($input: RemoveStockLimitsInput!) {{ removeStockLimits(input: $input) {{ {ALERTS} }} }}"
    assert await done(client, remove, stockLimitIds=[global_id("StockLimit", limit_id)]) == []


async def test_goods_that_come_free_are_kept_for_who_waited(client: httpx.AsyncClient, trade: Trade) -> None:
    await trade.stock_up("5")
    first, second = await trade.sell((0, "5", "9")), await trade.sell((0, "4", "9"))
    orders = "query { salesOrders(where: { status: { eq: APPROVED } }) { nodes { lines { quantityReserved } } } }"
    cancel = f"mutation($input: CancelSalesOrderInput!) {{ cancelSalesOrder(input: $input) {{ {orders} }} }}"
    assert await done(client, cancel, id=global_id("SalesOrder", first)) == [{"lines": [{"quantityReserved": "4"}]}]
    assert await trade.reserved(second) == ["4"]
    assert await differences() == []
