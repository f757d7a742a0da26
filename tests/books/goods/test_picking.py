"""Which goods are taken when a document does not say."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.books.goods.picking import USED_UP, Candidate, Shelf, repeated
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.warehouses.places import PlaceKind, VirtualPlace
from jxc_graphql.masters.warehouses.queries import KnownPlace

SKU = 7
DAY = date(2026, 3, 1)
STOCK, A1, B1, DAMAGED, ELSEWHERE = (
    KnownPlace(id=place_id, kind=kind, warehouse_id=warehouse_id, code=code, is_active=True, is_bin=code != kind)
    for place_id, kind, warehouse_id, code in (
        (101, PlaceKind.STOCK, 1, "STOCK"),
        (102, PlaceKind.STOCK, 1, "A1"),
        (103, PlaceKind.STOCK, 1, "B1"),
        (104, PlaceKind.DAMAGED, 1, "DAMAGED"),
        (105, PlaceKind.STOCK, 2, "STOCK"),
    )
)
PLACES = (STOCK, A1, B1, DAMAGED, ELSEWHERE)


def there(
    quantity: int,
    place: KnownPlace = STOCK,
    lot: int | None = None,
    expires_on: date | None = None,
    *,
    blocked: bool = False,
) -> Candidate:
    return Candidate(
        sku_id=SKU, place=place, lot_id=lot, lot=f"L{lot}" if lot else None, quantity=Quantity(quantity),
        expires_on=expires_on, is_blocked=blocked,
    )  # fmt: skip


def pick(
    shelf: Shelf,
    quantity: int,
    *,
    place: KnownPlace = STOCK,
    or_bins: bool = True,
    lot: int | None = None,
    good_on: date | None = DAY,
) -> list[tuple[str, int | None, int]]:
    found = shelf.pick(SKU, Quantity(quantity), place, or_bins=or_bins, lot_id=lot, good_on=good_on)
    return [(one.place.code, one.lot_id, int(part)) for one, part in found]


def test_what_expires_first_goes_first_and_what_never_does_goes_last() -> None:
    shelf = Shelf(
        [there(5, lot=1), there(5, lot=2, expires_on=date(2026, 9, 1)), there(5, lot=3, expires_on=date(2026, 5, 1))]
    )
    assert pick(shelf, 12) == [("STOCK", 3, 5), ("STOCK", 2, 5), ("STOCK", 1, 2)]
    assert pick(shelf, 9) == [("STOCK", 1, 3)]


def test_a_customer_gets_no_blocked_and_no_expired_goods() -> None:
    goods = [
        there(5, lot=1, expires_on=date(2026, 2, 28)),
        there(5, lot=2, expires_on=DAY),
        there(5, lot=3, blocked=True),
    ]
    assert pick(Shelf(goods), 15) == [("STOCK", 2, 5)]
    assert pick(Shelf(goods), 15, good_on=None) == [("STOCK", 1, 5), ("STOCK", 2, 5), ("STOCK", 3, 5)]


def test_kits_are_made_of_good_goods_too_and_scrap_takes_any() -> None:
    assert {VirtualPlace.CUSTOMER, VirtualPlace.ASSEMBLY} == USED_UP


def test_the_stock_place_comes_before_bins_and_bins_in_the_order_of_their_codes() -> None:
    goods = [there(5, B1), there(5, A1), there(5, STOCK), there(5, DAMAGED), there(5, ELSEWHERE)]
    assert pick(Shelf(goods), 50) == [("STOCK", None, 5), ("A1", None, 5), ("B1", None, 5)]
    assert pick(Shelf(goods), 50, place=A1, or_bins=False) == [("A1", None, 5)]
    assert pick(Shelf(goods), 50, place=DAMAGED) == [("DAMAGED", None, 5)]


def test_the_date_counts_before_the_place() -> None:
    goods = [there(5, STOCK, 1, date(2026, 9, 1)), there(5, B1, 2, date(2026, 5, 1))]
    assert pick(Shelf(goods), 7) == [("B1", 2, 5), ("STOCK", 1, 2)]


def test_a_lot_that_is_named_is_taken_from_wherever_it_is() -> None:
    goods = [there(5, STOCK, 1), there(3, A1, 2), there(2, B1, 2)]
    assert pick(Shelf(goods), 9, lot=2) == [("A1", 2, 3), ("B1", 2, 2)]


candidates = st.builds(
    there,
    st.integers(1, 50),
    st.sampled_from(PLACES),
    st.integers(1, 9),
    st.none() | st.dates(date(2026, 2, 1), date(2026, 4, 1)),
    blocked=st.booleans(),
)


@given(st.lists(candidates, max_size=9, unique_by=lambda one: one.key), st.lists(st.integers(1, 80), max_size=4))
def test_nothing_is_taken_twice_and_nothing_is_left_that_would_serve(some: list[Candidate], asked: list[int]) -> None:
    shelf = Shelf(some)
    taken = [part for quantity in asked for part in pick(shelf, quantity)]
    serving = [one for one in some if one.place in (STOCK, A1, B1) and one.is_good(DAY)]
    assert sum(part for _, _, part in taken) == min(sum(asked), sum(int(one.quantity) for one in serving))
    by_key = {(one.place.code, one.lot_id): int(one.quantity) for one in serving}
    for place, lot, _ in taken:
        assert sum(part for code, number, part in taken if (code, number) == (place, lot)) <= by_key[place, lot]


def test_names_are_repeated_that_stand_twice() -> None:
    assert repeated(["a", "b", "a", "c", "c", "c"]) == {"a", "c"}
