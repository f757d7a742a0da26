"""What clients see of revaluations, and what they do with them."""

from jxc_graphql.books.goods.api import StockLevel, StockRevaluation
from jxc_graphql.gql.declare import Connection, Node, connection, many
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, document, document_line
from jxc_graphql.office.documents.several import several
from jxc_graphql.warehousing.revaluations import models, operations


@document_line(models.RevaluationLine)
class RevaluationLine(Node):
    """A line of a revaluation (成本调整单行): a new unit cost, or a change of value, for a SKU in the warehouse."""


@document(models.Revaluation)
class Revaluation(Document, Node):
    """Revaluation (成本调整单): what goods on hand cost was corrected, without any moving; the note says why."""

    lines: list[RevaluationLine] = many("revaluation_id", order_by="line_no")
    """Which goods, and how."""
    changes: Connection[StockRevaluation] = connection("document_id")
    """What it changed in the book of goods."""


Query = lists(Revaluation, RevaluationLine)

create_revaluation = document_action(operations.create_revaluation, Revaluation)
create_revaluations = several(create_revaluation, Revaluation)
update_revaluation = document_action(operations.update_revaluation, Revaluation)
post_revaluation = document_action(operations.post_revaluation, Revaluation, StockLevel)
approve_revaluation = document_action(operations.approve_revaluation, Revaluation, StockLevel)
reject_revaluation = document_action(operations.reject_revaluation, Revaluation)
withdraw_revaluation = document_action(operations.withdraw_revaluation, Revaluation)
cancel_revaluation = document_action(operations.cancel_revaluation, Revaluation)
