from hypothesis import given
from hypothesis import strategies as some

from jxc_graphql.documents.models import DocumentStatus
from jxc_graphql.documents.rules import DocumentAction
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice, amount
from jxc_graphql.purchasing import rules
from jxc_graphql.purchasing.models import PurchaseOrderLine, PurchaseOrderLineStatus
from jxc_graphql.purchasing.rules import Arrival, ReceivedLine
from jxc_graphql.warehouses.queries import KnownWarehouse

WAREHOUSE = KnownWarehouse(
    id=1,
    code="W",
    name="W",
    is_active=True,
    stock_place_id=11,
    quality_place_id=12,
    damaged_place_id=13,
    transit_place_id=14,
)


def line_of(quantity: Quantity, price: UnitPrice) -> PurchaseOrderLine:
    zero = Quantity(0)
    return PurchaseOrderLine(
        purchase_order_id=1,
        line_no=1,
        sku_id=7,
        unit="瓶",
        quantity_in_unit=quantity,
        quantity=quantity,
        quantity_received=zero,
        quantity_rejected=zero,
        quantity_cancelled=zero,
        unit_price=price,
        amount=amount(quantity, price),
    )


class TestStates:
    def test_let_an_order_go_one_way(self) -> None:
        allowed = {status: rules.STATES.allowed(status) for status in DocumentStatus if rules.STATES.allowed(status)}
        assert allowed == {
            DocumentStatus.DRAFT: (DocumentAction.UPDATE, DocumentAction.SUBMIT, DocumentAction.CANCEL),
            DocumentStatus.SUBMITTED: (DocumentAction.APPROVE, DocumentAction.REJECT, DocumentAction.CANCEL),
            DocumentStatus.APPROVED: (DocumentAction.RECEIVE, DocumentAction.CANCEL),
            DocumentStatus.PARTIALLY_RECEIVED: (DocumentAction.RECEIVE, DocumentAction.CANCEL),
        }


class TestLineStatus:
    def test_says_how_far_a_line_is(self) -> None:
        cases = [("5", "0", "0"), ("5", "2", "0"), ("5", "5", "0"), ("5", "2", "3"), ("5", "0", "5")]
        statuses = [rules.line_status(*map(Quantity.of, case)) for case in cases]
        assert statuses == list(PurchaseOrderLineStatus)


class TestArrivals:
    @given(
        some.lists(some.tuples(some.integers(0, 10**9), some.integers(0, 10**9)).filter(any), min_size=1, max_size=8),
        some.integers(0, 10**10),
    )
    def test_are_worth_the_amount_of_the_line_to_the_last_step(self, parts: list[tuple[int, int]], price: int) -> None:
        line = line_of(Quantity(sum(map(sum, parts))), UnitPrice(price))
        values = []
        for accepted, rejected in parts:
            arrival = Arrival(index=0, line=line, accepted=Quantity(accepted), rejected=Quantity(rejected))
            (receipt_line,) = rules.lines_of_receipt(1, [arrival])
            moves = rules.moves_of_receipt([receipt_line], [arrival], WAREHOUSE)
            assert [move.quantity for move in moves] == [part for part in (accepted, rejected) if part]
            assert Money.total(move.value for move in moves if move.value is not None) == receipt_line.value
            assert receipt_line.value >= 0
            values.append(receipt_line.value)
            line.quantity_received += arrival.quantity
        assert Money.total(values) == line.amount

    def test_go_to_stock_and_to_the_damaged_place(self) -> None:
        line = line_of(Quantity.of("5"), UnitPrice.of("2"))
        arrival = Arrival(index=3, line=line, accepted=Quantity.of("4"), rejected=Quantity.of("1"))
        moves = rules.moves_of_receipt(rules.lines_of_receipt(1, [arrival]), [arrival], WAREHOUSE)
        assert [(move.to_place_id, str(move.quantity), str(move.value)) for move in moves] == [
            (11, "4", "8"),
            (13, "1", "2"),
        ]
        assert {move.path for move in moves} == {("lines", 3)}

    def test_merge_what_is_named_twice(self) -> None:
        line = line_of(Quantity.of("5"), UnitPrice.of("2"))
        one = ReceivedLine(purchase_order_line_id=line.id, quantity_accepted=Quantity(1), quantity_rejected=Quantity(2))
        (arrival,) = rules.arrivals({line.id: line}, [one, one])
        assert (arrival.index, arrival.accepted, arrival.rejected) == (0, Quantity(2), Quantity(4))
