"""What clients see of quotes, and what they do with them."""

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.gql.declare import (
    Connection,
    LimitError,
    Node,
    PeriodError,
    batched,
    column,
    computed,
    connection,
    extends,
    many,
    shown_as,
)
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.partners.api import Customer
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, Scope, document, document_line
from jxc_graphql.office.documents.several import several
from jxc_graphql.selling.pricing import rules as pricing
from jxc_graphql.selling.pricing.models import PriceSource
from jxc_graphql.selling.quotes import models, operations, rules
from jxc_graphql.selling.sales import queries as sales
from jxc_graphql.selling.sales.api import SalesOrder

_SCOPE: Scope = {Dimension.WAREHOUSE: "warehouse_id", Dimension.CUSTOMER: "customer_id"}


@document_line(models.QuoteLine, scope=_SCOPE)
class QuoteLine(Node):
    """A line of a quote (报价单行); quantities are in the SKU's base unit."""

    quantity_reserved: Quantity = batched(sales.reserved, "id", beside=True)
    """How much is kept for it in the warehouse (预留)."""
    price_source: PriceSource = computed(pricing.price_source, "price_list_id", "list_price", "unit_price")
    """Where its price is from (价格来源)."""


@document(models.Quote, scope=_SCOPE)
class Quote(Document, Node):
    """Quote (报价单): what goods would cost a customer, and through which day they are kept for him."""

    gross: Money = column("total")
    """What would be paid for it (价税合计): net and tax together."""
    lines: list[QuoteLine] = many("quote_id", order_by="line_no")
    """What was quoted."""


@extends(Customer)
class QuotesOfCustomer:
    """What was quoted to a customer."""

    quotes: Connection[Quote] = connection("customer_id", order_by="-id")
    """Its quotes (报价单), newest first."""


Query = lists(Quote, QuoteLine)

create_quote = document_action(operations.create_quote, Quote, seller_id=User)
create_quotes = several(create_quote, Quote)
update_quote = document_action(operations.update_quote, Quote, seller_id=User)
submit_quote = document_action(operations.submit_quote, Quote)
approve_quote = document_action(operations.approve_quote, Quote, StockLevel)
reject_quote = document_action(operations.reject_quote, Quote)
withdraw_quote = document_action(operations.withdraw_quote, Quote)
cancel_quote = document_action(operations.cancel_quote, Quote, StockLevel)
lose_quote = document_action(operations.lose_quote, Quote, StockLevel)
expire_quote = document_action(operations.expire_quote, Quote)
revise_quote = document_action(operations.revise_quote, Quote, StockLevel)
order_quote = document_action(operations.order_quote, Quote, SalesOrder, StockLevel, lines="QuotedPartInput")

PROBLEMS = (
    shown_as(LimitError, rules.MoreThanQuoted, limit="left", asked="asked", available="left"),
    shown_as(PeriodError, rules.QuoteOver, to="valid_through"),
    shown_as(PeriodError, rules.NotAhead, from_="starts_on", to="ends_on"),
)
