"""What clients see of the past of stock, its value, its age and its pace."""

from datetime import date, datetime
from typing import Annotated

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.gql.declare import Connection, Id, column, input_type, query, value
from jxc_graphql.insight.analytics import outages, queries, rules, turnover
from jxc_graphql.insight.analytics.rules import StockGrouping
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity, Ratio, UnitPrice
from jxc_graphql.kit.pages import Page, Slice
from jxc_graphql.masters.catalog.api import Product, Sku
from jxc_graphql.masters.categories.api import Category
from jxc_graphql.masters.warehouses.api import Branch, Warehouse
from jxc_graphql.office.audit.readings import shows_costs
from jxc_graphql.office.auth.permissions import Permission

DEFAULT_AGES = (30, 60, 90, 180)
_GROUP = tuple(f"group.{key}" for key in queries.KEYS.values())


@value(requires=Permission.SEE_STOCK, row_of=tuple(queries.KEYS.values()))
class StockGroup:
    """What a report adds up: one of these; none of them for warehouses without a branch."""

    name: str
    """The name (名称) of the one that is not null; of warehouses without a branch, that they have none."""
    category: Category | None
    """The category of the products (分类), without those below it; null where groups are something else."""
    warehouse: Warehouse | None
    """The warehouse (仓库)."""
    branch: Branch | None
    """The branch (门店); null where groups are something else, or have none."""
    product: Product | None
    """The product (商品); null where groups are something else."""


@value(requires=Permission.SEE_STOCK, row_of=("stock_level_id",))
class StockAsOf:
    """What a stock level was (时点库存)."""

    stock_level: StockLevel
    """The level, as it is now."""
    on_hand: Quantity
    """What was in the warehouse then (在库)."""
    in_transit: Quantity
    """What was on its way there (在途), sent from other warehouses."""
    lent: Quantity
    """What was lent from there (借出)."""
    owned: Quantity
    """All of it that was the company's (自有): on hand, in transit and lent."""
    value: Money = column(requires=Permission.SEE_COST)
    """What the goods on hand cost (库存金额)."""
    in_transit_value: Money = column(requires=Permission.SEE_COST)
    """What the goods in transit cost (在途金额)."""
    lent_value: Money = column(requires=Permission.SEE_COST)
    """What the goods lent cost (借出金额)."""
    owned_value: Money = column(requires=Permission.SEE_COST)
    """What all of it cost (自有金额)."""
    unit_cost: UnitPrice | None = column(requires=Permission.SEE_COST)
    """What one unit on hand cost on average (单位成本); null without goods."""


@value(requires=Permission.SEE_STOCK, row_of=_GROUP)
class ValuedStock:
    """What the goods of a group are worth."""

    group: StockGroup
    """Which group."""
    sku_count: int
    """Of how many SKUs there is something, wherever."""
    on_hand: Quantity
    """All that is in the warehouses (在库), whatever its unit."""
    in_transit: Quantity
    """What is on its way there (在途), sent from other warehouses."""
    lent: Quantity
    """What is lent from there (借出)."""
    owned: Quantity
    """All of it that is the company's (自有): on hand, in transit and lent."""
    value: Money = column(requires=Permission.SEE_COST)
    """What the goods on hand cost (库存金额)."""
    in_transit_value: Money = column(requires=Permission.SEE_COST)
    """What the goods in transit cost (在途金额)."""
    lent_value: Money = column(requires=Permission.SEE_COST)
    """What the goods lent cost (借出金额)."""
    owned_value: Money = column(requires=Permission.SEE_COST)
    """What all of it cost (自有金额)."""
    share: Ratio | None = column(requires=Permission.SEE_COST)
    """Which part of the value of all groups `ownedValue` is (占比), such as 0.25; null where that is 0."""


@value(requires=Permission.SEE_STOCK)
class StockValuation:
    """What stock is worth (库存金额), and how that divides.

    `ownedValue` of all warehouses is what the company's goods cost, in the past as now: goods in transit count for the
    warehouse they are on their way to, goods lent for the one they come from.
    """

    sku_count: int
    """Of how many SKUs there is something, wherever."""
    on_hand: Quantity
    """All that is in the warehouses (在库), whatever its unit."""
    in_transit: Quantity
    """What is on its way there (在途), sent from other warehouses."""
    lent: Quantity
    """What is lent from there (借出)."""
    owned: Quantity
    """All of it that is the company's (自有): on hand, in transit and lent."""
    value: Money = column(requires=Permission.SEE_COST)
    """What the goods on hand cost (库存金额)."""
    in_transit_value: Money = column(requires=Permission.SEE_COST)
    """What the goods in transit cost (在途金额)."""
    lent_value: Money = column(requires=Permission.SEE_COST)
    """What the goods lent cost (借出金额)."""
    owned_value: Money = column(requires=Permission.SEE_COST)
    """What all of it cost (自有金额)."""
    groups: Connection[ValuedStock]
    """Those that have anything: first those worth most, or, for who may not see costs, those with most of it."""


@value(requires=Permission.SEE_STOCK, row_of=("from_days",))
class StockAge:
    """The goods of an age (库龄), by the day on which the company first had them."""

    from_days: int
    """At least so many days old."""
    to_days: int | None
    """At most so many days old; null for the oldest."""
    owned: Quantity
    """How much is of that age."""
    owned_value: Money = column(requires=Permission.SEE_COST)
    """What it cost (自有金额)."""
    share: Ratio | None = column(requires=Permission.SEE_COST)
    """Which part of the value it is (占比); null where that is 0."""


@value(requires=Permission.SEE_STOCK, row_of=_GROUP)
class AgedStock:
    """How old the goods of a group are."""

    group: StockGroup
    """Which group."""
    owned: Quantity
    """All that is the company's (自有), whatever its unit: on hand, in transit to the warehouses and lent from them."""
    owned_value: Money = column(requires=Permission.SEE_COST)
    """What it cost (自有金额)."""
    ages: list[StockAge]
    """From the youngest to the oldest."""


@value(requires=Permission.SEE_STOCK)
class StockAgeing:
    """How old stock is (库龄分析), and how that divides."""

    owned: Quantity
    """All that is the company's (自有), whatever its unit: on hand, in transit to the warehouses and lent from them."""
    owned_value: Money = column(requires=Permission.SEE_COST)
    """What it cost (自有金额)."""
    ages: list[StockAge]
    """From the youngest to the oldest."""
    groups: Connection[AgedStock]
    """Those that have anything: first those worth most, or, for who may not see costs, those with most of it."""


@value(requires=Permission.SEE_STOCK, row_of=_GROUP)
class TurnedStock:
    """How fast the goods of a group went in a period.

    Goods in transit lie where they are on their way to, goods lent where they come from.
    """

    group: StockGroup | None
    """Which group; null for all that was asked for."""
    opening: Quantity
    """What was there before the period (期初)."""
    closing: Quantity
    """What was there at its end (期末)."""
    sold: Quantity
    """What went to customers, less what came back (销量)."""
    average_owned: Quantity
    """What was there on average at the end of its days (平均库存)."""
    average_value: Money = column(requires=Permission.SEE_COST)
    """What that cost on average (平均库存金额)."""
    turnover: Ratio | None
    """Sold ÷ average (周转率); null where there was nothing."""
    days_of_stock: Ratio | None
    """For how many days the average lasts (周转天数); null where nothing was sold."""


@value(requires=Permission.SEE_STOCK)
class StockTurnover:
    """How fast stock went in a period (库存周转), and how that divides."""

    total: TurnedStock
    """All of it together."""
    groups: Connection[TurnedStock]
    """Those that had anything: first those of which most was sold."""


@value(requires=Permission.SEE_STOCK, row_of=("stock_level_id",))
class SlowMover:
    """A stock level that lasts too long (滞销)."""

    stock_level: StockLevel
    """The level."""
    sold: Quantity
    """How much of it went to customers in the days that were looked at."""
    days_of_cover: Ratio | None
    """For how many days what is available, lent or coming to be sold lasts so (可销天数); null if nothing was sold."""


@value(requires=Permission.SEE_STOCK, row_of=("stock_level_id",))
class StockOutage:
    """A stock level that had nothing at its stock places for some time of a period (缺货时长)."""

    stock_level: StockLevel
    """The level."""
    times: int
    """How often (缺货次数)."""
    minutes: int
    """For how many whole minutes of the period (缺货分钟), up to now."""
    share: Ratio
    """Which part of the period that is (缺货率), such as 0.25."""


@input_type
class StockFilterInput:
    """Which stock levels a report is about; what is left out keeps all of them."""

    warehouse_ids: list[Id[Warehouse]] | None = None
    """In one of these warehouses; at most 500."""
    branch_ids: list[Id[Branch]] | None = None
    """In a warehouse of one of these branches; at most 500."""
    category_ids: list[Id[Category]] | None = None
    """Of a product in one of these categories, or in one below them; at most 500."""
    sku_ids: list[Id[Sku]] | None = None
    """Of one of these SKUs; at most 500."""


def _choice(where: StockFilterInput | None) -> rules.StockChoice:
    return rules.StockChoice(**vars(where)) if where else rules.StockChoice()


Moment = Annotated[datetime | None, "By posting (按过账时间): what the books had learnt until then; now by default."]
BusinessDay = Annotated[
    date | None, "By business date (按业务日期): all that counts for this day or an earlier one; instead of `moment`."
]
Where = Annotated[StockFilterInput | None, "Which stock levels; all by default."]


_EACH_LEVEL, _EACH_LAYER = {"stock_level": 20}, {"cost_layer": 20}


def _then(moment: datetime | None = None, business_date: date | None = None, **_: object) -> dict[str, int]:
    """What is added up for a state: levels for that of now, all their days for one of the past."""
    return _EACH_LEVEL if moment is None and business_date is None else {**_EACH_LEVEL, "stock_day": 30}


@query(Connection[StockAsOf] | None, adds_up=_then)
@shows_costs
async def stock_as_of(
    call: Call,
    *,
    moment: Moment = None,
    business_date: BusinessDay = None,
    where: Where = None,
    page: Slice,
) -> Page[queries.LevelThen]:
    """Stock levels as they were (时点库存), by SKU code."""
    return await queries.stock_as_of(call, _choice(where), at=moment, business_date=business_date, page=page)


@query(StockValuation | None, adds_up=_then)
@shows_costs
async def stock_valuation(
    call: Call,
    *,
    group_by: Annotated[StockGrouping, "By what to add up."],
    moment: Moment = None,
    business_date: BusinessDay = None,
    where: Where = None,
) -> queries.Valuation:
    """What stock is worth now, or was worth (库存金额), by group."""
    return await queries.stock_valuation(
        call, _choice(where), group_by=group_by, at=moment, business_date=business_date
    )


@query(StockAgeing | None, adds_up=_EACH_LAYER)
@shows_costs
async def stock_ageing(
    call: Call,
    group_by: Annotated[StockGrouping, "By what to add up."],
    buckets: Annotated[list[int] | None, "The last day of each age but the oldest; 30, 60, 90, 180 by default."] = None,
    where: Where = None,
) -> queries.Ageing:
    """How old the company's goods are (库龄分析), by group: on hand, in transit and lent."""
    ages = DEFAULT_AGES if buckets is None else buckets
    return await queries.stock_ageing(call, _choice(where), group_by=group_by, buckets=ages)


@query(StockTurnover | None, adds_up={**_EACH_LEVEL, "stock_day": 40})
@shows_costs
async def stock_turnover(
    call: Call,
    *,
    group_by: Annotated[StockGrouping, "By what to add up."],
    begin: Annotated[date, "The first business date of the period."],
    through: Annotated[date, "Its last business date."],
    where: Where = None,
) -> turnover.Turnover:
    """How fast stock went in a period (库存周转), by group."""
    return await turnover.stock_turnover(call, _choice(where), group_by=group_by, begin=begin, end=through)


@query(Connection[SlowMover] | None, adds_up={**_EACH_LEVEL, "stock_day": 20})
@shows_costs
async def slow_movers(
    call: Call,
    *,
    days: Annotated[int, "At the pace of so many days up to today."] = 90,
    cover_days: Annotated[int, "Levels that last longer than this."] = 180,
    where: Where = None,
    page: Slice,
) -> Page[turnover.SlowMover]:
    """Stock that lasts too long, or that nobody buys (滞销): the most valuable first."""
    return await turnover.slow_movers(call, _choice(where), days=days, cover=cover_days, page=page)


@query(Connection[StockOutage] | None, adds_up={**_EACH_LEVEL, "stock_out": 20})
async def stock_outages(
    call: Call,
    *,
    begin: Annotated[date, "The first day of the period, by the company's time zone."],
    through: Annotated[date, "Its last day."],
    where: Where = None,
    page: Slice,
) -> Page[outages.LevelWithout]:
    """Which levels had nothing, and for how long (缺货时长): the longest first."""
    return await outages.stock_outages(call, _choice(where), begin=begin, end=through, page=page)
