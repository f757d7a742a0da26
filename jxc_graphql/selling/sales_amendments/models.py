"""Tables of what is to be otherwise in sales orders."""

from collections.abc import Mapping
from typing import ClassVar

from tortoise import fields

from jxc_graphql.kit.numbers import Money, MoneyField
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.amendments import NAMED, Amendment, AmendmentLine, life
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, DocumentLine, Registered
from jxc_graphql.office.documents.named import DocumentFact, Sql, amounts
from jxc_graphql.selling.sales.models import APPROVE_SALES_ORDERS, EDIT_SALES_ORDERS, SalesOrder
from jxc_graphql.selling.sales.named import exceeded, overdue_days

STATES = life(EDIT_SALES_ORDERS, APPROVE_SALES_ORDERS)


class SalesAmendment(DocumentHeader, Amendment):
    """Sales amendment (销售订单变更): what is to be otherwise in a sales order that is binding."""

    series = "SA"
    seen_by = Permission.SEE_SALES
    states = STATES
    registered = Registered(customer_id="customer_id", amount="gross_after")
    named: ClassVar[Mapping[DocumentFact, Sql]] = {
        **NAMED,
        **amounts(
            DISCOUNT="discount_after",
            MARGIN="margin_after",
            BELOW_MINIMUM="below_minimum",
            CREDIT_EXCEEDED=exceeded("sales_amendment.customer_id", "sales_amendment.gross_after - gross_before"),
            OVERDUE_DAYS=overdue_days("sales_amendment.customer_id"),
        ),
    }
    amends = SalesOrder

    sales_order = fields.ForeignKeyField("models.SalesOrder", related_name=False, on_delete=fields.RESTRICT)
    """The order that it changes."""
    sales_order_id: int
    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT)
    """Who asked."""
    customer_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where the goods leave from."""
    warehouse_id: int
    # What policies decide by of the order as it is to be, in the books' currency; `Bargain` says what they are.
    discount_after = MoneyField(default=Money(0))
    margin_after = MoneyField(default=Money(0))
    below_minimum = MoneyField(default=Money(0))

    class Meta:
        indexes = (
            *OF_DOCUMENTS,
            ("warehouse", "id"),
            ("customer", "id"),
            ("sales_order", "id"),
            ("gross_after", "id"),
        )


class SalesAmendmentLine(DocumentLine, AmendmentLine):
    """What becomes of a line of the order."""

    sales_amendment = fields.ForeignKeyField("models.SalesAmendment", related_name=False, on_delete=fields.RESTRICT)
    """The amendment it stands in."""
    sales_amendment_id: int
    sales_order_line = fields.ForeignKeyField(
        "models.SalesOrderLine", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    """The line of the order; null where it is new, or the order, once a draft again, has it no more."""
    sales_order_line_id: int | None

    class Meta:
        indexes = (("sales_order_line", "id"), ("sku", "id"))
