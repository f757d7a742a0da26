"""What clients see of returns of customers, and what they do with them."""

from jxc_graphql.books.goods.api import SerialNumber, StockLevel, StockMovement
from jxc_graphql.books.goods.serials import pieces_of_lines
from jxc_graphql.gql.declare import (
    Connection,
    LimitError,
    Node,
    batched,
    column,
    computed,
    connection,
    extends,
    many,
    shown_as,
)
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.partners.api import Customer
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, KnownError, Scope, document, document_line
from jxc_graphql.office.documents.several import several
from jxc_graphql.selling.customer_returns import inspection, models, operations, queries, rules
from jxc_graphql.selling.sales.api import SalesOrder
from jxc_graphql.selling.shipping.api import Shipment, ShipmentLine

_SCOPE: Scope = {Dimension.WAREHOUSE: "warehouse_id", Dimension.CUSTOMER: "customer_id"}


@document_line(models.CustomerReturnLine, scope=_SCOPE)
class CustomerReturnLine(Node):
    """A line of a customer return (销售退货单行): what of one shipment line comes back."""

    cost: Money = column(requires=Permission.SEE_COST)
    """What these goods had cost us when they left, and cost again (成本); 0 before they came."""
    serials: list[SerialNumber] = batched(pieces_of_lines, "id")
    """The pieces that came (序列号), the first 1,000; `movements` has all of them."""
    movements: Connection[StockMovement] = connection("line_id")
    """What it moved (库存流水): of which lots, and to where the goods went."""


@document(models.CustomerReturn, scope=_SCOPE)
class CustomerReturn(Document, Node):
    """Customer return (销售退货): what a customer brings back, and what is given for it."""

    difference: Money = computed(rules.difference, "exchange_gross", "gross")
    """What he pays when both are set off against each other (差价); below zero he gets it."""
    cost: Money = column(requires=Permission.SEE_COST)
    """What the goods had cost us when they left (成本); 0 before they came."""
    lines: list[CustomerReturnLine] = many("customer_return_id", order_by="line_no")
    """What comes back."""


@extends(Shipment)
class ReturnsOfShipment:
    """What came back of a shipment."""

    returns: list[CustomerReturn] = batched(queries.of_shipments, "id")
    """The returns of its goods (销售退货), in their order, the first 100."""


@extends(ShipmentLine)
class ReturnsOfShipmentLine:
    """What came back of a line of a shipment."""

    return_lines: Connection[CustomerReturnLine] = connection("shipment_line_id")
    """What of it comes back, return by return (退货明细)."""


@extends(Customer)
class ReturnsOfCustomer:
    """What a customer brought back."""

    returns: Connection[CustomerReturn] = connection("customer_id", order_by="-id")
    """Its returns (销售退货), newest first."""


Query = lists(CustomerReturn, CustomerReturnLine)

create_customer_return = document_action(operations.create_customer_return, CustomerReturn)
create_customer_returns = several(create_customer_return, CustomerReturn)
update_customer_return = document_action(operations.update_customer_return, CustomerReturn)
submit_customer_return = document_action(operations.submit_customer_return, CustomerReturn)
approve_customer_return = document_action(operations.approve_customer_return, CustomerReturn, SalesOrder, StockLevel)
reject_customer_return = document_action(operations.reject_customer_return, CustomerReturn)
withdraw_customer_return = document_action(operations.withdraw_customer_return, CustomerReturn)
cancel_customer_return = document_action(operations.cancel_customer_return, CustomerReturn)
receive_customer_return = document_action(
    operations.receive_customer_return, CustomerReturn, StockLevel, lines="InspectedReturnLineInput"
)

PROBLEMS = (
    shown_as(LimitError, inspection.MoreThanAgreed, limit="agreed", asked="given", available="agreed"),
    shown_as(KnownError, rules.ExchangeOpen, document="sales_order_id"),
)
