"""What clients see of loans, how they lend goods, and what became of them."""

from jxc_graphql.books.goods.api import StockLevel, StockMovement
from jxc_graphql.gql.declare import (
    Connection,
    LimitError,
    Node,
    batched,
    column,
    computed,
    connection,
    many,
    shown_as,
    value,
)
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, document, document_line
from jxc_graphql.office.documents.several import several
from jxc_graphql.selling.sales.api import SalesOrder
from jxc_graphql.selling.shipping.api import Shipment
from jxc_graphql.warehousing.loans import endings, models, operations, queries, rules


def _of_whom(loan: str = "") -> dict[str, str]:
    """Where a loan belongs, by the way that leads to it: its warehouse, and who has the goods."""
    columns = {
        Dimension.WAREHOUSE: "warehouse_id",
        Dimension.CUSTOMER: "customer_id",
        Dimension.SUPPLIER: "supplier_id",
    }
    return {dimension: f"{loan}{column}" for dimension, column in columns.items()}


@value(row_of=("lot_id",))
class LotLent:
    """What the partner has of one lot (借出批次), or of none."""

    lot_number: str | None
    """The number of the lot (批号); null for goods that are kept without lots."""
    quantity: Quantity
    """How much of it."""


@document_line(models.LoanLine, scope=_of_whom())
class LoanLine(Node):
    """A line of a loan (借出单行); quantities are in the SKU's base unit."""

    serials: list[str] = computed(rules.serials_of, "serials")
    """The number of each piece (序列号), where the SKU is tracked by serial number."""
    quantity_out: Quantity = computed(
        rules.quantity_out, "quantity_lent", "quantity_returned", "quantity_sold", "quantity_used", "quantity_lost"
    )
    """How much the partner has (未还数量)."""
    lots_lent: list[LotLent] = batched(queries.lots, "id", beside=True)
    """What the partner has, by lot, first to expire first."""
    serial_numbers_lent: list[str] = batched(queries.serial_numbers, "id", beside=True)
    """The serial numbers (序列号) of the pieces that the partner has."""
    cost: Money = column(requires=Permission.SEE_COST)
    """What the goods cost that were lent (借出成本)."""


@document(models.Loan, scope=_of_whom())
class Loan(Document, Node):
    """Loan (借出单): goods lent to a customer or supplier, who brings them back, buys or loses them."""

    is_overdue: bool = computed(rules.is_overdue, "status", "due_on")
    """Whether goods of it are out after that day (逾期); `where: { status: …, dueOn: { lt: … } }` finds them."""
    cost: Money = column(requires=Permission.SEE_COST)
    """What the goods cost that were lent (借出成本)."""
    lines: list[LoanLine] = many("loan_id", order_by="line_no")
    """What is lent."""
    returns: Connection["LoanReturn"] = connection("loan_id")
    """What came back, return by return."""
    movements: Connection[StockMovement] = connection("document_id")
    """The movements (库存流水) it made itself; returns and shipments have their own."""


@document_line(models.LoanReturnLine, scope=_of_whom("loan."))
class LoanReturnLine(Node):
    """A line of a loan return (归还单行)."""

    value: Money = column(requires=Permission.SEE_COST)
    """What it cost when it left, and costs again."""


@document(models.LoanReturn, scope=_of_whom("loan."))
class LoanReturn(Document, Node):
    """Loan return (借出归还单): goods of a loan came back."""

    lines: list[LoanReturnLine] = many("loan_return_id", order_by="line_no")
    """What came back."""
    total: Money = column(requires=Permission.SEE_COST)
    """What that cost."""


Query = lists(Loan, LoanReturn, LoanLine, LoanReturnLine)

create_loan = document_action(operations.create_loan, Loan)
create_loans = several(create_loan, Loan)
update_loan = document_action(operations.update_loan, Loan)
approve_loan = document_action(operations.approve_loan, Loan, StockLevel)
cancel_loan = document_action(operations.cancel_loan, Loan)
return_loan = document_action(endings.return_loan, Loan, LoanReturn, StockLevel, lines="LoanReturnLineInput")
sell_loan = document_action(endings.sell_loan, Loan, SalesOrder, Shipment, StockLevel, lines="SoldLoanLineInput")
close_loan = document_action(endings.close_loan, Loan, StockLevel)

PROBLEMS = (shown_as(LimitError, rules.MoreThanLent, limit="lent", asked="given", available="lent"),)
