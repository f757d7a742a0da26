"""No surplus is given twice, no shortage gets more than it lacks, and the nearest comes first."""

from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.warehousing.sharing.rules import Offer, SharedWarehouse, Shortage, match


def warehouse(number: int) -> SharedWarehouse:
    return SharedWarehouse(warehouse_id=number, code=str(number), name=str(number), branch_id=None)


def shortage(number: int, quantity: int) -> Shortage:
    nothing = Quantity(0)
    return Shortage(
        sku_id=1, warehouse=warehouse(number), available=nothing, waiting=nothing, incoming=nothing,
        in_transit=nothing, limit=nothing, target=Quantity(quantity), quantity=Quantity(quantity),
    )  # fmt: skip


@st.composite
def markets(draw: st.DrawFn) -> tuple[list[Shortage], list[Offer]]:
    short = [
        shortage(number, quantity) for number, quantity in enumerate(draw(st.lists(st.integers(1, 20), max_size=5)))
    ]
    surpluses = draw(st.lists(st.integers(1, 20), max_size=5))
    offers = [
        Offer(
            shortage=index,
            sku_id=1,
            warehouse=warehouse(100 + number),
            quantity=Quantity(quantity),
            days=draw(st.none() | st.integers(0, 9)),
        )
        for index in range(len(short))
        for number, quantity in enumerate(surpluses)
    ]
    return short, sorted(offers, key=lambda one: (one.shortage, 999 if one.days is None else one.days))


@given(markets())
def test_gives_what_there_is_and_no_more(market: tuple[list[Shortage], list[Offer]]) -> None:
    short, offers = market
    found = match(short, offers)
    assert all(one.quantity > 0 for one in found)
    lacking = {one.warehouse.warehouse_id: one.quantity for one in short}
    left = {one.warehouse.warehouse_id: one.quantity for one in offers}
    for one in found:
        lacking[one.to_warehouse.warehouse_id] -= one.quantity
        left[one.from_warehouse.warehouse_id] -= one.quantity
    assert min([*lacking.values(), *left.values()], default=0) >= 0
    assert not (any(lacking.values()) and any(left.values()))
    order = [one.to_warehouse.warehouse_id for one in found]
    assert order == sorted(order)


@given(markets())
def test_a_nearer_surplus_is_used_up_before_a_farther_one(market: tuple[list[Shortage], list[Offer]]) -> None:
    short, offers = market
    given_by = {(one.from_warehouse.warehouse_id, one.to_warehouse.warehouse_id): one for one in match(short, offers)}
    left = {one.warehouse.warehouse_id: one.quantity for one in offers}
    for (source, _), one in given_by.items():
        left[source] -= one.quantity
    for one in given_by.values():
        for offer in offers:
            if short[offer.shortage].warehouse == one.to_warehouse and offer.days is not None:
                nearer = one.days is None or offer.days < one.days
                assert not (nearer and left[offer.warehouse.warehouse_id])
