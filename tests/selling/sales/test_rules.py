from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus
from jxc_graphql.selling.sales import rules
from jxc_graphql.selling.sales.models import STATES, SalesOrderLine, SalesOrderLineStatus


def line_of(quantity: str, shipped: str = "0") -> SalesOrderLine:
    return SalesOrderLine(
        sales_order_id=1,
        line_no=1,
        sku_id=7,
        unit="瓶",
        quantity_in_unit=Quantity.of(quantity),
        quantity=Quantity.of(quantity),
        quantity_shipped=Quantity.of(shipped),
        quantity_cancelled=Quantity(0),
        unit_price=UnitPrice(0),
        amount=Money(0),
    )


class TestStates:
    def test_let_an_order_go_one_way(self) -> None:
        allowed = {status: STATES.allowed(status) for status in DocumentStatus if STATES.allowed(status)}
        assert allowed == {
            DocumentStatus.DRAFT: (
                DocumentAction.UPDATE,
                DocumentAction.SUBMIT,
                DocumentAction.APPROVE,
                DocumentAction.CANCEL,
            ),
            DocumentStatus.SUBMITTED: (
                DocumentAction.APPROVE,
                DocumentAction.REJECT,
                DocumentAction.WITHDRAW,
                DocumentAction.CANCEL,
            ),
            DocumentStatus.APPROVED: (
                DocumentAction.UNAPPROVE,
                DocumentAction.AMEND,
                DocumentAction.SHIP,
                DocumentAction.CANCEL,
            ),
            DocumentStatus.PARTIALLY_SHIPPED: (
                DocumentAction.AMEND,
                DocumentAction.SHIP,
                DocumentAction.CLOSE,
                DocumentAction.CANCEL,
                DocumentAction.REOPEN,
            ),
            DocumentStatus.SHIPPED: (DocumentAction.REOPEN,),
            DocumentStatus.CLOSED: (DocumentAction.REOPEN,),
        }


class TestLines:
    def test_say_how_far_they_are(self) -> None:
        cases = [("5", "0", "0"), ("5", "2", "0"), ("5", "5", "0"), ("5", "2", "3"), ("5", "0", "5")]
        assert [rules.line_status(*map(Quantity.of, case)) for case in cases] == list(SalesOrderLineStatus)

    def test_ask_for_what_is_outstanding(self) -> None:
        assert rules.outstanding(line_of("5", shipped="1")) == Quantity.of("4")


class TestAnOrder:
    def test_stands_where_its_lines_do(self) -> None:
        orders = (
            ["5 0 0", "5 0 5"], ["5 5 0", "5 3 0"], ["5 5 0", "5 5 0"], ["5 3 2", "5 5 0"], ["5 0 5"]
        )  # fmt: skip
        found = [rules.status_of(tuple(map(Quantity.of, line.split())) for line in one) for one in orders]  # type: ignore[misc]
        assert found == ["APPROVED", "PARTIALLY_SHIPPED", "SHIPPED", "CLOSED", "CANCELLED"]
