"""What clients see of amendments of sales orders, and how they make them."""

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.gql.declare import (
    Connection,
    LimitError,
    Node,
    batched,
    computed,
    connection,
    extends,
    many,
    shown_as,
)
from jxc_graphql.masters.partners.api import Customer
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents import timeline
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import (
    Document,
    Scope,
    TimelineChange,
    document,
    document_line,
)
from jxc_graphql.selling.sales.api import SalesOrder, SalesOrderLine
from jxc_graphql.selling.sales_amendments import models, operations, rules

_SCOPE: Scope = {Dimension.WAREHOUSE: "warehouse_id", Dimension.CUSTOMER: "customer_id"}


@document_line(models.SalesAmendmentLine, scope=_SCOPE)
class SalesAmendmentLine(Node):
    """A line of a sales amendment (销售订单变更行): what becomes of a line of the order."""


@document(models.SalesAmendment, scope=_SCOPE)
class SalesAmendment(Document, Node):
    """Sales amendment (销售订单变更): what is to be otherwise in a sales order that is binding."""

    changes: list[TimelineChange] = batched(timeline.differences_of, "id", "differences")
    """What is otherwise with it in the order (变更对比), as far as the viewer may see it; at most 200."""
    changes_left_out: int = computed(timeline.differences_left_out, "differences")
    """How many more changes there are than 200, of whatever fields."""
    lines: list[SalesAmendmentLine] = many("sales_amendment_id", order_by="line_no")
    """What becomes of lines of the order."""


@extends(SalesOrder)
class AmendmentsOfSalesOrder:
    """How a sales order was amended."""

    sales_amendments: Connection[SalesAmendment] = connection("sales_order_id")
    """Its amendments (销售订单变更), in their order."""


@extends(Customer)
class AmendmentsOfCustomer:
    """What became otherwise of what was ordered by a customer."""

    sales_amendments: Connection[SalesAmendment] = connection("customer_id", order_by="-id")
    """Amendments of its orders (销售订单变更), newest first."""


Query = lists(SalesAmendment, SalesAmendmentLine)

amend_sales_order = document_action(
    operations.amend_sales_order,
    SalesAmendment,
    add="SalesOrderLineInput",
    change="ChangedSalesOrderLineInput",
    cancel_rest_ids=SalesOrderLine,
)
submit_sales_amendment = document_action(operations.submit_sales_amendment, SalesAmendment)
approve_sales_amendment = document_action(operations.approve_sales_amendment, SalesAmendment, SalesOrder, StockLevel)
reject_sales_amendment = document_action(operations.reject_sales_amendment, SalesAmendment)
withdraw_sales_amendment = document_action(operations.withdraw_sales_amendment, SalesAmendment)
cancel_sales_amendment = document_action(operations.cancel_sales_amendment, SalesAmendment)

PROBLEMS = (shown_as(LimitError, rules.BelowShipped, limit="least", asked="asked"),)
