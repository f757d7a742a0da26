from jxc_graphql.buying.purchasing import rules
from jxc_graphql.buying.purchasing.models import STATES, PurchaseOrderLineStatus
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus


class TestStates:
    def test_let_an_order_go_one_way(self) -> None:
        allowed = {status: STATES.allowed(status) for status in DocumentStatus if STATES.allowed(status)}
        assert allowed == {
            DocumentStatus.DRAFT: (DocumentAction.UPDATE, DocumentAction.SUBMIT, DocumentAction.CANCEL),
            DocumentStatus.SUBMITTED: (
                DocumentAction.APPROVE,
                DocumentAction.REJECT,
                DocumentAction.WITHDRAW,
                DocumentAction.CANCEL,
            ),
            DocumentStatus.APPROVED: (
                DocumentAction.UNAPPROVE,
                DocumentAction.AMEND,
                DocumentAction.RECEIVE,
                DocumentAction.CANCEL,
            ),
            DocumentStatus.PARTIALLY_RECEIVED: (
                DocumentAction.AMEND,
                DocumentAction.RECEIVE,
                DocumentAction.CLOSE,
                DocumentAction.CANCEL,
                DocumentAction.REOPEN,
            ),
            DocumentStatus.RECEIVED: (DocumentAction.REOPEN,),
            DocumentStatus.CLOSED: (DocumentAction.REOPEN,),
        }


class TestLineStatus:
    def test_says_how_far_a_line_is(self) -> None:
        cases = [("5", "0", "0"), ("5", "2", "0"), ("5", "5", "0"), ("5", "2", "3"), ("5", "0", "5")]
        statuses = [rules.line_status(*map(Quantity.of, case)) for case in cases]
        assert statuses == list(PurchaseOrderLineStatus)


class TestAnOrder:
    def test_stands_where_its_lines_do(self) -> None:
        orders = (
            ["5 0 0", "5 0 5"], ["5 5 0", "5 3 0"], ["5 5 0", "5 5 0"], ["5 3 2", "5 5 0"], ["5 0 5"]
        )  # fmt: skip
        found = [rules.status_of(tuple(map(Quantity.of, line.split())) for line in one) for one in orders]  # type: ignore[misc]
        assert found == ["APPROVED", "PARTIALLY_RECEIVED", "RECEIVED", "CLOSED", "CANCELLED"]
