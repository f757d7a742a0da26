"""What clients see of price lists, promotions and minimum prices, and how they keep them."""

from datetime import date

from jxc_graphql.gql.declare import Connection, Node, Versioned, connection, entity, extends
from jxc_graphql.kit.numbers import Money, Quantity, Ratio, UnitPrice
from jxc_graphql.masters.catalog.api import Sku, SkuUnit
from jxc_graphql.masters.categories.api import Category
from jxc_graphql.masters.customer_levels.api import CustomerLevel
from jxc_graphql.masters.partners.api import Customer
from jxc_graphql.masters.warehouses.api import Branch
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import delete_action, document_action
from jxc_graphql.selling.pricing import models, operations
from jxc_graphql.selling.pricing.models import PromotionKind, PromotionStep


@entity(
    models.PriceList,
    requires=Permission.SEE_SALES,
    scope={Dimension.CUSTOMER: "customer_id"},
    search="search_text",
    texts=("code", "name"),
    goes_on=True,
    aside=True,
)
class PriceList(Node, Versioned):
    """A price list (价目表): what goods are sold for to one customer, to a level, from a branch, or to everybody."""

    code: str
    """Code (编码), unique."""
    name: str
    """Name (名称)."""
    currency: str
    """In which currency it is (币种), as ISO 4217 has it."""
    prices_include_tax: bool
    """Whether its prices have the tax in them (含税); it is for orders whose prices have it too."""
    customer: Customer | None
    """For which customer alone; null: not for one alone."""
    level: CustomerLevel | None
    """For customers of which level alone (客户等级); null: of any."""
    branch: Branch | None
    """For what leaves from which branch alone (门店); null: from any."""
    priority: int
    """Which of several lists of the same kind comes first (优先级): the larger."""
    starts_on: date
    """The first day on which it holds (生效日期)."""
    ends_on: date | None
    """The last day on which it holds (失效日期); null: it has no end."""
    is_active: bool
    """Whether it holds at all (启用)."""
    prices: "Connection[ListPrice]" = connection("price_list_id")
    """What it asks for which SKU (价目)."""


@entity(models.ListPrice, requires=Permission.SEE_SALES, scope={Dimension.CUSTOMER: "price_list.customer_id"})
class ListPrice(Node, Versioned):
    """What a price list asks for a SKU (价目)."""

    price_list: PriceList
    """Which list."""
    sku: Sku
    """For what."""
    from_quantity: Quantity
    """From how many base units of it in an order on (起始数量)."""
    unit: SkuUnit | None
    """Of which other unit that is the price; null: of the base unit."""
    unit_price: UnitPrice
    """Price of one such unit (单价)."""


@entity(models.Promotion, requires=Permission.SEE_SALES, search="search_text", texts=("code", "name"), goes_on=True)
class Promotion(Node, Versioned):
    """A promotion (促销): what is taken off prices that a price list gives."""

    code: str
    """Code (编码), unique."""
    name: str
    """Name (名称)."""
    step: PromotionStep
    """Of what it takes something off."""
    kind: PromotionKind
    """How much it takes off."""
    combines: bool
    """Whether it is given together with others of its step that say so too (可叠加); else alone, if it is the best."""
    percent: Ratio
    """The share that is taken off (折扣率); 0 where it is an amount or free goods."""
    amount: Money
    """What is taken off (立减), of a line for each base unit, of a document once; 0 where it is no amount."""
    minimum_quantity: Quantity
    """From how many base units of a SKU on (起订数量)."""
    minimum_amount: Money
    """From what amount on (满额), before any promotion of its step."""
    buy_quantity: Quantity
    """Of how many that are bought (买), in base units of a SKU; 0 where nothing is free."""
    free_quantity: Quantity
    """How many more are free (赠); 0 where nothing is."""
    sku: Sku | None
    """For which SKU alone; null: for any."""
    category: Category | None
    """For goods of which category alone, and of those below it (分类); null: of any."""
    currency: str
    """In which currency its amounts are (币种), as ISO 4217 has it."""
    prices_include_tax: bool
    """Whether its amounts have the tax in them (含税); those are for orders whose prices have it too."""
    level: CustomerLevel | None
    """For customers of which level alone (客户等级); null: of any."""
    branch: Branch | None
    """For what leaves from which branch alone (门店); null: from any."""
    priority: int
    """Which of several that are as good comes first (优先级): the larger."""
    starts_on: date
    """The first day on which it holds (生效日期)."""
    ends_on: date | None
    """The last day on which it holds (失效日期); null: it has no end."""
    is_active: bool
    """Whether it holds at all (启用)."""


@entity(models.MinimumPrice, requires=Permission.SEE_SALES)
class MinimumPrice(Node, Versioned):
    """The least that a SKU is to be sold for (最低售价): approval policies decide by it (BELOW_MINIMUM)."""

    sku: Sku
    """What."""
    net_price: UnitPrice
    """For one base unit without tax and after all discounts, in the books' currency; 0: no least."""


@extends(Sku)
class PricesOfSku:
    """What a SKU is sold for."""

    list_prices: Connection[ListPrice] = connection("sku_id", requires=Permission.SEE_SALES)
    """What price lists ask for it (价目)."""


@extends(Customer)
class PricesOfCustomer:
    """What a customer is sold goods for."""

    price_lists: Connection[PriceList] = connection("customer_id", requires=Permission.SEE_SALES)
    """The price lists that are its own (客户价目表)."""


class Query:
    price_lists: Connection[PriceList] = connection(order_by="code")
    """Price lists (价目表) by code."""
    list_prices: Connection[ListPrice] = connection()
    """What price lists ask for SKUs (价目)."""
    promotions: Connection[Promotion] = connection(order_by="code")
    """Promotions (促销) by code."""
    minimum_prices: Connection[MinimumPrice] = connection()
    """For how much SKUs are to be sold at least (最低售价)."""


create_price_list = document_action(
    operations.create_price_list, PriceList, level_id=CustomerLevel, customer_id=Customer, branch_id=Branch
)
update_price_list = document_action(operations.update_price_list, PriceList)
delete_price_list = delete_action(operations.delete_price_list, PriceList)
set_list_prices = document_action(operations.set_list_prices, PriceList, ListPrice, prices="ListPriceInput")
remove_list_prices = document_action(operations.remove_list_prices, PriceList)
create_promotion = document_action(
    operations.create_promotion, Promotion, level_id=CustomerLevel, branch_id=Branch, sku_id=Sku, category_id=Category
)
update_promotion = document_action(operations.update_promotion, Promotion)
set_minimum_prices = document_action(operations.set_minimum_prices, MinimumPrice, prices="MinimumPriceInput")
