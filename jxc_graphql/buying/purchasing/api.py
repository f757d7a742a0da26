"""What clients see of purchase orders, and what they do with them."""

from datetime import date

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.buying.purchasing import facts, models, operations, rules
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    column,
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
from jxc_graphql.masters.partners.api import Supplier
from jxc_graphql.masters.warehouses.api import Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import Document
from jxc_graphql.office.documents.lines import AskedLine

_PROGRESS = ("quantity", "quantity_received", "quantity_cancelled")


@entity(
    models.PurchaseOrderLine,
    requires=Permission.SEE_PURCHASING,
    scope={Dimension.WAREHOUSE: "purchase_order.warehouse_id", Dimension.SUPPLIER: "purchase_order.supplier_id"},
)
class PurchaseOrderLine(Node):
    """A line of a purchase order (采购订单行); quantities are in the SKU's base unit."""

    purchase_order: "PurchaseOrder"
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
    quantity_received: Quantity
    """How much came (已到), rejected goods included."""
    quantity_rejected: Quantity
    """How much of what came was rejected (不合格)."""
    quantity_cancelled: Quantity
    """How much will not come any more."""
    quantity_outstanding: Quantity = computed(rules.quantity_outstanding, *_PROGRESS)
    """How much is still to come (未到)."""
    status: models.PurchaseOrderLineStatus = computed(rules.line_status, *_PROGRESS)
    """How far the line has come."""
    unit_price: UnitPrice = column(requires=Permission.SEE_COST)
    """Price of one base unit (单价); 0 for free goods (赠品)."""
    amount: Money = column(requires=Permission.SEE_COST)
    """Quantity times unit price (金额)."""


@entity(
    models.PurchaseOrder,
    requires=Permission.SEE_PURCHASING,
    scope={Dimension.WAREHOUSE: "warehouse_id", Dimension.SUPPLIER: "supplier_id"},
)
class PurchaseOrder(Document, Node):
    """Purchase order (采购订单): what we asked a supplier to deliver, at which price and when."""

    supplier: Supplier
    """Who delivers."""
    warehouse: Warehouse
    """Where to."""
    expected_on: date | None
    """The day on which the goods are expected (预计到货日期)."""
    total: Money = column(requires=Permission.SEE_COST)
    """The sum of the lines' amounts (合计金额)."""
    lines: list[PurchaseOrderLine] = many("purchase_order_id", order_by="line_no")
    """What was ordered."""


class Query:
    purchase_orders: Connection[PurchaseOrder] = connection(order_by="-id")
    """Purchase orders (采购订单), newest first."""


@input_type
class PurchaseOrderLineInput:
    """What to order."""

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
class CreatePurchaseOrderInput:
    """An order to draft."""

    supplier_id: Id[Supplier]
    """Who is to deliver."""
    warehouse_id: Id[Warehouse]
    """Where to."""
    lines: list[PurchaseOrderLineInput]
    """What; 1 to 500 lines."""
    expected_on: date | None = None
    """When the goods are expected."""
    note: str = ""
    """Remark (备注)."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class CreatePurchaseOrderPayload:
    """The order that was drafted."""

    purchase_order: PurchaseOrder | None
    """The order."""


@mutation(CreatePurchaseOrderPayload)
async def create_purchase_order(call: Call, input: CreatePurchaseOrderInput) -> facts.PurchaseOrderCreated:
    """Drafts a purchase order (新建采购订单); it binds nobody until it is approved."""
    return await operations.create_purchase_order(
        call,
        supplier_id=input.supplier_id,
        warehouse_id=input.warehouse_id,
        lines=[line.asked() for line in input.lines],
        expected_on=input.expected_on,
        note=input.note,
    )


@input_type
class UpdatePurchaseOrderInput:
    """What a draft is to say instead; what is left out is emptied."""

    id: Id[PurchaseOrder]
    """The draft."""
    lines: list[PurchaseOrderLineInput]
    """All lines it is to have; 1 to 500."""
    expected_on: date | None = None
    """When the goods are expected."""
    note: str = ""
    """Remark (备注)."""
    expected_version: int | None = None
    """The version you have seen; when it has changed since, nothing is done."""


@payload
class UpdatePurchaseOrderPayload:
    """The draft that was changed."""

    purchase_order: PurchaseOrder | None
    """The order."""


@mutation(UpdatePurchaseOrderPayload)
async def update_purchase_order(call: Call, input: UpdatePurchaseOrderInput) -> facts.PurchaseOrderUpdated:
    """Replaces the lines, the expected day and the note of a draft (修改采购订单)."""
    return await operations.update_purchase_order(
        call,
        purchase_order_id=input.id,
        lines=[line.asked() for line in input.lines],
        expected_on=input.expected_on,
        note=input.note,
        expected_version=input.expected_version,
    )


submit_purchase_order = document_action(operations.submit_purchase_order, PurchaseOrder)
approve_purchase_order = document_action(operations.approve_purchase_order, PurchaseOrder, StockLevel)
reject_purchase_order = document_action(operations.reject_purchase_order, PurchaseOrder)
cancel_purchase_order = document_action(operations.cancel_purchase_order, PurchaseOrder, StockLevel)
