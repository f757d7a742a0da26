from jxc_graphql.buying.purchasing import rules
from jxc_graphql.buying.purchasing.models import STATES, PurchaseOrderLineStatus
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus


class TestStates:
    def test_let_an_order_go_one_way(self) -> None:
        allowed = {status: STATES.allowed(status) for status in DocumentStatus if STATES.allowed(status)}
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


class TestAnOrder:
    def test_is_received_when_nothing_is_outstanding(self) -> None:
        left = [rules.status_of(map(Quantity.of, quantities)) for quantities in (["0", "2"], ["0", "0"])]
        assert left == [DocumentStatus.PARTIALLY_RECEIVED, DocumentStatus.RECEIVED]
