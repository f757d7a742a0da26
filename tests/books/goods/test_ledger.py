import asyncio

import pytest
from tortoise.exceptions import IntegrityError

from jxc_graphql.books.goods import queries
from jxc_graphql.books.goods.rules import InsufficientStock, StockOutOfBounds
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import LIMIT, Money, Quantity
from tests.make.shop import Shop, make_shop
from tests.refusals import everything
from tests.steps import cost


async def test_goods_that_come_in_make_the_level(shop: Shop) -> None:
    posting = await shop.post(shop.coming("10", "33.33"))
    assert posting.values == (Money.of("33.33"),)
    assert await shop.level() == {
        "on_hand": "10", "sellable": "10", "unfit": "0", "reserved": "0", "waiting": "0", "available": "10",
        "incoming": "0", "value": "33.33", "unit_cost": "3.333",
    }  # fmt: skip
    assert await queries.differences() == []


async def test_goods_leave_at_the_average_and_the_last_take_what_is_left(shop: Shop) -> None:
    await shop.post(shop.coming("3", "10"))
    values = [(await shop.post(shop.going("1"))).values[0] for _ in range(3)]
    assert values == [Money.of("3.3333"), Money.of("3.3334"), Money.of("3.3333")]
    assert (await shop.level())["value"] == "0"
    assert await queries.differences() == []


async def test_goods_that_come_free_dilute_the_average(shop: Shop) -> None:
    await shop.post(shop.coming("10", "30"), shop.coming("5", "0"))
    assert (await shop.level())["unit_cost"] == "2"


async def test_damaged_goods_stay_on_hand_but_cannot_be_sold(shop: Shop) -> None:
    await shop.post(shop.coming("10", "30"))
    await shop.post(shop.move(shop.warehouse.stock_place_id, shop.warehouse.damaged_place_id, "4"))
    level = await shop.level()
    assert (level["on_hand"], level["available"], level["value"]) == ("10", "6", "30")
    with pytest.raises(Rejected):
        await shop.post(shop.going("7"))
    assert await queries.differences() == []


async def test_twice_three_of_the_last_five_is_refused(shop: Shop) -> None:
    await shop.post(shop.coming("5", "5"))
    before = await everything()
    with pytest.raises(Rejected) as refusal:
        await shop.post(shop.going("3"), shop.coming("1", "1", sku=1), shop.going("3"))
    assert [type(reason) for reason in refusal.value.reasons] == [InsufficientStock, InsufficientStock]
    for reason in refusal.value.reasons:
        assert isinstance(reason, InsufficientStock)
        assert (reason.available, reason.requested) == (Quantity.of("5"), Quantity.of("6"))
    assert await everything() == before
    assert (await shop.level())["on_hand"] == "5"


async def test_all_shortages_are_told_at_once(shop: Shop) -> None:
    await shop.post(shop.coming("5", "5"), shop.coming("5", "5", sku=1))
    with pytest.raises(Rejected) as refusal:
        await shop.post(shop.going("6"), shop.going("5", sku=1), shop.going("1", sku=2))
    assert len(refusal.value.reasons) == 2


async def test_a_document_may_take_on_what_it_brought_in(shop: Shop) -> None:
    into, on = shop.warehouse.quality_place_id, shop.warehouse.stock_place_id
    await shop.post(shop.coming("2", "8"))
    in_check = shop.move(1, into, "4", "10")
    await shop.post(in_check, shop.move(into, on, "3"))
    assert (await shop.level())["sellable"] == "5"
    assert await queries.differences() == []


async def test_more_than_the_books_can_hold_is_refused(shop: Shop) -> None:
    most = str(Quantity(LIMIT))
    await shop.post(shop.coming(most, "1"))
    with pytest.raises(Rejected) as refusal:
        await shop.post(shop.coming("1", "1"))
    assert [type(reason) for reason in refusal.value.reasons] == [StockOutOfBounds]


async def test_reserves_what_is_available_and_no_more(shop: Shop) -> None:
    await shop.post(shop.coming("5", "5"))
    got = await shop.reserve(shop.wish("3", 1), shop.wish("3", 2), shop.wish("1", 3), shop.wish("9", 4, sku=1))
    assert got == {1: Quantity.of("3"), 2: Quantity.of("2"), 3: Quantity(0), 4: Quantity(0)}
    assert (await shop.level())["available"] == "0"
    assert await db.fetch("SELECT owner_id FROM claim WHERE reserved > 0 ORDER BY owner_id") == [(1,), (2,)]
    assert await queries.differences() == []


async def test_an_owner_who_waits_gets_more_as_soon_as_it_comes(shop: Shop) -> None:
    await shop.post(shop.coming("5", "5"))
    await shop.reserve(shop.wish("7", 1))
    await shop.post(shop.coming("5", "5"))
    assert await db.fetch("SELECT owner_id, reserved FROM claim") == [(1, Quantity.of("7"))]
    assert await queries.differences() == []


async def test_goods_kept_for_others_cannot_be_shipped(shop: Shop) -> None:
    await shop.post(shop.coming("5", "5"))
    await shop.reserve(shop.wish("2", 1), shop.wish("2", 2))
    with pytest.raises(Rejected) as refusal:
        await shop.post(shop.going("4"), uses={1: Quantity.of("2")})
    (reason,) = refusal.value.reasons
    assert isinstance(reason, InsufficientStock)
    assert (reason.available, reason.requested) == (Quantity.of("3"), Quantity.of("4"))
    assert (await shop.level())["reserved"] == "4"


async def test_shipping_uses_up_the_claim(shop: Shop) -> None:
    await shop.post(shop.coming("5", "5"))
    await shop.reserve(shop.wish("5", 1))
    await shop.post(shop.going("2"), uses={1: Quantity.of("2")})
    assert (await shop.level())["reserved"] == "3"
    await shop.post(shop.going("3"), uses={1: Quantity.of("3")})
    assert await db.fetch("SELECT * FROM claim") == []
    assert (await shop.level())["available"] == "0"
    assert await queries.differences() == []


async def test_release_frees_all_that_is_kept(shop: Shop) -> None:
    await shop.post(shop.coming("5", "5"), shop.coming("5", "5", sku=1))
    await shop.reserve(shop.wish("2", 1), shop.wish("3", 2, sku=1), shop.wish("1", 3))
    assert len(await shop.release(1, 2, 99)) == 2
    assert (await shop.level())["available"] == "4"
    assert (await shop.level(1))["available"] == "5"
    assert await shop.release(1) == ()
    assert await queries.differences() == []


async def test_incoming_rises_and_falls(shop: Shop) -> None:
    await shop.expect("5", "7")
    await shop.expect("-2", "0")
    assert ((await shop.level())["incoming"], (await shop.level(1))["incoming"]) == ("3", "7")


async def test_posting_needs_a_transaction(shop: Shop) -> None:
    with pytest.raises(AssertionError):
        await type(shop).post.__wrapped__(shop, shop.coming("1", "1"))  # type: ignore[attr-defined]


async def test_the_book_is_only_written_on(shop: Shop) -> None:
    await shop.post(shop.coming("5", "5"))
    for statement in ("UPDATE stock_movement SET quantity = 1", "DELETE FROM stock_movement"):
        with pytest.raises(IntegrityError, match="append-only"):
            await db.transactional(db.execute)(statement)
    assert (await shop.level())["on_hand"] == "5"


async def test_statements_do_not_grow_with_lines(call: Call) -> None:
    costs = []
    for lines in (1, 10, 100):
        shop = await make_shop(call, skus=lines)
        owners = [new_id() for _ in range(lines)]
        coming = [shop.coming("9", "9", sku) for sku in range(lines)]
        wishes = [shop.wish("3", owner, sku) for sku, owner in enumerate(owners)]
        going = [shop.going("2", sku) for sku in range(lines)]
        used = dict.fromkeys(owners, Quantity.of("2"))
        costs.append(
            [
                await cost(shop.post(*coming)),
                await cost(shop.post(*coming)),
                await cost(shop.reserve(*wishes)),
                await cost(shop.post(*going, uses=used)),
                await cost(shop.expect(*["1"] * lines)),
                await cost(shop.release(*owners)),
            ]
        )
    assert costs[0] == costs[1] == costs[2]
    assert max(costs[0]) <= 17  # the entries of what moved among them


async def test_many_buyers_never_get_more_than_there_is(shop: Shop) -> None:
    await shop.post(shop.coming("20", "20"))

    async def buy() -> int:
        try:
            await shop.post(shop.going("1"))
        except Rejected:
            return 0
        return 1

    assert sum(await asyncio.gather(*(buy() for _ in range(50)))) == 20
    level = await shop.level()
    assert (level["on_hand"], level["value"]) == ("0", "0")
    assert await queries.differences() == []


async def test_documents_over_the_same_goods_in_any_order_do_not_block_each_other(call: Call) -> None:
    shop = await make_shop(call, skus=5)
    orders = [[(start + step * n) % 5 for n in range(5)] for start in range(5) for step in (1, 2, 3, 4)]
    await asyncio.gather(*(shop.post(*(shop.coming("1", "1", sku) for sku in order)) for order in orders))
    assert {(await shop.level(sku))["on_hand"] for sku in range(5)} == {"20"}
    assert await queries.differences() == []
