"""Whatever is damaged of the projections is found, and made again from the ledger."""

from itertools import product

import httpx
import pytest
from msgspec.structs import replace

from jxc_graphql import wiring
from jxc_graphql.books.goods.days import COLUMNS
from jxc_graphql.books.goods.replay import LedgerImpossible
from jxc_graphql.books.trade.rules import SIDES, date_of
from jxc_graphql.insight.verification import operations
from jxc_graphql.insight.verification.queries import check_told, checks, differences, names
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.comparisons import empty
from jxc_graphql.selling.sales.operations import cancel_sales_order
from tests.each import each
from tests.make.begun import begun
from tests.make.rights import without
from tests.make.trade import Trade, make_trade, set_column
from tests.operations import ask, send
from tests.steps import cost

PROJECTIONS = (
    "place_level",
    "stock_level",
    "stock_day",
    "stock_month",
    "supplier_day",
    "customer_month",
    "stock_out",
    "claim",
    "purchase_order_line",
)
DAMAGES = (
    "UPDATE place_level SET quantity = quantity + 10000 WHERE place_id > 6 AND quantity > 0",
    "DELETE FROM place_level",
    "UPDATE stock_level SET sellable = sellable + 10000, on_hand = on_hand + 10000, available = available + 10000",
    "UPDATE stock_level SET quality = 10000, on_hand = on_hand + 10000",
    "UPDATE stock_level SET reserved = 0, available = sellable",
    "UPDATE stock_level SET value = value + 1 WHERE on_hand > 0",
    "UPDATE stock_level SET unit_cost = 1 WHERE on_hand > 0",
    "UPDATE stock_level SET incoming = incoming + 10000",
    "UPDATE stock_level SET unfit = 10000, available = available - 10000 WHERE sellable > 0",
    "UPDATE stock_level SET waiting = 10000",
    "UPDATE claim SET reserved = 0",
    "UPDATE claim SET wanted = wanted + 10000",
    "DELETE FROM claim",
    "UPDATE cost_layer SET quantity = quantity + 10000 WHERE quantity > 0",
    "UPDATE cost_layer SET origin_on = '2001-01-01' WHERE quantity > 0",
    "UPDATE cost_layer SET line_id = 1 WHERE quantity > 0",
    "UPDATE cost_layer SET value = 1 WHERE quantity > 0",
    "DELETE FROM cost_layer",
    "UPDATE stock_day SET value = value + 1",
    "UPDATE stock_day SET sold = sold + 1",
    "UPDATE stock_day SET in_transit = in_transit + 1",
    "UPDATE stock_day SET received_value = received_value + 1",
    "UPDATE stock_day SET transferred_out = transferred_out + 1",
    "UPDATE stock_day SET sold_revalued = 1, revalued = -1",
    "UPDATE stock_day SET lost_demand = lost_demand + 1",
    "UPDATE stock_day SET revenue = revenue + 100",
    "UPDATE stock_day SET lost_revenue = lost_revenue + 100",
    "UPDATE stock_month SET sold = sold + 1",
    "UPDATE stock_month SET month = '2001-01-01'",
    "DELETE FROM stock_month",
    "UPDATE supplier_day SET received = received + 1",
    "UPDATE supplier_month SET received_lines = received_lines + 1",
    "UPDATE customer_day SET sold_net = sold_net + 100",
    "UPDATE customer_day SET seller_id = NULL",
    "UPDATE customer_month SET returned_value = 1",
    "DELETE FROM supplier_day",
    "DELETE FROM customer_day",
    "DELETE FROM customer_month",
    "DELETE FROM stock_out",
    "UPDATE stock_out SET began_at = '2001-01-01 00:00:00+00:00'",
    "UPDATE stock_day SET lent_value = lent_value + 1",
    "UPDATE stock_day SET business_date = '2001-01-01'",
    "DELETE FROM stock_day",
    "UPDATE document SET status = 'DRAFT', amount = 1",
)


async def make_traded(call: Call) -> Trade:
    """Bought in two lots at two prices, partly sold, partly kept for an order, more to come; sold out, and given up."""
    trade = await make_trade(call, skus=2)
    await trade.stock_up("10", "4", price="2")
    await trade.stock_up("6", "3", price="3")
    order_id = await trade.sell((0, "5", "9"), (1, "2", "9"))
    await trade.ship(order_id, (0, "3"), (1, "1"))
    await trade.buy((0, "7", "2"))
    await trade.ship(order_id, (1, "1"))
    await trade.ship(await trade.sell((1, "5", "9")), (0, "5"))
    await cancel_sales_order(call, sales_order_id=await trade.sell((1, "4", "9")))
    await wiring.REACTIONS.settle()
    assert await differences() == []
    return trade


trade = begun(make_traded)


async def projections() -> dict[str, list[tuple[object, ...]]]:
    """All that is rebuilt, but for ids that do not matter and the time of the last change."""
    found = {}
    for table in PROJECTIONS:
        rows = await db.fetch(f"SELECT * FROM {table} LIMIT 0")
        assert rows == []
    found["place"] = await db.fetch("SELECT sku_id, place_id, lot_id, quantity FROM place_level ORDER BY 1, 2, 3")
    found["level"] = await db.fetch(
        "SELECT sku_id, warehouse_id, on_hand, sellable, reserved, available, incoming, value, unit_cost "
        "FROM stock_level ORDER BY 1, 2"
    )
    found["layer"] = await db.fetch(
        "SELECT stock_level_id, origin_on, line_id, quantity, value FROM cost_layer WHERE quantity > 0 ORDER BY 1, 2, 3"
    )
    found["day"] = await db.fetch(
        f"SELECT stock_level_id, posted_on, business_date, {', '.join(COLUMNS)} FROM stock_day "
        f"WHERE {' OR '.join(f'{name} <> 0' for name in COLUMNS)} ORDER BY 1, 2, 3"
    )
    found["month"] = await db.fetch(
        f"SELECT stock_level_id, month, {', '.join(COLUMNS)} FROM stock_month "
        f"WHERE {' OR '.join(f'{name} <> 0' for name in COLUMNS)} ORDER BY 1, 2"
    )
    for side, span in product(SIDES, ("day", "month")):
        told = ", ".join((*side.keys, date_of(span), *side.figures))
        something = " OR ".join(f"{name} <> 0" for name in side.figures)
        rows = await db.fetch(f"SELECT {told} FROM {side.name}_{span} WHERE {something} ORDER BY {told}")
        assert rows
        found[f"{side.name}_{span}"] = rows
    found["out"] = await db.fetch(
        "SELECT stock_level_id, began_at, ended_at FROM stock_out WHERE ended_at IS NULL OR ended_at > began_at "
        "ORDER BY 1, 2"
    )
    found["claim"] = await db.fetch("SELECT owner_id, wanted, reserved FROM claim ORDER BY 1")
    found["document"] = await db.fetch("SELECT id, status, amount FROM document ORDER BY id")
    return found


async def rebuilt(call: Call) -> int:
    rows = 0
    async for progress in operations.rebuild_books(call):
        assert progress.skus <= progress.of
        rows = progress.rows
    return rows


async def test_what_nothing_can_be_told_of_is_not_compared(call: Call) -> None:
    """The values that documents keep take one statement together where there are no documents."""
    told_of = [check for check in checks() if check.tables]
    tables = {table for check in told_of for table in check.tables}
    assert await empty(tables) >= {"goods_receipt", "goods_receipt_line", "sku"}
    assert await cost(differences()) < len(told_of) / 2


async def test_what_there_is_is_compared(trade: Trade) -> None:
    tables = {table for check in checks() for table in check.tables}
    assert not await empty(tables) & {"goods_receipt", "goods_receipt_line", "sku", "stock_level", "lot"}


async def test_what_is_right_stays_as_it_is(call: Call, trade: Trade) -> None:
    before = await projections()
    assert before["out"]
    assert await rebuilt(call) == 0
    assert await projections() == before


@each("damage", DAMAGES)
async def test_finds_and_repairs(call: Call, trade: Trade, damage: str) -> None:
    before = await projections()
    await set_column(damage)
    assert await differences() != []
    assert await rebuilt(call) > 0
    await wiring.REACTIONS.settle()
    assert await projections() == before
    assert await differences() == []
    names = [name for (name,) in await db.fetch("SELECT name FROM journal WHERE name LIKE '%Rebuilt' ORDER BY id")]
    assert names[-1] == "BooksRebuilt"


async def test_the_books_go_on_after_it(call: Call, trade: Trade) -> None:
    await set_column("DELETE FROM cost_layer")
    await rebuilt(call)
    order_id = await trade.sell((0, "6", "9"))
    await trade.ship(order_id, (0, "6"))
    await trade.stock_up("1", "1")
    await wiring.REACTIONS.settle()
    assert await differences() == []


async def test_layers_under_fifo_are_made_again_with_their_values(call: Call) -> None:
    trade = await make_trade(call, skus=1)
    await set_column("UPDATE product SET valuation = 'FIFO'")
    await trade.stock_up("10", price="2")
    await trade.stock_up("6", price="3")
    order_id = await trade.sell((0, "12", "9"))
    await trade.ship(order_id, (0, "12"))
    before = await projections()
    for damage in ("UPDATE cost_layer SET value = 1 WHERE quantity > 0", "DELETE FROM cost_layer"):
        await set_column(damage)
        assert await differences() != []
        await rebuilt(call)
        assert await projections() == before


async def test_refuses_to_invent_what_the_ledger_does_not_say(call: Call, trade: Trade) -> None:
    await set_column(
        "INSERT INTO stock_movement (sku_id, warehouse_id, from_place_id, to_place_id, quantity, value, business_date, "
        "origin_on, posted_at, document_id, line_id, consignment_id) SELECT sku_id, warehouse_id, to_place_id, "
        "from_place_id, 1000 * quantity, value, business_date, origin_on, posted_at, document_id, line_id, 0 "
        "FROM stock_movement WHERE from_place_id = 1"
    )
    before = await projections()
    with pytest.raises(LedgerImpossible):
        await rebuilt(call)
    assert await projections() == before


async def test_needs_its_permission(call: Call) -> None:
    with pytest.raises(Forbidden):
        await rebuilt(Call(actor_id=call.actor_id))


async def test_differences_are_told_to_who_may_see_what_it_cost(call: Call) -> None:
    (check, *_) = names(call)
    assert await check_told(call, check, None)
    for lacking in (Permission.VERIFY_BOOKS, Permission.SEE_COST):  # the first of which nobody has who sees a part only
        caller = replace(call, permissions=without(lacking))
        with pytest.raises(Forbidden):
            names(caller)
        with pytest.raises(Forbidden):
            await check_told(caller, check, None)


async def test_a_console_runs_the_checks_one_by_one(client: httpx.AsyncClient, call: Call, trade: Trade) -> None:
    answer = await send(client, "verification", "BookChecks")
    checks = answer["data"]["bookChecks"]
    await set_column("UPDATE stock_day SET sold = sold + 1")
    found, asked = [], 0
    for check in checks:
        after = None
        while True:
            asked += 1
            part = await ask(client, "verification", "BookDifferences", {"check": check, "after": after})
            found += part["differences"]
            after = part["after"]
            if after is None:
                break
    assert asked == len(checks) + 1
    assert {each["what"] for each in found} == {"stock_day is what was posted on it"}
    for wrong in ({"check": "nothing"}, {"check": checks[-2], "after": "x"}):
        answer = await send(client, "verification", "BookDifferences", wrong)
        assert answer["errors"][0]["extensions"]["code"] in {"UNKNOWN_ID", "INVALID_CURSOR"}
