"""What clients see of revaluations, and what they do with them."""

from jxc_graphql.books.goods.api import StockLevel, StockRevaluation
from jxc_graphql.gql.declare import (
    Connection,
    Node,
    by_id,
    connection,
    entity,
    many,
    user_error,
)
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.warehouses.api import Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import Document
from jxc_graphql.warehousing.revaluations import models, operations, rules


@entity(models.RevaluationLine, requires=Permission.SEE_COST, scope={Dimension.WAREHOUSE: "revaluation.warehouse_id"})
class RevaluationLine(Node):
    """A line of a revaluation (成本调整单行): a new unit cost, or a change of value, for a SKU in the warehouse."""

    line_no: int
    """Position in the document, from 1."""
    sku: Sku
    """Whose goods."""
    unit_cost: UnitPrice | None
    """What one unit is to cost (单位成本), if that was said."""
    value_change: Money | None
    """By how much more, or below 0 less, all of them are to cost (金额调整), if that was said."""
    quantity: Quantity | None
    """How much was on hand when it was posted."""
    value_before: Money | None
    """What that cost before."""
    value: Money | None
    """By how much that changed."""


@entity(models.Revaluation, requires=Permission.SEE_COST, scope={Dimension.WAREHOUSE: "warehouse_id"})
class Revaluation(Document, Node):
    """Revaluation (成本调整单): what goods on hand cost was corrected, without any moving; the note says why."""

    warehouse: Warehouse
    """Where the goods are."""
    estimated_value: Money | None
    """By how much values changed when it was handed in or posted, up and down alike (审批金额)."""
    total: Money | None
    """The sum of what its lines changed (合计金额); null until it is posted."""
    lines: list[RevaluationLine] = many("revaluation_id", order_by="line_no")
    """Which goods, and how."""
    changes: Connection[StockRevaluation] = connection("document_id")
    """What it changed in the book of goods."""


class Query:
    """Revaluations."""

    revaluations: Connection[Revaluation] = connection(order_by="-id")
    """Revaluations (成本调整单), newest first."""
    revaluation: Revaluation | None = by_id()
    """One revaluation."""


create_revaluation = document_action(operations.create_revaluation, Revaluation, lines="RevaluationLineInput")
update_revaluation = document_action(operations.update_revaluation, Revaluation, lines="RevaluationLineInput")
post_revaluation = document_action(operations.post_revaluation, Revaluation, StockLevel)
approve_revaluation = document_action(operations.approve_revaluation, Revaluation, StockLevel)
reject_revaluation = document_action(operations.reject_revaluation, Revaluation)
cancel_revaluation = document_action(operations.cancel_revaluation, Revaluation)


@user_error(rules.RevaluedTwice)
class RevaluedTwiceError:
    """The SKU stands in the document already."""

    first: int
    """At which position, from 1."""
