"""What is allowed in amending sales orders."""

from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.documents.amending import Amendable
from jxc_graphql.office.documents.amendments import ChangedLine
from jxc_graphql.office.documents.lines import LineToPrice
from jxc_graphql.selling.sales.models import SalesOrderLine


class BelowShipped(Reason, frozen=True, kw_only=True):
    """Less is to be ordered of a line than left of it already."""

    line: int
    """Which line of the order, from 1."""
    least: Quantity
    asked: Quantity


class LineAlreadyShipped(Reason, frozen=True, kw_only=True):
    """The price, tax or discount of a line changes of which something left already."""

    line: int
    """Which line of the order, from 1."""


class ChangedSalesLine(ChangedLine, frozen=True, kw_only=True):
    """What is to be otherwise in a line of a sales order; what is left out stays."""

    sales_order_line_id: int
    """The line of the order."""

    @property
    def line_id(self) -> int:
        """The line of the order."""
        return self.sales_order_line_id


class AmendableSalesOrder(Amendable, frozen=True):
    """Sales orders as they are amended."""

    def is_too_little(self, path: Path, *, line: int, least: Quantity, asked: Quantity) -> Reason:
        """That less is to be ordered of a line than left already."""
        return BelowShipped(path=path, line=line, least=least, asked=asked)

    def is_begun(self, path: Path, *, line: int) -> Reason:
        """That the price, tax or discount of a line changes of which something left already."""
        return LineAlreadyShipped(path=path, line=line)


AMENDABLE = AmendableSalesOrder(
    line=SalesOrderLine, done="quantity_shipped", asked=LineToPrice, changed=ChangedSalesLine
)
