"""What runs low is asked for once: by hand, by a schedule, for those warehouses where whoever asked works."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql import wiring
from jxc_graphql.buying.requests.models import EDIT_PURCHASE_REQUESTS
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.insight.planning import chores, operations
from jxc_graphql.kit import db
from jxc_graphql.kit.errors import Forbidden
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import AskedPrice
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.jobs import operations as jobs
from jxc_graphql.office.jobs import running
from jxc_graphql.office.jobs.models import JobKind
from jxc_graphql.warehousing.limits import operations as limits
from jxc_graphql.warehousing.limits.rules import WantedLimit
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade
from tests.operations import ask
from tests.refusals import codes

trade = begun(make_trade)


async def low(trade: Trade, sku: int, limit: str, target: str) -> None:
    wanted = WantedLimit(
        sku_id=trade.shop.skus[sku], warehouse_id=trade.shop.warehouse.id,
        limit=Quantity.of(limit), target=Quantity.of(target),
    )  # fmt: skip
    await limits.set_stock_limits(trade.call, limits=[wanted])
    await wiring.REACTIONS.settle()


async def plan(trade: Trade, **given: Any) -> dict[str, Any]:
    """What a plan says that it did."""
    fact = await operations.plan_replenishment(trade.call, **given)
    await running.settle()
    ((state, result),) = await db.fetch("SELECT state, result FROM job WHERE id = ?", (fact.job_id,))
    assert state == "DONE", result
    told: dict[str, Any] = json.loads(result)
    return told


async def asked() -> list[tuple[str, str, int, int | None]]:
    """The lines that plans drafted, in order."""
    return await db.fetch("""
        SELECT request.source, request.status, line.quantity, line.supplier_id FROM purchase_request AS request
        JOIN purchase_request_line AS line ON line.purchase_request_id = request.id ORDER BY line.id""")


def steps(quantity: str) -> int:
    return int(Quantity.of(quantity))


async def test_what_runs_low_is_asked_for_once(trade: Trade) -> None:
    """Whole packs of the supplier, at least his minimum; less what is drafted already; nothing of it twice."""
    await trade.stock_up("4")
    price = AskedPrice(
        sku_id=trade.shop.skus[0], unit_price=UnitPrice.of("2"), pack_quantity=Quantity.of("6"),
        minimum_quantity=Quantity.of("12"), is_preferred=True,
    )  # fmt: skip
    await partners.set_supplier_prices(trade.call, supplier_id=trade.supplier_id, prices=[price])
    await low(trade, 0, "5", "18")
    assert await plan(trade) == {"requests": 1, "lines": 1}
    assert await asked() == [("PLANNING", "DRAFT", steps("18"), trade.supplier_id)]  # 14 are missing: three packs
    assert await plan(trade) == {"requests": 0, "lines": 0}
    await low(trade, 0, "5", "40")
    assert await plan(trade) == {"requests": 1, "lines": 1}
    assert [quantity for *_, quantity, _ in await asked()] == [steps("18"), steps("18")]  # of 36


async def test_what_is_on_drafts_of_orders_is_taken_off(trade: Trade) -> None:
    await low(trade, 1, "5", "20")
    await trade.draft_purchase((1, "8", "2"))
    assert await plan(trade) == {"requests": 1, "lines": 1}
    assert [quantity for *_, quantity, _ in await asked()] == [steps("12")]


async def test_a_schedule_plans_with_the_rights_of_whoever_made_it(
    trade: Trade, pass_time: Callable[[float], None]
) -> None:
    await low(trade, 0, "5", "20")
    told = json.dumps({"warehouses": [trade.shop.warehouse.code]})
    fact = await jobs.create_schedule(
        trade.call, name="补货", job_kind=JobKind("REPLENISH"), cron="30 2 * * *", job_input=told
    )
    pass_time(timedelta(days=1, hours=1).total_seconds())
    await running.settle()
    assert [(source, quantity) for source, _, quantity, _ in await asked()] == [("PLANNING", steps("20"))]
    rows = await db.fetch("SELECT schedule_id, state FROM job WHERE job_kind = 'REPLENISH'")
    assert rows == [(fact.schedule_id, "DONE")]
    ((author,),) = await db.fetch("SELECT created_by_id FROM purchase_request")
    assert author == trade.call.actor_id


@pytest.mark.parametrize("given", [{"warehouses": ["nowhere"]}, {"warehouses": 1}, {"houses": []}])
async def test_a_schedule_of_something_else_is_refused(trade: Trade, given: dict[str, Any]) -> None:
    making = jobs.create_schedule(
        trade.call, name="补货", job_kind=JobKind("REPLENISH"), cron="30 2 * * *", job_input=json.dumps(given)
    )
    assert await codes(making) == [("JOB_INPUT_UNUSABLE", ("job_input",))]


async def test_is_for_those_who_may_ask_where_they_work(trade: Trade) -> None:
    await low(trade, 0, "5", "20")
    powerless = msgspec.structs.replace(trade.call, permissions=trade.call.permissions - {EDIT_PURCHASE_REQUESTS})
    with pytest.raises(Forbidden):
        await operations.plan_replenishment(powerless)
    with pytest.raises(Forbidden):
        await chores.check_input(powerless, {"warehouses": []})
    elsewhere = msgspec.structs.replace(trade.call, scopes={Dimension.WAREHOUSE: frozenset({1})})
    warehouse_id = trade.shop.warehouse.id
    asking = operations.plan_replenishment(elsewhere, warehouse_ids=[warehouse_id])
    assert await codes(asking) == [("UNKNOWN_ID", ("warehouse_ids", 0))]
    await operations.plan_replenishment(elsewhere)
    await running.settle()
    assert await asked() == []


async def test_a_client_has_it_planned(client: httpx.AsyncClient, trade: Trade) -> None:
    await low(trade, 0, "5", "20")
    given = {"warehouseIds": [global_id("Warehouse", trade.shop.warehouse.id)]}
    payload = await ask(client, "planning", "PlanReplenishment", {"input": given})
    assert (payload["userErrors"], payload["job"]["jobKind"]) == ([], "REPLENISH")
    await running.settle()
    assert len(await asked()) == 1
