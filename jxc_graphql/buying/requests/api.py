"""What clients see of purchase requests, and what they do with them."""

from jxc_graphql.buying.purchasing.api import PurchaseOrder
from jxc_graphql.buying.requests import models, operations, ordering, rules
from jxc_graphql.gql.declare import LimitError, Node, computed, many, shown_as
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, Scope, document, document_line
from jxc_graphql.office.documents.several import several

_SCOPE: Scope = {Dimension.WAREHOUSE: "warehouse_id"}
_PROGRESS = ("quantity", "quantity_ordered", "quantity_cancelled")


@document_line(models.PurchaseRequestLine, scope=_SCOPE)
class PurchaseRequestLine(Node):
    """A line of a purchase request (请购单行); quantities are in the SKU's base unit."""

    quantity_left: Quantity = computed(rules.quantity_left, *_PROGRESS)
    """How much may still be ordered (未下单)."""


@document(models.PurchaseRequest, scope=_SCOPE)
class PurchaseRequest(Document, Node):
    """Purchase request (请购单): what a warehouse needs, by which day and why."""

    lines: list[PurchaseRequestLine] = many("purchase_request_id", order_by="line_no")
    """What is needed."""


Query = lists(PurchaseRequest, PurchaseRequestLine)

create_purchase_request = document_action(operations.create_purchase_request, PurchaseRequest, sales_order_id=Document)
create_purchase_requests = several(create_purchase_request, PurchaseRequest)
update_purchase_request = document_action(operations.update_purchase_request, PurchaseRequest)
submit_purchase_request = document_action(operations.submit_purchase_request, PurchaseRequest)
approve_purchase_request = document_action(operations.approve_purchase_request, PurchaseRequest)
reject_purchase_request = document_action(operations.reject_purchase_request, PurchaseRequest)
withdraw_purchase_request = document_action(operations.withdraw_purchase_request, PurchaseRequest)
unapprove_purchase_request = document_action(operations.unapprove_purchase_request, PurchaseRequest)
close_purchase_request = document_action(operations.close_purchase_request, PurchaseRequest)
cancel_purchase_request = document_action(operations.cancel_purchase_request, PurchaseRequest)
order_purchase_request = document_action(
    ordering.order_purchase_request, PurchaseRequest, PurchaseOrder, lines="RequestedPartInput"
)

PROBLEMS = (shown_as(LimitError, rules.MoreThanRequested, limit="left", asked="asked", available="left"),)
