"""What clients see of goods receipts, and how they take goods in."""

from jxc_graphql.books.goods.api import SerialNumber, StockLevel, StockMovement
from jxc_graphql.books.goods.serials import pieces_of_lines
from jxc_graphql.buying.purchasing.api import PurchaseOrder
from jxc_graphql.buying.receiving import models, operations, rules
from jxc_graphql.gql.declare import Connection, LimitError, Node, batched, column, connection, extends, many, shown_as
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.partners.api import Supplier
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, Scope, document, document_line

_SCOPE: Scope = {Dimension.WAREHOUSE: "warehouse_id", Dimension.SUPPLIER: "supplier_id"}


@document_line(models.GoodsReceiptLine, scope=_SCOPE)
class GoodsReceiptLine(Node):
    """A line of a goods receipt (入库单行): what one order line brought of one lot, in the SKU's base unit."""

    value: Money = column(requires=Permission.SEE_COST)
    """What these goods cost (金额), in the books' currency."""
    net: Money = column(requires=Permission.SEE_COST)
    """Its part of the order without tax (不含税金额)."""
    tax: Money = column(requires=Permission.SEE_COST)
    """Its part of the order's tax (税额)."""
    gross: Money = column(requires=Permission.SEE_COST)
    """Its part of what is paid for the order (价税合计)."""
    base_gross: Money = column(requires=Permission.SEE_COST)
    """What is paid for it in the books' currency (本位币价税合计)."""
    serials: list[SerialNumber] = batched(pieces_of_lines, "id")
    """The pieces that came (序列号), the first 1,000; `movements` has all of them."""
    movements: Connection[StockMovement] = connection("line_id")
    """What it moved (库存流水): from the supplier to the places of the warehouse."""


@document(models.GoodsReceipt, scope=_SCOPE)
class GoodsReceipt(Document, Node):
    """Goods receipt (采购入库): what arrived of a purchase order at one time."""

    total: Money = column(requires=Permission.SEE_COST)
    """What the goods cost (合计金额), in the books' currency."""
    net: Money = column(requires=Permission.SEE_COST)
    """Its part of the order without tax (不含税金额)."""
    tax: Money = column(requires=Permission.SEE_COST)
    """Its part of the order's tax (税额)."""
    gross: Money = column(requires=Permission.SEE_COST)
    """Its part of what is paid for the order (价税合计)."""
    reversed_by: list["GoodsReceiptReversal"] = many("goods_receipt_id")
    """What takes it back (冲销单据), nothing or one: `where: { status: REVERSED }` finds those that are taken back."""
    base_gross: Money = column(requires=Permission.SEE_COST)
    """What is paid for it in the books' currency (本位币价税合计)."""
    lines: list[GoodsReceiptLine] = many("goods_receipt_id", order_by="line_no")
    """What came."""


@document_line(models.GoodsReceiptReversalLine, scope=_SCOPE)
class GoodsReceiptReversalLine(Node):
    """A line of a goods receipt reversal (入库冲销单行): what of one receipt line goes back."""

    value: Money = column(requires=Permission.SEE_COST)
    """What these goods cost when they left (金额)."""
    net: Money = column(requires=Permission.SEE_COST)
    """Its part of the receipt without tax (不含税金额)."""
    tax: Money = column(requires=Permission.SEE_COST)
    """Its part of the receipt's tax (税额)."""
    gross: Money = column(requires=Permission.SEE_COST)
    """Its part of what was to be paid for the receipt (价税合计)."""
    base_gross: Money = column(requires=Permission.SEE_COST)
    """The same in the books' currency (本位币价税合计)."""
    movements: Connection[StockMovement] = connection("line_id")
    """What it moved (库存流水): from where the goods lay to the supplier."""


@document(models.GoodsReceiptReversal, scope=_SCOPE)
class GoodsReceiptReversal(Document, Node):
    """Goods receipt reversal (入库冲销): a goods receipt was taken back, whole or what was left of it."""

    total: Money = column(requires=Permission.SEE_COST)
    """What the goods cost when they left (合计金额)."""
    net: Money = column(requires=Permission.SEE_COST)
    """Its part of the receipt without tax (不含税金额)."""
    tax: Money = column(requires=Permission.SEE_COST)
    """Its part of the receipt's tax (税额)."""
    gross: Money = column(requires=Permission.SEE_COST)
    """Its part of what was to be paid for the receipt (价税合计)."""
    base_gross: Money = column(requires=Permission.SEE_COST)
    """The same in the books' currency (本位币价税合计)."""
    lines: list[GoodsReceiptReversalLine] = many("goods_receipt_reversal_id", order_by="line_no")
    """What went back."""


@extends(PurchaseOrder)
class PurchaseOrderReceipts:
    """What came of a purchase order."""

    goods_receipts: Connection[GoodsReceipt] = connection("purchase_order_id")
    """What came so far (入库单)."""


@extends(Supplier)
class ReceiptsFromSupplier:
    """What a supplier brought."""

    goods_receipts: Connection[GoodsReceipt] = connection("supplier_id", order_by="-id")
    """Its goods receipts (采购入库), newest first."""


Query = lists(GoodsReceipt, GoodsReceiptLine, GoodsReceiptReversal, GoodsReceiptReversalLine)

receive_goods = document_action(operations.receive_goods, GoodsReceipt, PurchaseOrder, StockLevel)
reverse_goods_receipt = document_action(
    operations.reverse_goods_receipt, GoodsReceipt, GoodsReceiptReversal, StockLevel
)

PROBLEMS = (shown_as(LimitError, rules.OverReceipt, limit="outstanding", asked="received", available="outstanding"),)
