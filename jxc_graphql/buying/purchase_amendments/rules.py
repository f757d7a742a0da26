"""What is allowed in amending purchase orders."""

from jxc_graphql.buying.purchasing.models import PurchaseOrderLine
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.documents.amending import Amendable
from jxc_graphql.office.documents.amendments import ChangedLine
from jxc_graphql.office.documents.lines import LineToPrice


class BelowReceived(Reason, frozen=True, kw_only=True):
    """Less is to be ordered of a line than came of it already."""

    line: int
    """Which line of the order, from 1."""
    least: Quantity
    asked: Quantity


class LineAlreadyReceived(Reason, frozen=True, kw_only=True):
    """The price, tax or discount of a line changes of which something came already."""

    line: int
    """Which line of the order, from 1."""


class ChangedPurchaseLine(ChangedLine, frozen=True, kw_only=True):
    """What is to be otherwise in a line of a purchase order; what is left out stays."""

    purchase_order_line_id: int
    """The line of the order."""

    @property
    def line_id(self) -> int:
        """The line of the order."""
        return self.purchase_order_line_id


class AmendablePurchaseOrder(Amendable, frozen=True):
    """Purchase orders as they are amended."""

    def is_too_little(self, path: Path, *, line: int, least: Quantity, asked: Quantity) -> Reason:
        """That less is to be ordered of a line than came already."""
        return BelowReceived(path=path, line=line, least=least, asked=asked)

    def is_begun(self, path: Path, *, line: int) -> Reason:
        """That the price, tax or discount of a line changes of which something came already."""
        return LineAlreadyReceived(path=path, line=line)


AMENDABLE = AmendablePurchaseOrder(
    line=PurchaseOrderLine, done="quantity_paid_for", asked=LineToPrice, changed=ChangedPurchaseLine
)
