"""What clients see of returns to suppliers, and what they do with them."""

from jxc_graphql.books.goods.api import StockLevel, StockMovement
from jxc_graphql.buying.purchasing.api import PurchaseOrder
from jxc_graphql.buying.receiving.api import GoodsReceipt, GoodsReceiptLine
from jxc_graphql.buying.supplier_returns import models, operations, reversals, rules
from jxc_graphql.gql.declare import Connection, Node, column, computed, connection, extends, many
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.partners.api import Supplier
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, Scope, document, document_line
from jxc_graphql.office.documents.several import several

_SCOPE: Scope = {Dimension.WAREHOUSE: "warehouse_id", Dimension.SUPPLIER: "supplier_id"}


@document_line(models.SupplierReturnLine, scope=_SCOPE)
class SupplierReturnLine(Node):
    """A line of a supplier return (采购退货单行): what of a line of a receipt goes back."""

    serials: list[str] = computed(rules.serials_of, "serials")
    """The number of each piece (序列号), where the SKU is tracked by serial number."""
    value: Money = column(requires=Permission.SEE_COST)
    """What these goods cost when they left (金额); 0 before."""
    net: Money = column(requires=Permission.SEE_COST)
    """Its part of the receipt without tax (不含税金额)."""
    tax: Money = column(requires=Permission.SEE_COST)
    """Its part of the receipt's tax (税额)."""
    gross: Money = column(requires=Permission.SEE_COST)
    """Its part of what is paid for the receipt (价税合计)."""
    base_gross: Money = column(requires=Permission.SEE_COST)
    """The same in the books' currency (本位币价税合计)."""


@document(models.SupplierReturn, scope=_SCOPE)
class SupplierReturn(Document, Node):
    """Supplier return (采购退货): goods of receipts go back to who brought them, for credit or to be replaced."""

    total: Money = column(requires=Permission.SEE_COST)
    """What the goods cost when they left (合计金额); 0 before."""
    net: Money = column(requires=Permission.SEE_COST)
    """What they came to without tax (不含税金额)."""
    tax: Money = column(requires=Permission.SEE_COST)
    """The tax of that (税额)."""
    gross: Money = column(requires=Permission.SEE_COST)
    """What is paid for them (价税合计), and given back for credit."""
    base_gross: Money = column(requires=Permission.SEE_COST)
    """The same in the books' currency (本位币价税合计)."""
    reversed_by: list["SupplierReturnReversal"] = many("supplier_return_id")
    """What takes it back (冲销单据), nothing or one: `where: { status: REVERSED }` finds those that are taken back."""
    lines: list[SupplierReturnLine] = many("supplier_return_id", order_by="line_no")
    """What goes back."""
    movements: Connection[StockMovement] = connection("document_id")
    """What it moved (库存流水)."""


@document_line(models.SupplierReturnReversalLine, scope=_SCOPE)
class SupplierReturnReversalLine(Node):
    """A line of a supplier return reversal (采购退货冲销单行): what of one line of the return is here again."""

    value: Money = column(requires=Permission.SEE_COST)
    """What these goods cost when they left (金额), and cost again."""
    net: Money = column(requires=Permission.SEE_COST)
    """Its part of the receipt without tax (不含税金额)."""
    tax: Money = column(requires=Permission.SEE_COST)
    """Its part of the receipt's tax (税额)."""
    gross: Money = column(requires=Permission.SEE_COST)
    """Its part of what is paid for the receipt (价税合计)."""
    base_gross: Money = column(requires=Permission.SEE_COST)
    """The same in the books' currency (本位币价税合计)."""
    movements: Connection[StockMovement] = connection("line_id")
    """What it moved (库存流水): from the supplier to where the goods had lain."""


@document(models.SupplierReturnReversal, scope=_SCOPE)
class SupplierReturnReversal(Document, Node):
    """Supplier return reversal (采购退货冲销): a return was taken back, and its goods are here again."""

    total: Money = column(requires=Permission.SEE_COST)
    """What the goods cost when they left (合计金额), and cost again."""
    net: Money = column(requires=Permission.SEE_COST)
    """What they come to without tax (不含税金额)."""
    tax: Money = column(requires=Permission.SEE_COST)
    """The tax of that (税额)."""
    gross: Money = column(requires=Permission.SEE_COST)
    """What is paid for them (价税合计): after a return for credit it is owed again."""
    base_gross: Money = column(requires=Permission.SEE_COST)
    """The same in the books' currency (本位币价税合计)."""
    lines: list[SupplierReturnReversalLine] = many("supplier_return_reversal_id", order_by="line_no")
    """What is here again."""


@extends(Supplier)
class ReturnsToSupplier:
    """What went back to a supplier."""

    supplier_returns: Connection[SupplierReturn] = connection("supplier_id", order_by="-id")
    """Its returns (采购退货), newest first."""


@extends(GoodsReceipt)
class ReturnsOfReceipt:
    """What of a receipt goes back."""

    returns: Connection[SupplierReturnLine] = connection("goods_receipt_id")
    """What of it goes back (退货行), drafts included."""


@extends(GoodsReceiptLine)
class ReturnsOfReceiptLine:
    """What of a line of a receipt goes back."""

    returns: Connection[SupplierReturnLine] = connection("goods_receipt_line_id")
    """What of it goes back (退货行), drafts included."""


Query = lists(SupplierReturn, SupplierReturnLine, SupplierReturnReversal, SupplierReturnReversalLine)

create_supplier_return = document_action(operations.create_supplier_return, SupplierReturn)
create_supplier_returns = several(create_supplier_return, SupplierReturn)
update_supplier_return = document_action(operations.update_supplier_return, SupplierReturn)
submit_supplier_return = document_action(operations.submit_supplier_return, SupplierReturn)
approve_supplier_return = document_action(operations.approve_supplier_return, SupplierReturn)
reject_supplier_return = document_action(operations.reject_supplier_return, SupplierReturn)
withdraw_supplier_return = document_action(operations.withdraw_supplier_return, SupplierReturn)
unapprove_supplier_return = document_action(operations.unapprove_supplier_return, SupplierReturn)
cancel_supplier_return = document_action(operations.cancel_supplier_return, SupplierReturn)
post_supplier_return = document_action(
    operations.post_supplier_return, SupplierReturn, GoodsReceipt, PurchaseOrder, StockLevel
)
reverse_supplier_return = document_action(
    reversals.reverse_supplier_return, SupplierReturn, SupplierReturnReversal, GoodsReceipt, PurchaseOrder, StockLevel
)
