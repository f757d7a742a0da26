from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.kit.numbers import LIMIT, Money, Quantity, UnitPrice
from jxc_graphql.stock.rules import (
    Book,
    InsufficientStock,
    Level,
    Move,
    OpeningLine,
    PlaceLevel,
    Wish,
    allot,
    check_opening,
    totals,
)
from jxc_graphql.warehouses.places import PlaceKind

SKU, WAREHOUSE = 7, 8
SUPPLIER, CUSTOMER, STOCK, DAMAGED = 1, 2, 101, 103
KINDS = {
    SUPPLIER: PlaceKind.SUPPLIER,
    CUSTOMER: PlaceKind.CUSTOMER,
    STOCK: PlaceKind.STOCK,
    DAMAGED: PlaceKind.DAMAGED,
}

quantities = st.integers(1, 10**7).map(Quantity)
amounts = st.integers(0, 10**9).map(Money)
coming = st.tuples(st.just(SUPPLIER), st.sampled_from([STOCK, DAMAGED]), quantities, amounts)
going = st.tuples(st.sampled_from([STOCK, DAMAGED]), st.just(CUSTOMER), quantities, st.none())
within = st.tuples(st.just(STOCK), st.just(DAMAGED), quantities, st.none())
back = st.tuples(st.just(CUSTOMER), st.just(STOCK), quantities, st.none())
moves = st.lists(st.one_of(coming, going, within, back), min_size=1, max_size=12)


def move(source: int, target: int, quantity: Quantity, value: Money | None = None) -> Move:
    return Move(
        sku_id=SKU, warehouse_id=WAREHOUSE, from_place_id=source, to_place_id=target,
        quantity=quantity, value=value, line_id=1, path=("lines", 0),
    )  # fmt: skip


def empty_book() -> Book:
    zero = Quantity(0)
    level = Level(id=1, sku="A", on_hand=zero, sellable=zero, reserved=zero, incoming=zero, value=Money(0))
    places = {
        (SKU, place): PlaceLevel(id=place, kind=kind, warehouse_id=WAREHOUSE if place > 100 else None, quantity=zero)
        for place, kind in KINDS.items()
    }
    return Book({(SKU, WAREHOUSE): level}, places)


def carry_out_if_possible(book: Book, one: Move) -> Money | None:
    """A document of one move; None and nothing changed where goods are short."""
    source = book.places[one.source]
    if source.kind in {PlaceKind.STOCK, PlaceKind.DAMAGED} and one.quantity > source.quantity:
        return None
    ((value,), empty) = book.carry_out([one])
    assert not empty
    return value


@given(moves)
def test_value_and_goods_are_conserved(drawn: Sequence[tuple[int, int, Quantity, Money | None]]) -> None:
    book = empty_book()
    level = book.levels[SKU, WAREHOUSE]
    worth = Money(0)
    for source, target, quantity, value in drawn:
        posted = carry_out_if_possible(book, move(source, target, quantity, value))
        if posted is None:
            continue
        assert posted >= 0
        worth += posted * ((target > 100) - (source > 100))
        assert level.value == worth
        assert level.value >= 0
        assert level.on_hand or not level.value
        assert level.sellable == book.places[SKU, STOCK].quantity
        assert level.on_hand == book.places[SKU, STOCK].quantity + book.places[SKU, DAMAGED].quantity
        assert Quantity.total(place.quantity for place in book.places.values()) == 0


@given(st.lists(quantities, min_size=1, max_size=20), amounts)
def test_the_last_goods_out_take_all_that_is_left(parts: list[Quantity], value: Money) -> None:
    book = empty_book()
    book.carry_out([move(SUPPLIER, STOCK, Quantity.total(parts), value)])
    values, empty = book.carry_out([move(STOCK, CUSTOMER, part) for part in parts])
    assert not empty
    assert Money.total(values) == value
    assert (book.levels[SKU, WAREHOUSE].value, book.levels[SKU, WAREHOUSE].unit_cost) == (Money(0), UnitPrice(0))


@given(quantities, st.lists(quantities, min_size=1, max_size=6))
def test_lines_of_the_same_goods_are_short_exactly_when_their_sum_is(there: Quantity, asked: list[Quantity]) -> None:
    book = empty_book()
    book.carry_out([move(SUPPLIER, STOCK, there, Money(1))])
    lines = [move(STOCK, CUSTOMER, quantity) for quantity in asked]
    _, empty = book.carry_out(lines)
    reasons = list(book.problems(lines, empty))
    total = Quantity.total(asked)
    assert bool(reasons) == (total > there)
    assert reasons in (
        [],
        [InsufficientStock(path=("lines", 0), sku_id=SKU, sku="A", available=there, requested=total)] * len(lines),
    )


@given(st.lists(st.tuples(st.integers(1, 3), quantities), max_size=8), quantities)
def test_wishes_get_what_is_available_first_come_first_served(
    drawn: list[tuple[int, Quantity]], there: Quantity
) -> None:
    level = empty_book().levels[SKU, WAREHOUSE]
    level.sellable = level.on_hand = there
    wishes = [Wish(owner_id=owner, sku_id=SKU, warehouse_id=WAREHOUSE, quantity=quantity) for owner, quantity in drawn]
    got = allot(wishes, {(SKU, WAREHOUSE): level})
    wanted = totals(drawn)
    assert Quantity.total(got.values()) == level.reserved == min(there, Quantity.total(wanted.values()))
    assert all(got[owner] <= wanted[owner] for owner in wanted)


def test_an_opening_balance_tells_everything_that_is_wrong() -> None:
    lines = [
        OpeningLine(sku_id=SKU, quantity=Quantity(0), unit_cost=UnitPrice(-1)),
        OpeningLine(sku_id=9, quantity=Quantity(1), unit_cost=UnitPrice(LIMIT)),
    ]
    found = [(reason.code, reason.path) for reason in check_opening(lines, {SKU}, "x" * 501)]
    assert found == [
        ("TEXT_TOO_LONG", ("note",)),
        ("INVALID_NUMBER", ("lines", 0, "quantity")),
        ("INVALID_NUMBER", ("lines", 0, "unit_cost")),
        ("UNKNOWN_ID", ("lines", 1, "sku_id")),
    ]
    assert [reason.code for reason in check_opening([], {}, "")] == ["EMPTY_DOCUMENT"]
    assert next(check_opening(lines[:1] * 1_001, {SKU}, "")).code == "TOO_MANY_LINES"
