"""What clients see of opening balances, and how they open the books."""

from jxc_graphql.books.goods.api import StockLevel, StockMovement
from jxc_graphql.gql.declare import Connection, Node, PeriodError, column, connection, many, shown_as
from jxc_graphql.kit.numbers import Money, UnitPrice
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, document, document_line
from jxc_graphql.office.documents.several import several
from jxc_graphql.warehousing.openings import models, operations, rules


@document_line(models.OpeningBalanceLine)
class OpeningBalanceLine(Node):
    """A line of an opening balance (期初单行)."""

    unit_cost: UnitPrice = column(requires=Permission.SEE_COST)
    """What one unit had cost (单位成本)."""
    value: Money = column(requires=Permission.SEE_COST)
    """What these goods had cost (金额)."""


@document(models.OpeningBalance)
class OpeningBalance(Document, Node):
    """An opening balance (期初库存): what a warehouse had on the day the books start."""

    total: Money = column(requires=Permission.SEE_COST)
    """What all of it had cost (合计金额)."""
    lines: list[OpeningBalanceLine] = many("opening_balance_id", order_by="line_no")
    """What there was."""
    movements: Connection[StockMovement] = connection("document_id")
    """What it moved."""


Query = lists(OpeningBalance, OpeningBalanceLine)

post_opening_balance = document_action(
    operations.post_opening_balance, OpeningBalance, StockLevel, lines="OpeningBalanceLineInput"
)
post_opening_balances = several(post_opening_balance, OpeningBalance)

PROBLEMS = (shown_as(PeriodError, rules.OriginAfterOpening, to="business_date"),)
