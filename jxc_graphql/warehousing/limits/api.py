"""What clients see of stock limits, and how they change many of them at once."""

from datetime import date, timedelta

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    PeriodError,
    batched,
    connection,
    entity,
    extends,
    input_type,
    mutation,
    payload,
    shown_as,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.categories.api import Category
from jxc_graphql.masters.warehouses.api import Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.warehousing.limits import facts, models, operations, queries, rules


@entity(models.StockLimit, requires=Permission.SEE_ALERTS, scope={Dimension.WAREHOUSE: "warehouse_id"})
class StockLimit(Node):
    """Stock limit (库存上下限): how much of a SKU a warehouse should have, always or in a season."""

    sku: Sku
    """What is watched."""
    warehouse: Warehouse
    """Where."""
    limit: Quantity
    """Warn when no more than this is available (下限)."""
    clear_above: Quantity
    """The alert ends when more than this is available."""
    target: Quantity
    """Order up to this (补货目标)."""
    upper: Quantity | None
    """Warn when more than this is available (上限); null: nothing is too much."""
    starts_on: date | None
    """The first day of the season on which it holds; null: from always."""
    ends_on: date | None
    """The last day of the season on which it holds; null: for ever."""
    expiry_alert_days: int | None
    """How many days before their expiry to warn of lots; null: as many as the installation is set to."""
    is_in_force: bool = batched(queries.are_in_force, "id")
    """Whether it is the one that holds today: a limit with dates on its days, else the one without."""


@extends(Sku)
class LimitsOfSku:
    """How much of a SKU there should be."""

    stock_limits: Connection[StockLimit] = connection("sku_id")
    """Its limits (库存上下限), in all warehouses and seasons."""


@extends(StockLevel)
class LimitOfLevel:
    """How much there should be."""

    limit: StockLimit | None = batched(queries.in_force, "sku_id", "warehouse_id")
    """The limit that holds today (库存上下限); null where none does."""


class Query:
    stock_limits: Connection[StockLimit] = connection()
    """Stock limits (库存上下限)."""


@input_type
class StockLimitInput:
    """How much of one SKU there should be in one warehouse; with dates, in one season."""

    sku_id: Id[Sku]
    """What to watch."""
    warehouse_id: Id[Warehouse]
    """Where."""
    limit: Quantity
    """Warn when no more than this is available; 0 warns when there is none."""
    clear_above: Change[Quantity | None] = UNSET
    """The alert ends when more than this is available; by default, or where it was less, the limit.
    Left out where it is as by default, it goes where the limit goes."""
    target: Change[Quantity | None] = UNSET
    """Order up to this, which ends the alert; by default twice the limit, at least one more than what ends the alert,
    the upper limit at most. Left out where it is as by default, it is so again."""
    upper: Change[Quantity | None] = UNSET
    """Warn when more than this is available (上限); not below the target."""
    starts_on: date | None = None
    """The first day on which it holds; a limit with dates stands in for the one without."""
    ends_on: Change[date | None] = UNSET
    """The last day on which it holds."""
    expiry_alert_days: Change[int | None] = UNSET
    """How many days before their expiry to warn of lots, at most 3,650."""


@input_type
class SetStockLimitsInput:
    """Limits to set, at most 1,000; all or none."""

    limits: list[StockLimitInput]
    """The limits; each SKU, warehouse and first day once. One that there is with the same three is changed."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class SetStockLimitsPayload:
    """The limits that were set, in the order of the input."""

    stock_limits: list[StockLimit]
    """The limits."""
    stock_levels: list[StockLevel]
    """The levels they watch."""


@mutation(SetStockLimitsPayload)
async def set_stock_limits(call: Call, input: SetStockLimitsInput) -> facts.StockLimitsSet:
    """Sets stock limits (设置库存上下限) of many SKUs and warehouses; their alerts are there with them."""
    wanted = [rules.WantedLimit(**vars(one)) for one in input.limits]
    return await operations.set_stock_limits(call, limits=wanted)


@input_type
class RemoveStockLimitsInput:
    """Limits to remove, at most 1,000; all or none."""

    stock_limit_ids: list[Id[StockLimit]]
    """The limits."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class RemoveStockLimitsPayload:
    """What is no longer watched by the limits that were removed."""

    count: int | None
    """How many limits were removed."""
    stock_levels: list[StockLevel]
    """The levels they watched."""


@mutation(RemoveStockLimitsPayload)
async def remove_stock_limits(call: Call, input: RemoveStockLimitsInput) -> facts.StockLimitsRemoved:
    """Removes stock limits (删除库存上下限); their alerts are resolved unless another limit holds."""
    return await operations.remove_stock_limits(call, stock_limit_ids=input.stock_limit_ids)


@input_type
class CopyStockLimitsInput:
    """Whose limits to copy, and to which warehouse."""

    from_warehouse_id: Id[Warehouse]
    """The warehouse whose limits to copy."""
    to_warehouse_id: Id[Warehouse]
    """The warehouse that gets them; what it has for the same SKUs gives way."""
    category_id: Id[Category] | None = None
    """Only limits of goods of this category and those below it; at most 10,000 limits at once."""
    numerator: int = 1
    """Times this, at most 1,000."""
    denominator: int = 1
    """Through this, at most 1,000."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class CopyStockLimitsPayload:
    """The warehouse that got the limits."""

    warehouse: Warehouse | None
    """The warehouse; ask `stockLimits` for its limits."""
    count: int | None
    """How many limits were copied."""


@mutation(CopyStockLimitsPayload)
async def copy_stock_limits(call: Call, input: CopyStockLimitsInput) -> facts.StockLimitsCopied:
    """Copies stock limits (复制库存上下限), seasons included, from a warehouse to another one, times a ratio."""
    asked = {name: value for name, value in vars(input).items() if name != "idempotency_key"}
    return await operations.copy_stock_limits(call, **asked)


@input_type
class ScaleStockLimitsInput:
    """Which limits to multiply by what."""

    warehouse_id: Id[Warehouse]
    """The warehouse whose limits to change."""
    category_id: Id[Category] | None = None
    """Only limits of goods of this category and those below it; at most 10,000 limits at once."""
    numerator: int
    """Times this, at most 1,000."""
    denominator: int = 1
    """Through this, at most 1,000."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class ScaleStockLimitsPayload:
    """The warehouse whose limits were changed."""

    warehouse: Warehouse | None
    """The warehouse; ask `stockLimits` for its limits."""
    count: int | None
    """How many limits were changed."""


@mutation(ScaleStockLimitsPayload)
async def scale_stock_limits(call: Call, input: ScaleStockLimitsInput) -> facts.StockLimitsScaled:
    """Multiplies the stock limits (按比例调整库存上下限) of a warehouse by a ratio."""
    asked = {name: value for name, value in vars(input).items() if name != "idempotency_key"}
    return await operations.scale_stock_limits(call, **asked)


def _after(overlap: rules.LimitsOverlap) -> date | None:
    return None if overlap.ends_on is None else overlap.ends_on + timedelta(days=1)


PROBLEMS = (shown_as(PeriodError, rules.LimitsOverlap, from_=_after),)
