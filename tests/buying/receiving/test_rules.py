from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from jxc_graphql.buying.purchasing.models import PurchaseOrder
from jxc_graphql.buying.purchasing.queries import LineToReceive, OrderToReceive
from jxc_graphql.buying.receiving import rules
from jxc_graphql.buying.receiving.queries import Came
from jxc_graphql.buying.receiving.rules import OverReceipt, ReceivedLine
from jxc_graphql.kit.fen import Amounts, in_base, taxed, worth
from jxc_graphql.kit.numbers import Money, Quantity, RateOfExchange, Ratio, UnitPrice
from jxc_graphql.masters.payment_terms.models import PaymentBasis
from jxc_graphql.masters.payment_terms.queries import KnownTerm
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.documents.amounts import AmountsInBoth
from jxc_graphql.office.documents.models import IN_ITSELF

WAREHOUSE = KnownWarehouse(
    id=1,
    code="W",
    name="W",
    is_active=True,
    stock_place_id=11,
    quality_place_id=12,
    damaged_place_id=13,
    transit_place_id=14,
    lent_place_id=15,
    consigned_place_id=16,
)
BIN, LOT = 21, 31
NOTHING = Quantity(0)
TERM = KnownTerm(id=1, basis=PaymentBasis.DOCUMENT, months=0, days=0)


def order_of(
    quantity: Quantity, price: UnitPrice, received: int = 0, rate: RateOfExchange = IN_ITSELF
) -> OrderToReceive:
    before = Quantity(received)
    own = taxed(worth(quantity, price), Ratio.of("0.13"), prices_include_tax=False)
    amounts = AmountsInBoth(own=own, base=in_base([own], rate)[0])
    line = LineToReceive(
        id=5, sku_id=7, quantity=quantity, amounts=amounts, received=before, cancelled=NOTHING, to_replace=NOTHING
    )
    return OrderToReceive(id=1, warehouse_id=1, row=PurchaseOrder(id=1), lines={5: line}, term=TERM)


def came(
    accepted: Quantity | str, rejected: Quantity | str = "0", uninspected: Quantity | str = "0", **others: Any
) -> ReceivedLine:
    parts = [part if isinstance(part, Quantity) else Quantity.of(part) for part in (accepted, rejected, uninspected)]
    return ReceivedLine(
        purchase_order_line_id=5,
        quantity_accepted=parts[0],
        quantity_rejected=parts[1],
        quantity_uninspected=parts[2],
        **others,
    )


class TestArrivals:
    @given(
        some.lists(
            some.tuples(*[some.integers(0, 10**9)] * 3, some.integers(1, 3)).filter(lambda one: any(one[:3])),
            min_size=1,
            max_size=8,
        ),
        some.integers(0, 10**10),
        some.integers(0, 10**9),
        some.integers(1, 10**10).map(RateOfExchange),
    )
    def test_are_worth_the_net_of_the_line_to_the_fen(
        self, parts: list[tuple[int, int, int, int]], price: int, before: int, rate: RateOfExchange
    ) -> None:
        whole = Quantity(before + sum(sum(part[:3]) for part in parts))
        order = order_of(whole, UnitPrice(price), before, rate)
        received, lots = [came(*map(Quantity, part[:3])) for part in parts], [part[3] for part in parts]
        amounts = order.lines[5].amounts
        earlier = amounts.part(Quantity(before), whole)
        paid = earlier.base.net
        arriving = rules.arrivals(order, received, lots, WAREHOUSE, {5: Came(value=paid, amounts=earlier)})
        lines = rules.lines_of_receipt(1, arriving)
        moves = rules.moves_of_receipt(lines, arriving, WAREHOUSE)
        assert len(lines) == len(set(lots))
        for line in lines:
            assert line.value >= 0
            mine = [move.value for move in moves if move.line_id == line.id]
            assert Money.total(value for value in mine if value is not None) == line.value
        assert Quantity.total(move.quantity for move in moves) == whole - Quantity(before)
        assert Money.total(line.value for line in lines) == amounts.base.net - paid
        every = [earlier, *(each.amounts for each in arriving)]
        assert Amounts.total(one.own for one in every) == amounts.own
        assert Amounts.total(one.base for one in every) == amounts.base
        assert [each.value for each in arriving] == [each.amounts.base.net for each in arriving]

    def test_go_to_stock_to_the_damaged_and_to_the_quality_place(self) -> None:
        order = order_of(Quantity.of("5"), UnitPrice.of("2"))
        arriving = rules.arrivals(order, [came("3", "1", "1")], [LOT], WAREHOUSE, {})
        moves = rules.moves_of_receipt(rules.lines_of_receipt(1, arriving), arriving, WAREHOUSE)
        assert [(move.to_place_id, str(move.quantity), str(move.value), move.lot_id) for move in moves] == [
            (11, "3", "6", LOT),
            (13, "1", "2", LOT),
            (12, "1", "2", LOT),
        ]
        assert {move.path for move in moves} == {("lines", 0)}

    def test_merge_what_is_of_the_same_line_lot_and_place(self) -> None:
        order = order_of(Quantity.of("20"), UnitPrice.of("2"))
        received = [
            came("1"), came("2", place_id=BIN), came("3", place_id=11), came("4", serials=["A "]), came("5", "1"),
        ]  # fmt: skip
        arriving = rules.arrivals(order, received, [None, None, None, LOT, None], WAREHOUSE, {})
        assert [(each.index, each.place_id, each.lot_id, str(each.quantity), str(each.value)) for each in arriving] == [
            (0, 11, None, "10", "20"),
            (1, BIN, None, "2", "4"),
            (3, 11, LOT, "4", "8"),
        ]
        assert arriving[2].accepted.serials == ("A",)
        assert rules.arrived(arriving)[5].quantity == Quantity.of("16")
        assert rules.arrived(arriving)[5].rejected == Quantity.of("1")

    def test_are_too_much_over_all_lots_and_places_together(self) -> None:
        order = order_of(Quantity.of("10"), UnitPrice.of("2"), Quantity.of("4"))
        (reason,) = rules.check_receipt(order, [came("3"), came("2", "1", "0.0001")], {})
        assert reason == OverReceipt(
            path=("lines", 0, "quantity_accepted"), outstanding=Quantity.of("6"), received=Quantity.of("6.0001")
        )
