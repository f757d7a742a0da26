"""What goods cost changes after the fact: nothing moves, and not a step of value is lost."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.books.goods import queries
from jxc_graphql.books.goods.book import BookLevel
from jxc_graphql.books.goods.ledger import Charge, Move, ValueChange
from jxc_graphql.books.goods.revaluation import Brought, split
from jxc_graphql.books.goods.rules import ValueBelowZero
from jxc_graphql.books.goods.valuation import Layer
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import LIMIT, Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.masters.warehouses.places import PlaceKind
from jxc_graphql.office.periods.operations import close_period
from tests.books.goods.test_transit import arrival, dispatch
from tests.make.shop import TODAY, Shop, make_shop, other_warehouse
from tests.refusals import codes, refusal
from tests.steps import cost

METHODS = pytest.mark.parametrize("method", ValuationMethod)


def change(shop: Shop, *, to: str | None = None, by: str | None = None, sku: int = 0) -> ValueChange:
    return ValueChange(
        sku_id=shop.skus[sku],
        warehouse_id=shop.warehouse.id,
        line_id=new_id(),
        to=None if to is None else Money.of(to),
        by=None if by is None else Money.of(by),
        path=("lines", sku),
    )


async def rows(*columns: str) -> list[tuple[str, ...]]:
    found = await db.fetch(f"SELECT {', '.join(columns)} FROM stock_revaluation ORDER BY id")
    return [tuple(str(Money(value)) for value in row) for row in found]


class TestRevalue:
    @METHODS
    async def test_changes_what_goods_cost_that_leave(self, call: Call, method: ValuationMethod) -> None:
        shop = await make_shop(call, valuation=method)
        await shop.post(shop.coming("10", "10"), shop.coming("10", "30"), shop.coming("1", "1", sku=1))
        revalued = await shop.revalue(change(shop, to="100"), change(shop, by="-0.5", sku=1))
        assert revalued.values == (Money.of("60"), Money.of("-0.5"))
        assert len(revalued.stock_level_ids) == 2
        assert (await shop.level())["unit_cost"] == "5"
        assert await rows("value", "in_transit_value", "sold_value") == [("60", "0", "0"), ("-0.5", "0", "0")]
        assert str((await shop.post(shop.going("10"))).values[0]) == "50"
        assert await queries.differences() == []

    async def test_shares_a_change_over_layers_by_what_they_cost(self, call: Call) -> None:
        shop = await make_shop(call, valuation=ValuationMethod.FIFO)
        await shop.post(shop.coming("10", "10"), shop.coming("10", "30"), shop.coming("10", "0"))
        await shop.revalue(change(shop, by="-30.0001"))
        assert await shop.layers() == [("10", "2.5"), ("10", "7.4999"), ("10", "0")]
        await shop.revalue(change(shop, by="-9.9999"))
        await shop.revalue(change(shop, by="1"))
        assert await shop.layers() == [("10", "0.3333"), ("10", "0.3334"), ("10", "0.3333")]
        assert await queries.differences() == []

    async def test_takes_up_another_method_like_a_movement(self, shop: Shop) -> None:
        await shop.post(shop.coming("10", "10"), shop.coming("10", "30"))
        await shop.value_by(ValuationMethod.FIFO)
        await shop.revalue(change(shop, by="20"))
        assert await shop.layers() == [("10", "30"), ("10", "30")]
        await shop.value_by(ValuationMethod.MOVING_AVERAGE)
        await shop.revalue(change(shop, to="10"))
        assert await shop.layers() == [("10", None), ("10", None)]
        assert await queries.differences() == []

    async def test_counts_for_its_day(self, shop: Shop) -> None:
        await shop.post(shop.coming("10", "10"))
        await shop.revalue(change(shop, by="5"))
        days = await db.fetch("SELECT quantity, value, sold FROM stock_day")
        assert days == [(100_000, 150_000, 0)]

    async def test_needs_goods_and_leaves_no_value_below_zero(self, shop: Shop) -> None:
        await shop.post(shop.coming("10", "10"), shop.coming("10", "10", sku=1))
        await shop.post(shop.going("10", sku=1))
        wrong = shop.revalue(change(shop, by="-10.0001"), change(shop, by="1", sku=1), change(shop, to="1", sku=2))
        assert await codes(wrong) == [
            ("VALUE_BELOW_ZERO", ("lines", 0)),
            ("NOTHING_TO_REVALUE", ("lines", 1)),
            ("NOTHING_TO_REVALUE", ("lines", 2)),
        ]
        (reason,) = await refusal(shop.revalue(change(shop, by="-11")))
        assert isinstance(reason, ValueBelowZero)
        assert (reason.value, reason.change) == (Money.of("10"), Money.of("-11"))
        await shop.revalue(change(shop, by="-10"))
        assert (await shop.level())["value"] == "0"

    async def test_refuses_more_than_the_books_can_hold_and_closed_days(self, shop: Shop) -> None:
        await shop.post(shop.coming("0.0001", "10"))
        assert await codes(shop.revalue(change(shop, to=str(Money(LIMIT))))) == [("STOCK_OUT_OF_BOUNDS", ("lines", 0))]
        await close_period(shop.call, through=TODAY)
        assert [code for code, _ in await codes(shop.revalue(change(shop, by="1")))] == ["PERIOD_CLOSED"]
        assert [code for code, _ in await codes(shop.charge(Charge(line_id=1, amount=Money(1))))] == ["PERIOD_CLOSED"]


class TestCharge:
    @METHODS
    async def test_raises_what_is_left_and_what_was_sold(self, call: Call, method: ValuationMethod) -> None:
        shop = await make_shop(call, valuation=method)
        first, second = shop.coming("10", "10"), shop.coming("10", "30")
        await shop.post(first)
        await shop.post(second)
        await shop.post(shop.going("7"))
        before = Money.of((await shop.level())["value"])
        charged = await shop.charge(
            Charge(line_id=first.line_id, amount=Money.of("1")), Charge(line_id=second.line_id, amount=Money.of("4"))
        )
        assert (charged.values, charged.sold_values) == ((Money.of("0.3"), Money.of("4")), (Money.of("0.7"), Money(0)))
        assert Money.of((await shop.level())["value"]) == before + Money.of("4.3")
        assert await rows("value", "sold_value") == [("0.3", "0.7"), ("4", "0")]
        if method is ValuationMethod.FIFO:
            assert await shop.layers() == [("3", "3.3"), ("10", "34")]
        assert await queries.differences() == []

    @METHODS
    async def test_splits_to_the_last_step(self, call: Call, method: ValuationMethod) -> None:
        shop = await make_shop(call, valuation=method)
        brought = shop.coming("3", "10")
        await shop.post(brought)
        await shop.post(shop.going("1"))
        for amount in ("0.0001", "0.0002", "100", "-50.0001"):
            charged = await shop.charge(Charge(line_id=brought.line_id, amount=Money.of(amount)))
            assert charged.values[0] + charged.sold_values[0] == Money.of(amount)
            assert await queries.differences() == []

    @METHODS
    async def test_follows_the_goods_to_other_warehouses_and_on_their_way(
        self, call: Call, method: ValuationMethod
    ) -> None:
        shop = await make_shop(call, valuation=method)
        taker = await other_warehouse(shop)
        brought = shop.coming("10", "10")
        await shop.post(brought)
        await shop.post(dispatch(shop, taker, "6", 5))
        await taker.post(arrival(taker, "4", 5))
        await taker.post(taker.going("1"))
        charged = await shop.charge(Charge(line_id=brought.line_id, amount=Money.of("20")))
        assert (charged.values, charged.sold_values) == ((Money.of("18"),), (Money.of("2"),))
        assert len(charged.stock_level_ids) == 2
        assert await shop.worth() == ("4", "12", "0", "0")
        assert await taker.worth() == ("3", "9", "2", "6")
        assert sorted(await rows("value", "in_transit_value", "sold_value")) == [("6", "4", "0"), ("8", "0", "2")]
        await taker.post(arrival(taker, "2", 5))
        assert await taker.worth() == ("5", "15", "0", "0")
        assert await queries.differences() == []

    async def test_of_goods_that_are_all_gone_belongs_to_what_was_sold(self, shop: Shop) -> None:
        brought = shop.coming("10", "10")
        await shop.post(brought)
        await shop.post(shop.going("10"))
        before = await shop.level()
        charged = await shop.charge(Charge(line_id=brought.line_id, amount=Money.of("-3")))
        assert (charged.values, charged.sold_values, charged.stock_level_ids) == ((Money(0),), (Money.of("-3"),), ())
        assert await shop.level() == before
        assert await rows("value", "sold_value") == [("0", "-3")]
        assert await queries.differences() == []

    @METHODS
    async def test_never_makes_goods_cost_less_than_nothing(self, call: Call, method: ValuationMethod) -> None:
        shop = await make_shop(call, valuation=method)
        cheap, dear = shop.coming("10", "10"), shop.coming("10", "1000")
        await shop.post(cheap)
        await shop.post(dear)
        await shop.post(shop.going("10"))
        left = Money.of((await shop.level())["value"])
        charged = await shop.charge(Charge(line_id=dear.line_id, amount=-Money.of("1200")))
        assert charged.values == (-left,)
        assert charged.sold_values == (left - Money.of("1200"),)
        assert (await shop.level())["value"] == "0"
        assert await queries.differences() == []

    async def test_counts_accepted_and_rejected_goods_of_a_line_as_one(self, shop: Shop) -> None:
        accepted = shop.coming("8", "8")
        rejected = shop.move(1, shop.warehouse.damaged_place_id, "2", "2", line_id=accepted.line_id)
        await shop.post(accepted, rejected)
        await shop.post(shop.going("5"))
        charged = await shop.charge(Charge(line_id=accepted.line_id, amount=Money.of("10")))
        assert (charged.values, charged.sold_values) == ((Money.of("5"),), (Money.of("5"),))

    async def test_follows_lots_that_left_before_older_goods(self, call: Call) -> None:
        dairy = await make_shop(call, tracking=SkuTracking.LOT, valuation=ValuationMethod.FIFO)
        late, soon = await dairy.lot("LATE", date(2027, 1, 1)), await dairy.lot("SOON", date(2026, 6, 1))
        first, second = dairy.coming("5", "5", lot_id=late), dairy.coming("5", "10", lot_id=soon)
        await dairy.post(first)
        await dairy.post(second)
        await dairy.post(dairy.going("5"))
        charged = await dairy.charge(*(Charge(line_id=one.line_id, amount=Money.of("1")) for one in (first, second)))
        assert Money.total((*charged.values, *charged.sold_values)) == Money.of("2")
        assert await queries.differences() == []

    async def test_takes_up_another_method_where_the_goods_are(self, shop: Shop) -> None:
        taker = await other_warehouse(shop)
        brought = shop.coming("10", "10")
        await shop.post(brought, shop.coming("10", "30"))
        await shop.post(dispatch(shop, taker, "5", 5))
        await shop.value_by(ValuationMethod.FIFO)
        await shop.charge(Charge(line_id=brought.line_id, amount=Money.of("10")))
        assert await shop.layers() == [("5", "15"), ("10", "20")]
        assert await taker.worth() == ("0", "0", "5", "15")
        assert await queries.differences() == []

    async def test_refuses_more_than_the_books_can_hold(self, shop: Shop) -> None:
        brought = shop.coming("0.0001", "10")
        await shop.post(brought)
        charge = Charge(line_id=brought.line_id, amount=Money(LIMIT), path=("lines", 0, "amount"))
        assert await codes(shop.charge(charge)) == [("STOCK_OUT_OF_BOUNDS", ("lines", 0, "amount"))]


@given(
    st.integers(-(10**9), 10**9).map(Money),
    st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)), max_size=5),
    st.integers(0, 10**6).map(Quantity),
    st.booleans(),
)
def test_a_charge_is_split_exactly(
    amount: Money, left: list[tuple[int, int]], gone: Quantity, has_layers: bool
) -> None:
    there = Quantity(sum(quantity for quantity, _ in left))
    value = Money(sum(value for _, value in left))
    if there + gone == 0:
        return
    method = ValuationMethod.FIFO if has_layers else ValuationMethod.MOVING_AVERAGE
    zero = Quantity(0)
    level = BookLevel(
        id=1, sku="A", tracking=SkuTracking.NONE, valuation=method, product_valuation=method, sellable=there,
        unfit=zero, quality=zero, damaged=zero, reserved=zero, waiting=zero, incoming=zero, in_transit=zero,
        consigned=zero, lent=zero, value=value,
        in_transit_value=Money(0), lent_value=Money(0), last_unit_cost=UnitPrice(0),
    )  # fmt: skip
    layers = [
        Layer(id=1, origin_on=TODAY, line_id=1, quantity=Quantity(quantity), value=Money(own) if has_layers else None)
        for quantity, own in left
    ]
    worths = split(
        Charge(line_id=1, amount=amount),
        Brought(level_key=(1, 1), quantity=there + gone),
        [((1, 1), PlaceKind.STOCK, layer) for layer in layers],
        {(1, 1): level},
    )
    (worth,) = worths.values()
    assert worth.value + worth.sold_value == amount
    assert level.value == value + worth.value >= 0
    if has_layers:
        assert Money.total(layer.value or Money(0) for layer in layers) == level.value
    if amount >= 0:
        assert min(worth.value, worth.sold_value) >= 0


async def test_statements_do_not_grow_with_lines(call: Call) -> None:
    costs = []
    for lines in (1, 10, 100):
        shop = await make_shop(call, skus=lines, valuation=ValuationMethod.FIFO)
        taker = await other_warehouse(shop)
        brought: list[Move] = [shop.coming("10", "10", sku) for sku in range(lines)]
        await shop.post(*brought)
        await shop.post(*(dispatch(shop, taker, "4", 1 + sku, sku) for sku in range(lines)))
        charges = [Charge(line_id=move.line_id, amount=Money.of("1")) for move in brought]
        changes = [change(shop, by="1", sku=sku) for sku in range(lines)]
        costs.append([await cost(shop.charge(*charges)), await cost(shop.revalue(*changes))])
    assert costs[0] == costs[1] == costs[2]
    assert await queries.differences() == []
