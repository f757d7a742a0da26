"""What clients see of purchase orders, and what they do with them."""

from datetime import date

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.buying.purchasing import models, operations, rules
from jxc_graphql.gql.declare import (
    Connection,
    Node,
    column,
    computed,
    connection,
    entity,
    many,
)
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.partners.api import Supplier
from jxc_graphql.masters.warehouses.api import Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import Document

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


create_purchase_order = document_action(operations.create_purchase_order, PurchaseOrder, lines="PurchaseOrderLineInput")
update_purchase_order = document_action(operations.update_purchase_order, PurchaseOrder, lines="PurchaseOrderLineInput")
submit_purchase_order = document_action(operations.submit_purchase_order, PurchaseOrder)
approve_purchase_order = document_action(operations.approve_purchase_order, PurchaseOrder, StockLevel)
reject_purchase_order = document_action(operations.reject_purchase_order, PurchaseOrder)
cancel_purchase_order = document_action(operations.cancel_purchase_order, PurchaseOrder, StockLevel)
