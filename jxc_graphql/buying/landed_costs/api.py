"""What clients see of landed costs, and how they charge them."""

from jxc_graphql.books.goods.api import StockLevel, StockRevaluation
from jxc_graphql.buying.landed_costs import models, operations
from jxc_graphql.buying.receiving.api import GoodsReceipt, GoodsReceiptLine
from jxc_graphql.gql.declare import Connection, Node, column, connection, extends, many
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, Scope, document, document_line

_SCOPE: Scope = {Dimension.WAREHOUSE: "warehouse_id", Dimension.SUPPLIER: "supplier_id"}


@document_line(models.LandedCostLine, scope=_SCOPE)
class LandedCostLine(Node):
    """A line of a landed cost (采购费用单行): what falls to one line of a receipt."""

    share: Money = column(requires=Permission.SEE_COST)
    """What falls to it (分摊金额), in the books' currency."""
    value: Money = column(requires=Permission.SEE_COST)
    """What of that the goods bear that were left (库存承担), wherever they were."""
    sold_value: Money = column(requires=Permission.SEE_COST)
    """What of that those bear that were gone (已销承担): the cost of what was sold."""


@document(models.LandedCost, scope=_SCOPE)
class LandedCost(Document, Node):
    """Landed cost (采购费用单): what it took to have the goods of receipts here, such as freight and duty."""

    net: Money = column(requires=Permission.SEE_COST)
    """What it comes to without tax (不含税金额), which is shared."""
    tax: Money = column(requires=Permission.SEE_COST)
    """The tax of that (税额)."""
    gross: Money = column(requires=Permission.SEE_COST)
    """What is paid for it (价税合计)."""
    base_gross: Money = column(requires=Permission.SEE_COST)
    """The same in the books' currency (本位币价税合计)."""
    value: Money = column(requires=Permission.SEE_COST)
    """What of it the goods bear that were left (库存承担)."""
    sold_value: Money = column(requires=Permission.SEE_COST)
    """What of it those bear that were gone (已销承担)."""
    reversed_by: list["LandedCostReversal"] = many("landed_cost_id")
    """What takes it back (冲销单据), nothing or one."""
    lines: list[LandedCostLine] = many("landed_cost_id", order_by="line_no")
    """What falls to which goods."""
    changes: Connection[StockRevaluation] = connection("document_id")
    """What it changed in the book of goods."""


@document_line(models.LandedCostReversalLine, scope=_SCOPE)
class LandedCostReversalLine(Node):
    """A line of a landed cost reversal (采购费用冲销单行): what of the cost of one line of a receipt is taken back."""

    share: Money = column(requires=Permission.SEE_COST)
    """What had fallen to it (分摊金额), in the books' currency."""
    value: Money = column(requires=Permission.SEE_COST)
    """By how much the goods cost more that were left (库存承担): below zero."""
    sold_value: Money = column(requires=Permission.SEE_COST)
    """By how much those cost more that were gone (已销承担): below zero."""


@document(models.LandedCostReversal, scope=_SCOPE)
class LandedCostReversal(Document, Node):
    """Landed cost reversal (采购费用冲销): a landed cost was taken back."""

    net: Money = column(requires=Permission.SEE_COST)
    """What it came to without tax (不含税金额)."""
    tax: Money = column(requires=Permission.SEE_COST)
    """The tax of that (税额)."""
    gross: Money = column(requires=Permission.SEE_COST)
    """What was to be paid for it (价税合计)."""
    base_gross: Money = column(requires=Permission.SEE_COST)
    """The same in the books' currency (本位币价税合计)."""
    value: Money = column(requires=Permission.SEE_COST)
    """By how much the goods cost more that were left (库存承担): below zero."""
    sold_value: Money = column(requires=Permission.SEE_COST)
    """By how much those cost more that were gone (已销承担): below zero."""
    lines: list[LandedCostReversalLine] = many("landed_cost_reversal_id", order_by="line_no")
    """What is taken back."""


@extends(GoodsReceipt)
class CostsOfReceipt:
    """What it took to have the goods of a receipt here."""

    landed_costs: Connection[LandedCostLine] = connection("goods_receipt_id")
    """What was charged on its lines (采购费用), also what was taken back."""


@extends(GoodsReceiptLine)
class CostsOfReceiptLine:
    """What it took to have the goods of a line here."""

    landed_costs: Connection[LandedCostLine] = connection("goods_receipt_line_id")
    """What was charged on it (采购费用), also what was taken back."""


Query = lists(LandedCost, LandedCostLine, LandedCostReversal, LandedCostReversalLine)

land_costs = document_action(operations.land_costs, LandedCost, GoodsReceipt, StockLevel)
reverse_landed_cost = document_action(operations.reverse_landed_cost, LandedCost, LandedCostReversal, StockLevel)
