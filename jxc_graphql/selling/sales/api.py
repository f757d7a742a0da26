"""What clients see of sales orders, and what they do with them."""

from datetime import datetime

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    batched,
    computed,
    connection,
    entity,
    input_type,
    many,
    mutation,
    payload,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.partners.api import Customer
from jxc_graphql.masters.warehouses.api import Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import Document
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.selling.sales import facts, models, operations, queries, rules

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


@input_type
class SalesOrderLineInput:
    """What is ordered."""

    sku_id: Id[Sku]
    """What."""
    quantity: Quantity
    """How much, in `unit`; more than 0."""
    unit_price: UnitPrice
    """Price of one base unit, whatever `unit` is; 0 for free goods (赠品)."""
    unit: str | None = None
    """A unit of the SKU, such as 箱; by default its base unit."""

    def asked(self) -> AskedLine:
        """The line as the operation takes it."""
        return AskedLine(sku_id=self.sku_id, quantity=self.quantity, unit_price=self.unit_price, unit=self.unit)


@input_type
class CreateSalesOrderInput:
    """An order to draft."""

    customer_id: Id[Customer]
    """Who asks."""
    warehouse_id: Id[Warehouse]
    """Where the goods are to leave from."""
    lines: list[SalesOrderLineInput]
    """What; 1 to 500 lines."""
    note: str = ""
    """Remark (备注)."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class CreateSalesOrderPayload:
    """The order that was drafted."""

    sales_order: SalesOrder | None
    """The order."""


@mutation(CreateSalesOrderPayload)
async def create_sales_order(call: Call, input: CreateSalesOrderInput) -> facts.SalesOrderCreated:
    """Drafts a sales order (新建销售订单); it reserves nothing until it is approved."""
    return await operations.create_sales_order(
        call,
        customer_id=input.customer_id,
        warehouse_id=input.warehouse_id,
        lines=[line.asked() for line in input.lines],
        note=input.note,
    )


@input_type
class UpdateSalesOrderInput:
    """What a draft is to say instead; what is left out is emptied."""

    id: Id[SalesOrder]
    """The draft."""
    lines: list[SalesOrderLineInput]
    """All lines it is to have; 1 to 500."""
    note: str = ""
    """Remark (备注)."""
    expected_version: int | None = None
    """The version you have seen; when it has changed since, nothing is done."""


@payload
class UpdateSalesOrderPayload:
    """The draft that was changed."""

    sales_order: SalesOrder | None
    """The order."""


@mutation(UpdateSalesOrderPayload)
async def update_sales_order(call: Call, input: UpdateSalesOrderInput) -> facts.SalesOrderUpdated:
    """Replaces the lines and the note of a draft (修改销售订单)."""
    return await operations.update_sales_order(
        call,
        sales_order_id=input.id,
        lines=[line.asked() for line in input.lines],
        note=input.note,
        expected_version=input.expected_version,
    )


submit_sales_order = document_action(operations.submit_sales_order, SalesOrder)
approve_sales_order = document_action(operations.approve_sales_order, SalesOrder, StockLevel)
reject_sales_order = document_action(operations.reject_sales_order, SalesOrder)
cancel_sales_order = document_action(operations.cancel_sales_order, SalesOrder, StockLevel)
