"""What clients see of the days and months of stock levels, and of when these had nothing."""

from jxc_graphql.books.goods import models, stock_outs
from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.gql.declare import Connection, Node, column, computed, connection, entity, extends, interface
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.auth.permissions import Dimension, Permission


@interface
class StockFigures:
    """By how much a stock level changed, and what that is worth (收发存).

    On hand, in transit and lent together change by what came, less what went; in value also by `revalued`.
    """

    value: Money = column(requires=Permission.SEE_COST)
    """By how much what the goods on hand cost changed (在库金额变动)."""
    in_transit_value: Money = column(requires=Permission.SEE_COST)
    """By how much what those in transit cost changed (在途金额变动)."""
    lent_value: Money = column(requires=Permission.SEE_COST)
    """By how much what those lent cost changed (借出金额变动)."""
    opened_value: Money = column(requires=Permission.SEE_COST)
    """What the opening balances were worth (期初金额)."""
    received_value: Money = column(requires=Permission.SEE_COST)
    """What the goods from suppliers cost (采购入库金额)."""
    customer_returned_value: Money = column(requires=Permission.SEE_COST)
    """What the goods cost that came back from customers (销售退货成本)."""
    assembled_value: Money = column(requires=Permission.SEE_COST)
    """What assembly made was worth (组装入库金额)."""
    found_value: Money = column(requires=Permission.SEE_COST)
    """What was found was worth (盘盈金额)."""
    transferred_in_value: Money = column(requires=Permission.SEE_COST)
    """What came from other warehouses was worth (调入金额)."""
    sold_value: Money = column(requires=Permission.SEE_COST)
    """What the goods cost that went to customers (销售成本)."""
    supplier_returned_value: Money = column(requires=Permission.SEE_COST)
    """What the goods cost that went back to suppliers (采购退货金额)."""
    used_value: Money = column(requires=Permission.SEE_COST)
    """What assembly took was worth (组装领用金额)."""
    missing_value: Money = column(requires=Permission.SEE_COST)
    """What was missing was worth (盘亏金额)."""
    scrapped_value: Money = column(requires=Permission.SEE_COST)
    """What was written off was worth (报废金额)."""
    transferred_out_value: Money = column(requires=Permission.SEE_COST)
    """What went to other warehouses was worth (调出金额)."""
    revenue: Money = column(requires=Permission.SEE_SALES)
    """What the goods were sold for that went to customers, less those that came back, without tax (销售收入)."""
    revalued: Money = column(requires=Permission.SEE_COST)
    """By how much what the company has cost more without anything moving (成本调整)."""
    sold_revalued: Money = column(requires=Permission.SEE_COST)
    """By how much goods that are gone cost more afterwards (计入销售成本的调整)."""
    lost_revenue: Money = column(requires=Permission.SEE_SALES)
    """What `lostDemand` would have come to, without tax and before discounts of whole orders (流失金额)."""


@entity(
    models.StockDay,
    requires=Permission.SEE_STOCK,
    scope={Dimension.WAREHOUSE: "stock_level.warehouse_id"},
    described=True,
)
class StockDay(StockFigures, Node):
    """A day of a stock level (库存日报): by how much it changed, and by what; what a late document did has its own row.

    A day on which nothing happened has no row. Sums over rows are what `aggregates` tells.
    """


@entity(
    models.StockMonth,
    requires=Permission.SEE_STOCK,
    scope={Dimension.WAREHOUSE: "stock_level.warehouse_id"},
    described=True,
)
class StockMonth(StockFigures, Node):
    """A month of a stock level (库存月报): its days, added up, late documents included.

    What goods earned is `revenue`, less `soldValue` and `soldRevalued`, plus `customerReturnedValue` (毛利).
    """


@entity(
    models.StockOut,
    requires=Permission.SEE_STOCK,
    scope={Dimension.WAREHOUSE: "stock_level.warehouse_id"},
    described=True,
)
class StockOut(Node):
    """A stock-out (缺货记录): a level had nothing at its stock places, since its last goods had left."""

    minutes: int = computed(stock_outs.minutes, "began_at", "ended_at")
    """For how many whole minutes (缺货时长); of one that lasts, up to now."""


@extends(StockLevel)
class FactsOfLevel:
    """What happened to a level."""

    days: Connection[StockDay] = connection("stock_level_id", order_by="-business_date")
    """Its days (库存日报), the newest first."""
    months: Connection[StockMonth] = connection("stock_level_id", order_by="-month")
    """Its months (库存月报), the newest first."""


class Query:
    stock_days: Connection[StockDay] = connection(order_by="-business_date")
    """Days of stock levels (库存日报), the newest first: what came, what went, what was asked for in vain."""
    stock_months: Connection[StockMonth] = connection(order_by="-month")
    """Months of stock levels (库存月报), the newest first."""
    stock_outs: Connection[StockOut] = connection(order_by="-began_at")
    """Times in which levels had nothing (缺货记录), the newest first."""
