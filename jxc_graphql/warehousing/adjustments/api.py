"""What clients see of adjustments, and what they do with them."""

from jxc_graphql.books.goods.api import SHORT_DOCUMENTS, StockLevel, StockMovement
from jxc_graphql.gql.declare import Connection, Node, column, computed, connection, many
from jxc_graphql.kit.numbers import Money, UnitPrice
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, document, document_line
from jxc_graphql.office.documents.several import several
from jxc_graphql.warehousing.adjustments import models, operations, rules


@document_line(models.AdjustmentLine)
class AdjustmentLine(Node):
    """A line of an adjustment (库存调整单行)."""

    serials: list[str] = computed(rules.serials_of, "serials")
    """The number of each piece (序列号), where the SKU is tracked by serial number."""
    unit_cost: UnitPrice | None = column(requires=Permission.SEE_COST)
    """What one unit of a gain costs (单位成本); null where that follows from the goods that are there."""
    value: Money | None = column(requires=Permission.SEE_COST)
    """What these goods were worth when they were posted, losses below 0 (金额)."""


@document(models.Adjustment)
class Adjustment(Document, Node):
    """Adjustment (库存调整单): goods that came or went without being bought, sold, moved or counted."""

    estimated_value: Money | None = column(requires=Permission.SEE_COST)
    """What all that comes and all that goes was worth together when it was handed in or posted (审批金额)."""
    total: Money | None = column(requires=Permission.SEE_COST)
    """The sum of the lines' values, losses below 0 (合计金额); null until it is posted."""
    lines: list[AdjustmentLine] = many("adjustment_id", order_by="line_no")
    """What came and went."""
    movements: Connection[StockMovement] = connection("document_id")
    """What it moved."""


Query = lists(Adjustment, AdjustmentLine)

create_adjustment = document_action(operations.create_adjustment, Adjustment)
create_adjustments = several(create_adjustment, Adjustment)
update_adjustment = document_action(operations.update_adjustment, Adjustment)
post_adjustment = document_action(operations.post_adjustment, Adjustment, StockLevel, SHORT_DOCUMENTS)
approve_adjustment = document_action(operations.approve_adjustment, Adjustment, StockLevel, SHORT_DOCUMENTS)
reject_adjustment = document_action(operations.reject_adjustment, Adjustment)
withdraw_adjustment = document_action(operations.withdraw_adjustment, Adjustment)
cancel_adjustment = document_action(operations.cancel_adjustment, Adjustment)
write_off = document_action(operations.write_off, Adjustment, StockLevel, SHORT_DOCUMENTS, lines="WriteOffLineInput")
