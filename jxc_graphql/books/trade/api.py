"""What clients see of what was traded with whom, by day and by month."""

from jxc_graphql.books.trade import models, rules
from jxc_graphql.gql.declare import Connection, Node, column, computed, connection, entity, extends, interface
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.partners.api import Customer, Supplier
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.api import Scope

_OF_SUPPLIERS: Scope = {Dimension.WAREHOUSE: "stock_level.warehouse_id", Dimension.SUPPLIER: "supplier_id"}
_OF_CUSTOMERS: Scope = {Dimension.WAREHOUSE: "stock_level.warehouse_id", Dimension.CUSTOMER: "customer_id"}
_MARGIN = ("sold_net", "returned_net", "sold_value", "returned_value")


@interface
class BoughtGoods:
    """What was bought of a supplier (采购), without tax; what it is worth in stock is told of the level."""

    received_net: Money = column(requires=Permission.SEE_COST)
    """What is paid for what came (采购金额)."""
    returned_net: Money = column(requires=Permission.SEE_COST)
    """What is given back for what went back (退货金额)."""
    spent: Money = computed(rules.less_returned, "received_net", "returned_net", requires=Permission.SEE_COST)
    """What was spent: what is paid for what came, less what is given back (采购净额)."""


@interface
class SoldGoods:
    """What was sold to a customer by a seller (销售), without tax."""

    sold_value: Money = column(requires=Permission.SEE_COST)
    """What the goods cost that went to the customer (销售成本)."""
    returned_value: Money = column(requires=Permission.SEE_COST)
    """What the goods cost that came back (销售退货成本)."""
    revenue: Money = computed(rules.less_returned, "sold_net", "returned_net")
    """What was earned: what was sold, less what was given back (销售净额)."""
    margin: Money = computed(rules.margin, *_MARGIN, requires=Permission.SEE_COST)
    """Revenue less what the goods cost (毛利); what they cost more afterwards is in `StockMonth.soldRevalued` only."""


@entity(models.SupplierDay, requires=Permission.SEE_PURCHASING, scope=_OF_SUPPLIERS, described=True)
class SupplierDay(BoughtGoods, Node):
    """What was bought of a supplier for a stock level on a day (采购日报)."""


@entity(models.SupplierMonth, requires=Permission.SEE_PURCHASING, scope=_OF_SUPPLIERS, described=True)
class SupplierMonth(BoughtGoods, Node):
    """What was bought of a supplier for a stock level in a month (采购月报)."""


@entity(models.CustomerDay, requires=Permission.SEE_SALES, scope=_OF_CUSTOMERS, described=True)
class CustomerDay(SoldGoods, Node):
    """What a seller sold to a customer out of a stock level on a day (销售日报)."""


@entity(models.CustomerMonth, requires=Permission.SEE_SALES, scope=_OF_CUSTOMERS, described=True)
class CustomerMonth(SoldGoods, Node):
    """What a seller sold to a customer out of a stock level in a month (销售月报)."""


@extends(Supplier)
class TradeOfSupplier:
    """What was bought of a supplier."""

    days: Connection[SupplierDay] = connection("supplier_id", order_by="-business_date")
    """By day (采购日报), the newest first."""
    months: Connection[SupplierMonth] = connection("supplier_id", order_by="-month")
    """By month (采购月报), the newest first."""


@extends(Customer)
class TradeOfCustomer:
    """What was sold to a customer."""

    days: Connection[CustomerDay] = connection("customer_id", order_by="-business_date")
    """By day (销售日报), the newest first."""
    months: Connection[CustomerMonth] = connection("customer_id", order_by="-month")
    """By month (销售月报), the newest first."""


class Query:
    supplier_days: Connection[SupplierDay] = connection(order_by="-business_date")
    """What was bought of whom by day (采购日报), the newest first."""
    supplier_months: Connection[SupplierMonth] = connection(order_by="-month")
    """What was bought of whom by month (采购月报), the newest first."""
    customer_days: Connection[CustomerDay] = connection(order_by="-business_date")
    """What was sold to whom, and by whom, by day (销售日报), the newest first."""
    customer_months: Connection[CustomerMonth] = connection(order_by="-month")
    """What was sold to whom, and by whom, by month (销售月报), the newest first."""
