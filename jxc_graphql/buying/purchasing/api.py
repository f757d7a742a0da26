"""What clients see of purchase orders, and what they do with them."""

from decimal import Decimal

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.buying.purchasing import models, operations, rules
from jxc_graphql.gql.declare import Connection, Node, column, computed, connection, extends, many, shown_as, user_error
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.partners.api import Supplier
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, Scope, document, document_line
from jxc_graphql.office.documents.several import several

_PROGRESS = ("quantity", "quantity_received", "quantity_cancelled")


_SCOPE: Scope = {Dimension.WAREHOUSE: "warehouse_id", Dimension.SUPPLIER: "supplier_id"}


@document_line(models.PurchaseOrderLine, scope=_SCOPE)
class PurchaseOrderLine(Node):
    """A line of a purchase order (采购订单行); quantities are in the SKU's base unit."""

    quantity_outstanding: Quantity = computed(rules.quantity_outstanding, *_PROGRESS)
    """How much is still to come (未到)."""
    status: models.PurchaseOrderLineStatus = computed(rules.line_status, *_PROGRESS)
    """How far the line has come."""
    unit_price: UnitPrice = column(requires=Permission.SEE_COST)
    """Price of one `unit` (单价); 0 for free goods (赠品)."""
    amount: Money = column(requires=Permission.SEE_COST)
    """`quantityInUnit` times `unitPrice` (金额), before discounts."""
    discount: Money = column(requires=Permission.SEE_COST)
    """What is taken off it (优惠), off what was typed: with tax where the prices have it in them."""
    discount_share: Money = column(requires=Permission.SEE_COST)
    """What is taken off it besides, of the discount of the whole (整单优惠分摊)."""
    net: Money = column(requires=Permission.SEE_COST)
    """What it comes to without tax (不含税金额)."""
    tax: Money = column(requires=Permission.SEE_COST)
    """Its tax (税额)."""
    gross: Money = column(requires=Permission.SEE_COST)
    """What is paid for it (价税合计)."""
    base_net: Money = column(requires=Permission.SEE_COST)
    """What that is without tax in the books' currency (本位币不含税金额)."""
    base_gross: Money = column(requires=Permission.SEE_COST)
    """What is paid for it in the books' currency (本位币价税合计)."""


@document(models.PurchaseOrder, scope=_SCOPE)
class PurchaseOrder(Document, Node):
    """Purchase order (采购订单): what we asked a supplier to deliver, at which price and when."""

    discount: Money = column(requires=Permission.SEE_COST)
    """What is taken off the whole (整单优惠), beside the discounts of its lines, over which it is shared."""
    net: Money = column(requires=Permission.SEE_COST)
    """The sum of the lines without tax (不含税金额)."""
    tax: Money = column(requires=Permission.SEE_COST)
    """The sum of the lines' taxes (税额)."""
    gross: Money = column("total", requires=Permission.SEE_COST)
    """What is paid for it (价税合计): net and tax together."""
    total: Money = column(requires=Permission.SEE_COST)
    """What is paid for it (合计金额): the same as `gross`."""
    base_net: Money = column(requires=Permission.SEE_COST)
    """What that is without tax in the books' currency (本位币不含税金额)."""
    base_gross: Money = column(requires=Permission.SEE_COST)
    """What is paid for it in the books' currency (本位币价税合计)."""
    lines: list[PurchaseOrderLine] = many("purchase_order_id", order_by="line_no")
    """What was ordered."""


@extends(Supplier)
class OrdersFromSupplier:
    """What was ordered from a supplier."""

    purchase_orders: Connection[PurchaseOrder] = connection("supplier_id", order_by="-id")
    """Its purchase orders (采购订单), newest first."""


Query = lists(PurchaseOrder, PurchaseOrderLine)

create_purchase_order = document_action(operations.create_purchase_order, PurchaseOrder)
create_purchase_orders = several(create_purchase_order, PurchaseOrder)
update_purchase_order = document_action(operations.update_purchase_order, PurchaseOrder)
submit_purchase_order = document_action(operations.submit_purchase_order, PurchaseOrder)
approve_purchase_order = document_action(operations.approve_purchase_order, PurchaseOrder, StockLevel)
reject_purchase_order = document_action(operations.reject_purchase_order, PurchaseOrder)
withdraw_purchase_order = document_action(operations.withdraw_purchase_order, PurchaseOrder)
unapprove_purchase_order = document_action(operations.unapprove_purchase_order, PurchaseOrder, StockLevel)
close_purchase_order = document_action(operations.close_purchase_order, PurchaseOrder, StockLevel)
cancel_purchase_order = document_action(operations.cancel_purchase_order, PurchaseOrder, StockLevel)


@user_error()
class PriceError:
    """No price is given, and none follows from what is known."""

    sku: Sku | None
    """Of what."""
    supplier: Supplier | None
    """Whose price was looked for (供货价)."""
    unit: str
    """In which unit it was looked for."""
    priced_unit: str | None
    """In which unit there is one; null where there is none."""
    priced_currency: str | None
    """In which currency there is one (币种); null where there is none."""
    minimum_quantity: Decimal | None
    """From how much on there is one (起订量), in base units; null where there is none."""


PROBLEMS = tuple(shown_as(PriceError, one) for one in (rules.PriceMissing, rules.PriceDoesNotHold))
