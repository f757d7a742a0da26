"""Every document that takes goods is refused under a day on which they had not come, and says from when on it fits."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import httpx
import msgspec
import pytest

from jxc_graphql import wiring
from jxc_graphql.books.goods.rules import NothingToRevalueThen, NotThereThen
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.periods import operations as periods
from jxc_graphql.warehousing.adjustments import operations as adjustments
from jxc_graphql.warehousing.adjustments.rules import ScrappedGoods
from jxc_graphql.warehousing.assembly import operations as assembly
from jxc_graphql.warehousing.assembly.rules import Component
from jxc_graphql.warehousing.loans import operations as loans
from jxc_graphql.warehousing.loans.rules import WantedLine
from jxc_graphql.warehousing.relocations import operations as relocations
from jxc_graphql.warehousing.relocations.rules import WantedMove
from jxc_graphql.warehousing.revaluations import operations as revaluations
from jxc_graphql.warehousing.revaluations.rules import AskedRevaluation
from jxc_graphql.warehousing.stocktakes import operations as stocktakes
from jxc_graphql.warehousing.transfers import operations as transfers
from jxc_graphql.warehousing.transfers import transit
from jxc_graphql.warehousing.transfers.rules import AskedGoods
from tests.make.begun import begun
from tests.make.corrections import approved_count
from tests.make.shop import open_warehouse
from tests.make.trade import Trade, make_trade
from tests.operations import ask
from tests.patience import settled
from tests.refusals import refusal

FIVE = Quantity.of("5")
Leave = Callable[[], Awaitable[object]]


async def make_stocked(call: Call) -> Trade:
    """10 of everything came today."""
    trade = await make_trade(call)
    await trade.stock_up("10", "10", "10")
    return trade


trade = begun(make_stocked)


def yesterday() -> date:
    return clock.day_of(clock.now()) - timedelta(days=1)


def late(trade: Trade) -> Trade:
    """The same, under yesterday's date."""
    return msgspec.structs.replace(trade, call=msgspec.structs.replace(trade.call, business_date=yesterday()))


async def shipment(trade: Trade) -> Leave:
    order_id = await trade.sell((0, "5", "9"))
    return lambda: late(trade).ship(order_id, (0, "5"))


async def write_off(trade: Trade) -> Leave:
    lines = [ScrappedGoods(sku_id=trade.shop.skus[0], quantity=FIVE)]
    return lambda: adjustments.write_off(late(trade).call, warehouse_id=trade.shop.warehouse.id, lines=lines)


async def dispatch(trade: Trade) -> Leave:
    drafted = await transfers.create_transfer(
        trade.call,
        from_warehouse_id=trade.shop.warehouse.id,
        to_warehouse_id=(await open_warehouse(trade.call)).id,
        lines=[AskedGoods(sku_id=trade.shop.skus[0], quantity=FIVE)],
    )
    await transfers.submit_transfer(trade.call, transfer_id=drafted.subject_id)
    await transfers.approve_transfer(trade.call, transfer_id=drafted.subject_id)
    return lambda: transit.dispatch_transfer(late(trade).call, transfer_id=drafted.subject_id)


async def loan(trade: Trade) -> Leave:
    lines = [WantedLine(sku_id=trade.shop.skus[0], quantity=FIVE)]
    made = await loans.create_loan(
        trade.call,
        warehouse_id=trade.shop.warehouse.id,
        customer_id=trade.customer_id,
        due_on=yesterday() + timedelta(days=9),
        lines=lines,
    )
    return lambda: loans.approve_loan(late(trade).call, loan_id=made.subject_id)


async def assembling(trade: Trade) -> Leave:
    part, kit, _ = trade.shop.skus
    await assembly.set_kit_components(
        trade.call, sku_id=kit, components=[Component(sku_id=part, quantity=Quantity.of("1"))]
    )
    return lambda: assembly.assemble_kits(
        late(trade).call, warehouse_id=trade.shop.warehouse.id, sku_id=kit, quantity=FIVE
    )


async def taking_apart(trade: Trade) -> Leave:
    part, kit, _ = trade.shop.skus
    await assembly.set_kit_components(
        trade.call, sku_id=kit, components=[Component(sku_id=part, quantity=Quantity.of("1"))]
    )
    return lambda: assembly.disassemble_kits(
        late(trade).call, warehouse_id=trade.shop.warehouse.id, sku_id=kit, quantity=FIVE
    )


async def count(trade: Trade) -> Leave:
    stocktake_id = await approved_count(trade.shop, "5")
    return lambda: stocktakes.post_stocktake(late(trade).call, stocktake_id=stocktake_id)


async def move(trade: Trade) -> Leave:
    where = trade.shop.warehouse
    moved = WantedMove(
        sku_id=trade.shop.skus[0],
        quantity=FIVE,
        from_place_id=where.stock_place_id,
        to_place_id=where.damaged_place_id,
    )
    return lambda: relocations.move_places(late(trade).call, warehouse_id=where.id, lines=[moved])


async def revaluation(trade: Trade) -> Leave:
    lines = [AskedRevaluation(sku_id=trade.shop.skus[0], value_change=Money.of("1"))]
    made = await revaluations.create_revaluation(
        trade.call, warehouse_id=trade.shop.warehouse.id, lines=lines, note="发票更正"
    )
    return lambda: revaluations.post_revaluation(late(trade).call, revaluation_id=made.subject_id)


@pytest.mark.parametrize(
    "prepare",
    [shipment, write_off, dispatch, loan, assembling, taking_apart, count, move, revaluation],
    ids=lambda prepare: str(prepare.__name__),
)
async def test_nothing_leaves_before_it_came(trade: Trade, prepare: Callable[[Trade], Awaitable[Leave]]) -> None:
    leave = await prepare(trade)
    for reason in await refusal(leave()):
        assert isinstance(reason, NotThereThen | NothingToRevalueThen)
        assert (reason.business_date, reason.fits_on) == (yesterday(), yesterday() + timedelta(days=1))
    await periods.close_period(trade.call, through=yesterday())
    await settled()
    await wiring.REACTIONS.settle()
    assert await db.fetch("SELECT * FROM closing_balance") == []
    assert await differences() == []


async def test_a_client_is_told_from_when_on_it_fits(client: httpx.AsyncClient, trade: Trade) -> None:
    order_id = await trade.sell((0, "5", "9"))
    ((line_id,),) = await db.fetch("SELECT id FROM sales_order_line WHERE sales_order_id = ?", (order_id,))
    line = {"salesOrderLineId": global_id("SalesOrderLine", line_id), "quantity": "5"}
    given = {"salesOrderId": global_id("SalesOrder", order_id), "businessDate": str(yesterday()), "lines": [line]}
    (problem,) = (await ask(client, "shipping", "ShipGoodsWithDetails", {"input": given}))["userErrors"]
    assert (problem["code"], problem["path"]) == ("NOT_THERE_THEN", ["input", "lines", "0", "quantity"])
    assert problem["from"] == str(yesterday() + timedelta(days=1))
