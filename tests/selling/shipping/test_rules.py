from typing import Any

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.selling.sales.models import SalesOrder
from jxc_graphql.selling.sales.queries import LineToShip, OrderToShip
from jxc_graphql.selling.shipping import rules
from jxc_graphql.selling.shipping.rules import OverShipment, ShippedLine

ORDER = OrderToShip(
    id=1,
    warehouse_id=1,
    row=SalesOrder(id=1),
    lines={5: LineToShip(id=5, sku_id=7, outstanding=Quantity.of("5"))},
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
