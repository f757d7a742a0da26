"""What clients see of sales orders, and what they do with them."""

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.gql.declare import Connection, Node, batched, computed, connection, extends, many
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.partners.api import Customer
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, Scope, document, document_line
from jxc_graphql.selling.sales import models, operations, queries, rules

_PROGRESS = ("quantity", "quantity_shipped", "quantity_cancelled")


_SCOPE: Scope = {Dimension.WAREHOUSE: "warehouse_id", Dimension.CUSTOMER: "customer_id"}


@document_line(models.SalesOrderLine, requires=Permission.SEE_SALES, scope=_SCOPE)
class SalesOrderLine(Node):
    """A line of a sales order (销售订单行); quantities are in the SKU's base unit."""

    quantity_reserved: Quantity = batched(queries.reserved, "id", beside=True)
    """How much is kept for it in the warehouse (预留)."""
    quantity_outstanding: Quantity = computed(rules.quantity_outstanding, *_PROGRESS)
    """How much is still to leave (未发)."""
    status: models.SalesOrderLineStatus = computed(rules.line_status, *_PROGRESS)
    """How far the line has come."""


@document(models.SalesOrder, requires=Permission.SEE_SALES, scope=_SCOPE)
class SalesOrder(Document, Node):
    """Sales order (销售订单): what a customer asked us to deliver, and at which price."""

    lines: list[SalesOrderLine] = many("sales_order_id", order_by="line_no")
    """What was ordered."""


@extends(Customer)
class OrdersOfCustomer:
    """What a customer ordered."""

    sales_orders: Connection[SalesOrder] = connection("customer_id", order_by="-id")
    """Its sales orders (销售订单), newest first."""


Query = lists(SalesOrder, SalesOrderLine)

create_sales_order = document_action(operations.create_sales_order, SalesOrder)
update_sales_order = document_action(operations.update_sales_order, SalesOrder)
submit_sales_order = document_action(operations.submit_sales_order, SalesOrder)
approve_sales_order = document_action(operations.approve_sales_order, SalesOrder, StockLevel)
reject_sales_order = document_action(operations.reject_sales_order, SalesOrder)
cancel_sales_order = document_action(operations.cancel_sales_order, SalesOrder, StockLevel)
