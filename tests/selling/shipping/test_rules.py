from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from jxc_graphql.kit.fen import Amounts
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.payment_terms.models import PaymentBasis
from jxc_graphql.masters.payment_terms.queries import KnownTerm
from jxc_graphql.office.documents.amounts import AmountsInBoth
from jxc_graphql.selling.sales.models import SalesOrder
from jxc_graphql.selling.sales.queries import LineToShip, OrderToShip
from jxc_graphql.selling.shipping import rules
from jxc_graphql.selling.shipping.rules import OverShipment, ShippedLine

NET_AND_TAX = Amounts(net=Money.of("88.50"), tax=Money.of("11.50"), gross=Money.of("100"))
AMOUNTS = AmountsInBoth(own=NET_AND_TAX, base=NET_AND_TAX)
TERM = KnownTerm(id=1, basis=PaymentBasis.DOCUMENT, months=0, days=0)
ORDER = OrderToShip(
    id=1,
    warehouse_id=1,
    row=SalesOrder(id=1),
    term=TERM,
    lines={
        5: LineToShip(
            id=5,
            sku_id=7,
            quantity=Quantity.of("7"),
            amounts=AMOUNTS,
            shipped=Quantity.of("2"),
            cancelled=Quantity(0),
        )
    },
)
BIN, LOT = 21, 31


def wanted(quantity: str, **others: Any) -> ShippedLine:
    return ShippedLine(sales_order_line_id=5, quantity=Quantity.of(quantity), **others)


class TestDepartures:
    def test_merge_what_is_of_the_same_line_lot_and_place(self) -> None:
        shipped = [wanted("1"), wanted("1", lot_id=LOT), wanted("1", place_id=BIN), wanted("2")]
        departing = rules.departures(ORDER, shipped)
        assert [(each.index, each.lot_id, each.place_id, str(each.quantity)) for each in departing] == [
            (0, None, None, "3"),
            (1, LOT, None, "1"),
            (2, None, BIN, "1"),
        ]

    def test_are_too_much_over_all_lots_and_places_together(self) -> None:
        (reason,) = rules.check_shipment(ORDER, [wanted("3"), wanted("2.5")], {}, {})
        assert reason == OverShipment(
            path=("lines", 0, "quantity"), outstanding=Quantity.of("5"), requested=Quantity.of("5.5")
        )


@given(some.lists(some.tuples(some.integers(1, 10**4), some.integers(1, 3)), min_size=1, max_size=5))
def test_what_leaves_adds_up_to_what_the_order_line_comes_to(parts: list[tuple[int, int]]) -> None:
    rest = Quantity.of("5") - Quantity(sum(quantity for quantity, _ in parts))
    shipped = [wanted(str(Quantity(quantity)), lot_id=lot_id) for quantity, lot_id in parts]
    departing = rules.departures(ORDER, [*shipped, wanted(str(rest), lot_id=4)])
    earlier = AMOUNTS.next_part(Quantity.of("2"), Quantity.of("7"), AmountsInBoth())
    costs, amounts = [Money(0)] * len(departing), rules.parts(departing, {5: earlier})
    lines = rules.lines_of_shipment(1, [*range(len(departing))], departing, costs, amounts)
    found = [Amounts(net=line.net, tax=line.tax, gross=line.gross) for line in lines]
    assert Amounts.total([earlier.own, *found]) == AMOUNTS.own
    assert all(line.base_gross == line.gross for line in lines)
    assert all(one.net + one.tax == one.gross for one in found)
