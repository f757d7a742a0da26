"""What clients see of prices before there is an order."""

from datetime import date
from typing import Annotated

from jxc_graphql.gql.declare import Id, column, input_type, query, value
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.partners.api import Customer
from jxc_graphql.masters.taxes.api import TaxCode
from jxc_graphql.masters.warehouses.api import Warehouse
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.lines import NO_DISCOUNT, LineToPrice
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.selling.pricing.api import PriceList, Promotion
from jxc_graphql.selling.pricing.models import PriceOutcome, PriceSource
from jxc_graphql.selling.pricing.queries import Deal
from jxc_graphql.selling.sales import preview


@value(requires=Permission.SEE_SALES, row_of=("line_no", "price_list_id", "promotion_id"))
class PriceRule:
    """A price list or a promotion that might have said something of a line (价格依据)."""

    code: str
    """Its code (编码)."""
    outcome: PriceOutcome
    """What became of it: whether it was used, and else why not."""
    price_list: PriceList | None
    """Which price list; null where it is a promotion."""
    promotion: Promotion | None
    """Which promotion; null where it is a price list."""
    unit_price: UnitPrice
    """What it asks for one unit of the line; 0 where it has no such price, and of a promotion."""
    discount: Money
    """What it takes off the line; 0 of a price list."""


@value(requires=Permission.SEE_SALES, row_of=("line_no",))
class PricePreview:
    """A line as an order would have it (试算价格)."""

    line_no: int
    """Which line, from 1."""
    sku: Sku
    """What."""
    unit: str
    """In which unit (单位)."""
    quantity: Quantity
    """How much, in base units."""
    is_priced: bool
    """Whether it has a price: none was typed, and no price list gives one, where it has not."""
    price_source: PriceSource
    """Where its price is from (价格来源)."""
    list_price: UnitPrice
    """The price that the price list gives (标价); what was typed where none is asked."""
    unit_price: UnitPrice
    """Price of one `unit` (单价)."""
    discount: Money
    """What is taken off it (优惠), that of promotions included."""
    promotion_discount: Money
    """How much of that promotions give (促销优惠)."""
    net: Money
    """What it comes to without tax (不含税金额)."""
    tax: Money
    """Its tax (税额)."""
    gross: Money
    """What is paid for it (价税合计)."""
    below_minimum: Money
    """By how much that is below the least without tax (低于最低售价); 0 where it is not, and in another currency."""
    margin: Money | None = column(requires=Permission.SEE_COST)
    """What is earned (毛利): without tax, less what such goods cost in the warehouse now; null where none is named,
    nothing is known of that, and in another currency than the books'."""
    last_price: UnitPrice | None
    """What the customer was asked last for one `lastUnit` (最近售价); null where it never ordered it."""
    last_unit: str
    """In which unit it was ordered last; empty where it never was."""
    looked_at: list[PriceRule]
    """The price lists in their turn, then the promotions: which gave something, which lost, and why."""


@input_type
class PricePreviewLineInput:
    """What a price is wanted for."""

    sku_id: Id[Sku]
    """What."""
    quantity: Quantity
    """How much, in `unit`; more than 0."""
    unit: str | None = None
    """A unit of the SKU, such as 箱, in which quantity and price are; by default its base unit."""
    unit_price: UnitPrice | None = None
    """A price that would be typed (单价); by default what price lists and promotions give."""
    discount: Money | None = None
    """What would be taken off besides (优惠), in whole fen."""
    tax_code_id: Id[TaxCode] | None = None
    """How it is taxed (税码), by default as the product is."""


@query(list[PricePreview] | None)
async def price_preview(
    call: Call,
    *,
    customer_id: Annotated[Id[Customer], "For whom."],
    lines: Annotated[list[PricePreviewLineInput], "What; 1 to 500 lines."],
    day: Annotated[date | None, "On which day; by default today."] = None,
    warehouse_id: Annotated[
        Id[Warehouse] | None, "Where the goods leave from; without it nothing of a branch holds."
    ] = None,
    currency: Annotated[str | None, "In which currency (币种); by default that of the books."] = None,
    prices_include_tax: Annotated[bool, "Whether unit prices and discounts have the tax in them (含税价)."] = False,
) -> list[preview.PreviewedLine]:
    """What lines would cost a customer, by which price list and which promotions, and why others lose (价格试算)."""
    deal = Deal(customer_id=customer_id, warehouse_id=warehouse_id, day=day or business_date(call), currency=currency)
    asked = [LineToPrice(**vars(one) | {"discount": one.discount or NO_DISCOUNT}) for one in lines]
    return await preview.price_preview(call, deal, asked, prices_include_tax=prices_include_tax)
