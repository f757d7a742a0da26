"""The arithmetic of the book: what moves do to levels and what they are worth, under both methods."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.books.goods.book import Book, BookLevel
from jxc_graphql.books.goods.rules import InsufficientStock, Leg, Move, PlaceInactive
from jxc_graphql.books.goods.valuation import ON_THE_SHELVES, Pool
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.masters.warehouses.places import PlaceKind
from jxc_graphql.masters.warehouses.queries import KnownPlace

SKU, WAREHOUSE, LEVEL = 7, 8, 1
SUPPLIER, CUSTOMER, STOCK, DAMAGED, TRANSIT, CLOSED = 1, 2, 101, 103, 104, 105
DAY = date(2026, 3, 1)
PLACES = {
    place_id: KnownPlace(
        id=place_id, kind=kind, warehouse_id=WAREHOUSE if place_id > 100 else None, code=kind,
        is_active=place_id != CLOSED, is_bin=place_id == CLOSED,
    )
    for place_id, kind in (
        (SUPPLIER, PlaceKind.SUPPLIER), (CUSTOMER, PlaceKind.CUSTOMER), (STOCK, PlaceKind.STOCK),
        (DAMAGED, PlaceKind.DAMAGED), (TRANSIT, PlaceKind.TRANSIT), (CLOSED, PlaceKind.STOCK),
    )
}  # fmt: skip
OURS = (STOCK, DAMAGED, TRANSIT)

methods = st.sampled_from(ValuationMethod)
quantities = st.integers(1, 10**7).map(Quantity)
amounts = st.integers(0, 10**9).map(Money)
coming = st.tuples(st.just(SUPPLIER), st.sampled_from([STOCK, DAMAGED]), quantities, amounts)
going = st.tuples(st.sampled_from([STOCK, DAMAGED]), st.just(CUSTOMER), quantities, st.none())
within = st.tuples(st.just(STOCK), st.just(DAMAGED), quantities, st.none())
back = st.tuples(st.just(CUSTOMER), st.just(STOCK), quantities, st.none())
travels = st.sampled_from([(STOCK, TRANSIT), (TRANSIT, STOCK)]).flatmap(
    lambda way: st.tuples(st.just(way[0]), st.just(way[1]), quantities, st.none())
)
moves = st.lists(st.one_of(coming, going, within, back, travels), min_size=1, max_size=12)


def move(source: int, target: int, quantity: Quantity, value: Money | None = None, **others: int) -> Move:
    in_transit = TRANSIT in {source, target}
    return Move(
        sku_id=SKU, warehouse_id=WAREHOUSE, from_place_id=source, to_place_id=target, quantity=quantity, value=value,
        line_id=others.get("line_id", 1), consignment_id=9 if in_transit else 0, path=("lines", 0),
        of_line_id=others.get("of_line_id"),
    )  # fmt: skip


def legs(asked: Sequence[Move]) -> list[Leg]:
    return [
        Leg(index=index, move=one, from_place_id=one.from_place_id, lot_id=None, quantity=one.quantity)
        for index, one in enumerate(asked)
    ]


def empty_book(method: ValuationMethod = ValuationMethod.MOVING_AVERAGE) -> Book:
    zero = Quantity(0)
    level = BookLevel(
        id=LEVEL, sku="A", tracking=SkuTracking.NONE, valuation=method, product_valuation=method, sellable=zero,
        unfit=zero, quality=zero, damaged=zero, reserved=zero, waiting=zero, incoming=zero, in_transit=zero,
        consigned=zero, lent=zero, value=Money(0),
        in_transit_value=Money(0), lent_value=Money(0), last_unit_cost=UnitPrice(0),
    )  # fmt: skip
    return Book(
        PLACES,
        {(SKU, WAREHOUSE): level},
        {(SKU, place, 0): zero for place in PLACES},
        {(LEVEL, ON_THE_SHELVES): Pool([]), (LEVEL, 9): Pool([])},
        frozenset(),
        {},
    )


def carry_out(book: Book, *asked: Move) -> list[Money]:
    posted, short = book.carry_out(legs(asked), DAY)
    assert not short
    return [each.value for each in posted]


@given(methods, moves)
def test_value_and_goods_are_conserved(
    method: ValuationMethod, drawn: Sequence[tuple[int, int, Quantity, Money | None]]
) -> None:
    book = empty_book(method)
    level = book.levels[SKU, WAREHOUSE]
    worth = Money(0)
    for source, target, quantity, value in drawn:
        if source in OURS and quantity > book.places[SKU, source, 0]:
            continue
        (posted,) = carry_out(book, move(source, target, quantity, value))
        assert posted >= 0
        worth += posted * ((target in OURS) - (source in OURS))
        assert level.value + level.in_transit_value == worth
        assert level.value >= 0 <= level.in_transit_value
        assert level.on_hand or not level.value
        assert level.in_transit or not level.in_transit_value
        assert level.sellable == book.places[SKU, STOCK, 0]
        assert level.damaged == book.places[SKU, DAMAGED, 0]
        assert level.in_transit == book.places[SKU, TRANSIT, 0]
        assert Quantity.total(book.places.values()) == 0
        shelves, road = book.pools[LEVEL, ON_THE_SHELVES].layers, book.pools[LEVEL, 9].layers
        assert Quantity.total(layer.quantity for layer in shelves) == level.on_hand
        assert Money.total(layer.value or Money(0) for layer in road) == level.in_transit_value
        if method is ValuationMethod.FIFO:
            assert Money.total(layer.value or Money(0) for layer in shelves) == level.value
        else:
            assert {layer.value for layer in shelves} <= {None}


@given(methods, st.lists(quantities, min_size=1, max_size=20), amounts)
def test_the_last_goods_out_take_all_that_is_left(method: ValuationMethod, parts: list[Quantity], value: Money) -> None:
    book = empty_book(method)
    carry_out(book, move(SUPPLIER, STOCK, Quantity.total(parts), value))
    values = carry_out(book, *(move(STOCK, CUSTOMER, part) for part in parts))
    assert Money.total(values) == value
    assert book.levels[SKU, WAREHOUSE].value == 0


def test_under_the_moving_average_all_goods_cost_the_same() -> None:
    book = empty_book()
    carry_out(book, move(SUPPLIER, STOCK, Quantity(10), Money(10)), move(SUPPLIER, STOCK, Quantity(10), Money(50)))
    assert carry_out(book, move(STOCK, CUSTOMER, Quantity(5))) == [Money(15)]


def test_under_fifo_the_first_goods_in_are_the_first_out() -> None:
    book = empty_book(ValuationMethod.FIFO)
    carry_out(book, move(SUPPLIER, STOCK, Quantity(10), Money(10)), move(SUPPLIER, STOCK, Quantity(10), Money(50)))
    assert carry_out(book, move(STOCK, CUSTOMER, Quantity(5)), move(STOCK, CUSTOMER, Quantity(10))) == [5, 30]


@pytest.mark.parametrize("method", ValuationMethod)
def test_found_goods_come_in_at_what_such_goods_cost(method: ValuationMethod) -> None:
    book = empty_book(method)
    carry_out(book, move(SUPPLIER, STOCK, Quantity.of("2"), Money.of("5")))
    assert carry_out(book, move(CUSTOMER, STOCK, Quantity.of("4"))) == [Money.of("10")]
    level = book.levels[SKU, WAREHOUSE]
    carry_out(book, move(STOCK, CUSTOMER, Quantity.of("6")))
    level.last_unit_cost = UnitPrice.of("2.5")
    assert carry_out(book, move(CUSTOMER, STOCK, Quantity.of("1"))) == [Money.of("2.5")]


@given(quantities, st.lists(quantities, min_size=1, max_size=6))
def test_lines_of_the_same_goods_are_short_exactly_when_their_sum_is(there: Quantity, asked: list[Quantity]) -> None:
    book = empty_book()
    carry_out(book, move(SUPPLIER, STOCK, there, Money(1)))
    lines = [move(STOCK, CUSTOMER, quantity) for quantity in asked]
    _, short = book.carry_out(legs(lines), DAY)
    reasons = list(book.problems(lines, legs(lines), short))
    total = Quantity.total(asked)
    assert bool(reasons) == (total > there)
    assert reasons in (
        [],
        [InsufficientStock(path=("lines", 0), sku_id=SKU, sku="A", place_id=STOCK, available=there, requested=total)]
        * len(lines),
    )


def test_a_bin_that_is_out_of_use_takes_no_goods() -> None:
    book = empty_book()
    asked = [move(SUPPLIER, CLOSED, Quantity(1), Money(1))]
    _, short = book.carry_out(legs(asked), DAY)
    assert list(book.problems(asked, legs(asked), short)) == [PlaceInactive(path=("lines", 0), place="STOCK")]
