"""What clients see of amendments of purchase orders, and how they make them."""

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.buying.purchase_amendments import models, operations, rules
from jxc_graphql.buying.purchasing.api import PurchaseOrder, PurchaseOrderLine
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
from jxc_graphql.kit.numbers import Money, UnitPrice
from jxc_graphql.masters.partners.api import Supplier
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents import timeline
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import (
    Document,
    Scope,
    TimelineChange,
    document,
    document_line,
)

_SCOPE: Scope = {Dimension.WAREHOUSE: "warehouse_id", Dimension.SUPPLIER: "supplier_id"}


@document_line(models.PurchaseAmendmentLine, scope=_SCOPE)
class PurchaseAmendmentLine(Node):
    """A line of a purchase amendment (采购订单变更行): what becomes of a line of the order."""

    unit_price: UnitPrice | None = column(requires=Permission.SEE_COST)
    """The price that one `unit` is to have (变更后单价); null where it stays."""
    discount: Money | None = column(requires=Permission.SEE_COST)
    """What is to be taken off it (变更后优惠); null where that stays."""


@document(models.PurchaseAmendment, scope=_SCOPE)
class PurchaseAmendment(Document, Node):
    """Purchase amendment (采购订单变更): what is to be otherwise in a purchase order that is binding."""

    new_discount: Money | None = column(requires=Permission.SEE_COST)
    """What is to be taken off the whole (整单优惠); null where that stays."""
    gross_before: Money = column(requires=Permission.SEE_COST)
    """What the order comes to without it (变更前金额)."""
    gross_after: Money = column(requires=Permission.SEE_COST)
    """What the order comes to with it (变更后金额)."""
    price_rise: Money = column(requires=Permission.SEE_COST)
    """How much dearer the order becomes by prices that rise (涨价额)."""
    price_cut: Money = column(requires=Permission.SEE_COST)
    """How much cheaper it becomes by prices that fall, or by discounts (降价额)."""
    changes: list[TimelineChange] = batched(timeline.differences_of, "id", "differences")
    """What is otherwise with it in the order (变更对比), as far as the viewer may see it; at most 200."""
    changes_left_out: int = computed(timeline.differences_left_out, "differences")
    """How many more changes there are than 200, of whatever fields."""
    lines: list[PurchaseAmendmentLine] = many("purchase_amendment_id", order_by="line_no")
    """What becomes of lines of the order."""


@extends(PurchaseOrder)
class AmendmentsOfPurchaseOrder:
    """How a purchase order was amended."""

    purchase_amendments: Connection[PurchaseAmendment] = connection("purchase_order_id")
    """Its amendments (采购订单变更), in their order."""


@extends(Supplier)
class AmendmentsWithSupplier:
    """What became otherwise of what was ordered from a supplier."""

    purchase_amendments: Connection[PurchaseAmendment] = connection("supplier_id", order_by="-id")
    """Amendments of its orders (采购订单变更), newest first."""


Query = lists(PurchaseAmendment, PurchaseAmendmentLine)

amend_purchase_order = document_action(
    operations.amend_purchase_order,
    PurchaseAmendment,
    add="PurchaseOrderLineInput",
    change="ChangedPurchaseOrderLineInput",
    cancel_rest_ids=PurchaseOrderLine,
)
submit_purchase_amendment = document_action(operations.submit_purchase_amendment, PurchaseAmendment)
approve_purchase_amendment = document_action(
    operations.approve_purchase_amendment, PurchaseAmendment, PurchaseOrder, StockLevel
)
reject_purchase_amendment = document_action(operations.reject_purchase_amendment, PurchaseAmendment)
withdraw_purchase_amendment = document_action(operations.withdraw_purchase_amendment, PurchaseAmendment)
cancel_purchase_amendment = document_action(operations.cancel_purchase_amendment, PurchaseAmendment)

PROBLEMS = (shown_as(LimitError, rules.BelowReceived, limit="least", asked="asked"),)
