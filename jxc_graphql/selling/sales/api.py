"""What clients see of sales orders, and what they do with them."""

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    batched,
    column,
    computed,
    connection,
    extends,
    many,
    shown_as,
    user_error,
    value,
)
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.partners.api import Customer
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, Scope, document, document_line
from jxc_graphql.office.documents.several import several
from jxc_graphql.selling.credit.models import SEE_CREDIT
from jxc_graphql.selling.pricing import rules as pricing
from jxc_graphql.selling.pricing.api import PriceList, Promotion
from jxc_graphql.selling.pricing.models import PriceSource
from jxc_graphql.selling.sales import exposure as trust
from jxc_graphql.selling.sales import models, operations, queries, rules

_PROGRESS = ("quantity", "quantity_shipped", "quantity_cancelled")


_SCOPE: Scope = {Dimension.WAREHOUSE: "warehouse_id", Dimension.CUSTOMER: "customer_id"}


@value(row_of=("sales_order_line_id", "promotion_id"))
class LinePromotion:
    """What a promotion gave a line (促销优惠)."""

    promotion_id: Id[Promotion]
    """Which promotion."""
    discount: Money
    """How much of it falls to the line."""


@document_line(models.SalesOrderLine, scope=_SCOPE)
class SalesOrderLine(Node):
    """A line of a sales order (销售订单行); quantities are in the SKU's base unit."""

    quantity_reserved: Quantity = batched(queries.reserved, "id", beside=True)
    """How much is kept for it in the warehouse (预留)."""
    quantity_outstanding: Quantity = computed(rules.quantity_outstanding, *_PROGRESS)
    """How much is still to leave (未发)."""
    status: models.SalesOrderLineStatus = computed(rules.line_status, *_PROGRESS)
    """How far the line has come."""
    price_source: PriceSource = computed(pricing.price_source, "price_list_id", "list_price", "unit_price")
    """Where its price is from (价格来源)."""
    promotions: list[LinePromotion] = batched(queries.promotions_of_lines, "id", "given_promotions")
    """The promotions of which its discount is, as they were when it was priced."""


@document(models.SalesOrder, scope=_SCOPE)
class SalesOrder(Document, Node):
    """Sales order (销售订单): what a customer asked us to deliver, and at which price."""

    gross: Money = column("total")
    """What is paid for it (价税合计): net and tax together."""
    lines: list[SalesOrderLine] = many("sales_order_id", order_by="line_no")
    """What was ordered."""


@value(requires=SEE_CREDIT)
class CustomerExposure:
    """How much a customer is trusted with (信用占用): `orders` and `receivable` less `credits`."""

    exposure: Money
    """All of it together (信用占用)."""
    orders: Money
    """What approved orders still ship, as it is paid for (未发金额)."""
    receivable: Money
    """What he owes and has not paid (应收)."""
    credits: Money
    """What he paid ahead or was credited, and was not set off (预收)."""


@extends(Customer)
class OrdersOfCustomer:
    """What a customer ordered."""

    sales_orders: Connection[SalesOrder] = connection("customer_id", order_by="-id")
    """Its sales orders (销售订单), newest first."""
    exposure: CustomerExposure | None = batched(trust.exposures_seen, "id", requires=SEE_CREDIT)
    """How much it is trusted with now (信用占用); null for who does not see all warehouses, whose orders are in it."""


Query = lists(SalesOrder, SalesOrderLine)

create_sales_order = document_action(operations.create_sales_order, SalesOrder, seller_id=User)
create_sales_orders = several(create_sales_order, SalesOrder)
update_sales_order = document_action(operations.update_sales_order, SalesOrder, seller_id=User)
submit_sales_order = document_action(operations.submit_sales_order, SalesOrder)
approve_sales_order = document_action(operations.approve_sales_order, SalesOrder, StockLevel)
reject_sales_order = document_action(operations.reject_sales_order, SalesOrder)
withdraw_sales_order = document_action(operations.withdraw_sales_order, SalesOrder)
unapprove_sales_order = document_action(operations.unapprove_sales_order, SalesOrder, StockLevel)
close_sales_order = document_action(operations.close_sales_order, SalesOrder, StockLevel)
cancel_sales_order = document_action(operations.cancel_sales_order, SalesOrder, StockLevel)


@user_error()
class SalesPriceError:
    """No price is given, and no price list gives one."""

    sku: Sku | None
    """Of what; null where the viewer sees no such SKU."""
    customer: Customer | None
    """For whom it was looked for; null where the viewer sees no such customer."""
    unit: str
    """In which unit it was looked for."""
    price_list: PriceList | None
    """The list that comes first of those that have the SKU; null where none has it."""


PROBLEMS = tuple(shown_as(SalesPriceError, one) for one in (pricing.SalesPriceMissing, pricing.SalesPriceDoesNotHold))
