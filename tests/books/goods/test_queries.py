import pytest

from jxc_graphql.books.goods import queries
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity, UnitPrice, divide
from jxc_graphql.warehousing.openings import operations
from jxc_graphql.warehousing.openings.operations import OpeningLine
from tests.make.shop import TODAY, Shop

FORGED_MOVEMENT = """
    INSERT INTO stock_movement (sku_id, warehouse_id, from_place_id, to_place_id, quantity, value,
        business_date, origin_on, posted_at, document_id, line_id, consignment_id)
    SELECT sku_id, warehouse_id, from_place_id, to_place_id, 20000, 10000, business_date, origin_on, posted_at, 1, 1, 0
    FROM stock_movement WHERE id = (SELECT min(id) FROM stock_movement)"""

PLANTS = {
    "UPDATE place_level SET quantity = quantity + 10000 WHERE place_id > 6": {
        "place_level.quantity is the sum of its movements": ("10", "11"),
        "place_level.quantity over all places is zero": ("0", "1"),
        "stock_level.on_hand is the sum of its places": ("11", "10"),
        "stock_level.sellable is the sum of its places": ("11", "10"),
    },
    "UPDATE stock_level SET on_hand = on_hand + 10000, damaged = damaged + 10000": {
        "stock_level.on_hand is the sum of its places": ("10", "11"),
        "stock_level.damaged is the sum of its places": ("0", "1"),
        "stock_level.on_hand is the sum of its cost layers": ("10", "11"),
        "stock_level.on_hand is the sum of its days": ("10", "11"),
        "stock_level.unit_cost is value / on_hand": ("2.272727", "2.5"),
    },
    "UPDATE stock_level SET sellable = sellable - 10000, available = available - 10000, quality = quality + 10000": {
        "stock_level.sellable is the sum of its places": ("10", "9"),
        "stock_level.quality is the sum of its places": ("0", "1"),
    },
    "UPDATE stock_level SET reserved = reserved + 10000, available = available - 10000": {
        "stock_level.reserved is what is kept for its claims": ("4", "5"),
    },
    "UPDATE claim SET reserved = reserved - 10000": {
        "stock_level.reserved is what is kept for its claims": ("3", "4"),
    },
    "DELETE FROM claim": {
        "stock_level.reserved is what is kept for its claims": ("0", "4"),
    },
    "UPDATE stock_level SET unfit = 10000, available = available - 10000": {
        "stock_level.unfit is what is blocked or expired at its stock places": ("0", "1"),
    },
    "UPDATE claim SET wanted = wanted + 10000": {
        "stock_level.waiting is what its claims ask for and have not got": ("1", "0"),
    },
    "UPDATE stock_level SET waiting = 10000": {
        "stock_level.waiting is what its claims ask for and have not got": ("0", "1"),
        "stock_level: nobody waits for what is available": ("0", "1"),
    },
    "UPDATE stock_level SET value = value + 1": {
        "stock_level.value is what came in minus what went out": ("25", "25.0001"),
        "stock_level.unit_cost is value / on_hand": ("2.50001", "2.5"),
    },
    "UPDATE stock_level SET unit_cost = 1": {
        "stock_level.unit_cost is value / on_hand": ("2.5", "0.000001"),
    },
    FORGED_MOVEMENT: {
        "place_level.quantity is the sum of its movements": ("12", "10"),
        "stock_level.value is what came in minus what went out": ("26", "25"),
    },
}


async def open_book(shop: Shop) -> None:
    lines = [OpeningLine(sku_id=shop.skus[0], quantity=Quantity.of("10"), unit_cost=UnitPrice.of("2.5"))]
    await operations.post_opening_balance(shop.call, warehouse_id=shop.warehouse.id, business_date=TODAY, lines=lines)
    await shop.reserve(shop.wish("4", 1))


@pytest.mark.parametrize("plant", PLANTS, ids=range(len(PLANTS)))
async def test_a_planted_difference_is_found(shop: Shop, plant: str) -> None:
    await open_book(shop)
    assert await queries.differences() == []
    await db.transactional(db.execute)(plant)
    differences = [each for each in await queries.differences() if not each.key.endswith("@ OPENING")]
    found = {each.what: (each.expected, each.actual) for each in differences}
    assert {what: found.get(what) for what in PLANTS[plant]} == PLANTS[plant]


async def test_a_difference_names_where_it_is(shop: Shop) -> None:
    await open_book(shop)
    await db.transactional(db.execute)("UPDATE place_level SET quantity = quantity + 10000 WHERE place_id > 6")
    ((sku,),) = await db.fetch("SELECT code FROM sku WHERE id = ?", (shop.skus[0],))
    keys = {each.what.partition(" ")[0]: each.key for each in await queries.differences()}
    assert keys["stock_level.on_hand"] == f"{sku} @ {shop.warehouse.code}"
    assert f"{sku} @ {shop.warehouse.code} STOCK" in {each.key for each in await queries.differences()}


@pytest.mark.parametrize(
    ("value", "on_hand"),
    [(1, 3), (1, 2), (10**15, 10**15), (10**15, 10**15 - 1), (10**15 - 7, 1_000_003), (25, 2 * 10**7), (75, 2 * 10**7)],
)
async def test_unit_costs_are_compared_exactly(shop: Shop, value: int, on_hand: int) -> None:
    await shop.post(shop.coming("1", "1"))
    cost = divide(value * 10**6, on_hand)
    await db.transactional(db.execute)(
        "UPDATE stock_level SET value = ?, on_hand = ?, damaged = ?, unit_cost = ?, sellable = 0, available = 0",
        (value, on_hand, on_hand, cost),
    )
    assert not [each for each in await queries.differences() if "unit_cost" in each.what]
