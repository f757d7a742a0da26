"""What clients see of sales orders, and what they do with them."""

from datetime import datetime

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.gql.declare import (
    Connection,
    Node,
    batched,
    computed,
    connection,
    entity,
    many,
)
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.partners.api import Customer
from jxc_graphql.masters.warehouses.api import Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import Document
from jxc_graphql.selling.sales import models, operations, queries, rules

_PROGRESS = ("quantity", "quantity_shipped", "quantity_cancelled")


@entity(
    models.SalesOrderLine,
    requires=Permission.SEE_SALES,
    scope={Dimension.WAREHOUSE: "sales_order.warehouse_id", Dimension.CUSTOMER: "sales_order.customer_id"},
)
class SalesOrderLine(Node):
    """A line of a sales order (销售订单行); quantities are in the SKU's base unit."""

    sales_order: "SalesOrder"
    """The order it stands in."""
    line_no: int
    """Position in the order, from 1."""
    sku: Sku
    """What was ordered."""
    unit: str
    """The unit in which it was ordered."""
    quantity_in_unit: Quantity
    """How much was ordered, in that unit."""
    quantity: Quantity
    """How much was ordered (订购数量)."""
    quantity_reserved: Quantity = batched(queries.reserved, "id")
    """How much is kept for it in the warehouse (预留)."""
    quantity_shipped: Quantity
    """How much left (已发)."""
    quantity_cancelled: Quantity
    """How much will not be shipped any more."""
    quantity_outstanding: Quantity = computed(rules.quantity_outstanding, *_PROGRESS)
    """How much is still to leave (未发)."""
    status: models.SalesOrderLineStatus = computed(rules.line_status, *_PROGRESS)
    """How far the line has come."""
    unit_price: UnitPrice
    """Price of one base unit (单价); 0 for free goods (赠品)."""
    amount: Money
    """Quantity times unit price (金额)."""


@entity(
    models.SalesOrder,
    requires=Permission.SEE_SALES,
    scope={Dimension.WAREHOUSE: "warehouse_id", Dimension.CUSTOMER: "customer_id"},
)
class SalesOrder(Document, Node):
    """Sales order (销售订单): what a customer asked us to deliver, and at which price."""

    customer: Customer
    """Who asked."""
    warehouse: Warehouse
    """Where the goods leave from."""
    total: Money
    """The sum of the lines' amounts (合计金额)."""
    approved_at: datetime | None
    """When it was approved; goods that come free go to the oldest approval first."""
    lines: list[SalesOrderLine] = many("sales_order_id", order_by="line_no")
    """What was ordered."""


class Query:
    sales_orders: Connection[SalesOrder] = connection(order_by="-id")
    """Sales orders (销售订单), newest first."""


create_sales_order = document_action(operations.create_sales_order, SalesOrder, lines="SalesOrderLineInput")
update_sales_order = document_action(operations.update_sales_order, SalesOrder, lines="SalesOrderLineInput")
submit_sales_order = document_action(operations.submit_sales_order, SalesOrder)
approve_sales_order = document_action(operations.approve_sales_order, SalesOrder, StockLevel)
reject_sales_order = document_action(operations.reject_sales_order, SalesOrder)
cancel_sales_order = document_action(operations.cancel_sales_order, SalesOrder, StockLevel)
