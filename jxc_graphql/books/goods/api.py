"""What clients see of goods."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from jxc_graphql.books.goods import models, queries, rules, stream, valuation
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    LimitError,
    Member,
    Node,
    PeriodError,
    batched,
    column,
    computed,
    connection,
    entity,
    extends,
    shown_as,
    subscription,
    user_error,
    value,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Cursor
from jxc_graphql.kit.numbers import Money, Quantity, Ratio, UnitPrice
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.masters.lots import labels
from jxc_graphql.masters.lots.api import Lot
from jxc_graphql.masters.warehouses.api import Place, Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.api import Document
from jxc_graphql.office.periods.api import Period


@entity(models.StockLevel, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "warehouse_id"})
class StockLevel(Node):
    """A stock level (库存): what a warehouse has of a SKU, in the SKU's base unit."""

    sku: Sku
    """Of what."""
    warehouse: Warehouse
    """Where."""
    on_hand: Quantity
    """All that is in the warehouse (在库), not sellable goods included."""
    sellable: Quantity
    """What is at its stock places (可售), bins included."""
    quality: Quantity
    """What waits for inspection (待检)."""
    damaged: Quantity
    """What is damaged or was rejected (次品)."""
    unfit: Quantity
    """What of `sellable` may not be sold (不可售): its lot is blocked (冻结), or has expired (过期)."""
    reserved: Quantity
    """What is kept for orders and transfers (预留)."""
    waiting: Quantity
    """What orders and transfers wait for (欠货); whatever comes free goes to them first, the oldest approval first."""
    available: Quantity
    """What can still be promised (可用): sellable minus unfit minus reserved."""
    incoming: Quantity
    """What approved purchase orders still bring (在途采购)."""
    in_transit: Quantity
    """What other warehouses have sent here and has not arrived (在途)."""
    lent: Quantity
    """What is ours and with partners (借出、寄售、委外); neither on hand nor to be promised."""
    consigned: Quantity
    """What suppliers have with us (代销): neither ours nor on hand, and worth nothing to us until it is sold."""
    days_of_cover: Ratio | None = batched(queries.days_of_cover, "id", "available")
    """For how many days what is available lasts (可销天数), if it sells as in the last 30; null if nothing was sold."""
    value: Money = column(requires=Permission.SEE_COST)
    """What the goods on hand cost (库存金额)."""
    in_transit_value: Money = column(requires=Permission.SEE_COST)
    """What the goods in transit cost (在途金额)."""
    lent_value: Money = column(requires=Permission.SEE_COST)
    """What the goods with partners cost (借出金额); they come back at that."""
    unit_cost: UnitPrice = column(requires=Permission.SEE_COST)
    """What one unit costs on average (单位成本); without goods, what the last ones cost."""
    valuation: ValuationMethod
    """How its goods were valued when they last moved (计价方法)."""
    changed_at: datetime
    """When it changed last."""


@entity(models.PlaceLevel, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "place.warehouse_id"})
class PlaceLevel(Node):
    """What is of a SKU, and of a lot, at a place (库位库存), in the SKU's base unit."""

    sku: Sku
    """Of what."""
    place: Place
    """Where."""
    lot: Lot | None
    """Of which lot (批次); null for goods that are kept without lots."""
    quantity: Quantity
    """How much; below zero only at virtual places, where goods came from."""


@entity(models.CostLayer, requires=Permission.SEE_COST, scope={Dimension.WAREHOUSE: "stock_level.warehouse_id"})
class CostLayer(Node):
    """A cost layer (成本层): what one line brought of a SKU and is still there, with its age."""

    stock_level: StockLevel
    """The level it is part of."""
    origin_on: date
    """The day on which the company first had the goods; it survives transfers."""
    quantity: Quantity
    """How much is left of it."""
    value: Money | None
    """What that cost; null under the moving average, where all goods of a level cost the same."""
    is_in_transit: bool = computed(valuation.is_in_transit, "consignment_id")
    """Whether the goods are still on their way to the warehouse (在途)."""
    is_lent: bool = computed(valuation.is_lent, "consignment_id")
    """Whether the goods are with a partner (借出)."""


@entity(models.SerialMovement, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "movement.warehouse_id"})
class SerialMovement(Node):
    """A movement that a piece with a serial number was part of (流转记录)."""

    serial: "SerialNumber"
    """The piece."""
    movement: "StockMovement"
    """The movement."""


@entity(
    models.SerialNumber,
    requires=Permission.SEE_STOCK,
    scope={Dimension.WAREHOUSE: "place.warehouse_id"},
    search="number",
    texts=("number",),
)
class SerialNumber(Node):
    """A piece with a serial number (序列号)."""

    sku: Sku
    """Of what it is one."""
    number: str
    """What stands on it, unique for its SKU."""
    place: Place
    """Where it is."""
    created_at: datetime
    """When the books first learnt of it."""
    history: "Connection[SerialMovement]" = connection("serial_id")
    """With which movements it got there, oldest first (流转记录)."""


@entity(models.StockMovement, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "warehouse_id"})
class StockMovement(Node):
    """A movement (库存流水): goods went from a place to a place. It never changes."""

    sku: Sku
    """What was moved."""
    warehouse: Warehouse
    """The warehouse whose level changed."""
    from_place: Place
    """From where; null when it is in a warehouse out of the caller's scope."""
    to_place: Place
    """To where; null when it is in a warehouse out of the caller's scope."""
    lot: Lot | None
    """Of which lot (批次); null for goods that are kept without lots."""
    quantity: Quantity
    """How much, in the SKU's base unit."""
    value: Money = column(requires=Permission.SEE_COST)
    """What the goods were worth."""
    pieces: Connection[SerialMovement] = connection("movement_id")
    """The pieces with serial numbers among them."""
    business_date: date
    """The day its document counts for (业务日期)."""
    posted_at: datetime
    """When it was posted (过账时间)."""
    document: Document | None = column(always=True)
    """What moved the goods (单据): such as a goods receipt or a shipment."""


@entity(models.ClosingBalance, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "warehouse_id"})
class ClosingBalance(Node):
    """A closing balance (期末结存): what a warehouse had of a SKU at the end of a closed period.

    All balances of a period, with what was in transit and lent, add up to what the company had: goods in transit are
    part of the balance of the warehouse they are on their way to, goods lent of the one they come from.
    """

    period: Period
    """The period (会计期间); its last day is the day of the balance."""
    sku: Sku
    """Of what."""
    warehouse: Warehouse
    """Where."""
    quantity: Quantity
    """How much was on hand, in the SKU's base unit."""
    in_transit: Quantity
    """How much was on its way to the warehouse (在途)."""
    lent: Quantity
    """How much was with partners (借出)."""
    value: Money = column(requires=Permission.SEE_COST)
    """What the goods on hand were worth (结存金额)."""
    in_transit_value: Money = column(requires=Permission.SEE_COST)
    """What those in transit were worth (在途金额)."""
    lent_value: Money = column(requires=Permission.SEE_COST)
    """What those lent were worth (借出金额)."""


@entity(models.StockRevaluation, requires=Permission.SEE_COST, scope={Dimension.WAREHOUSE: "warehouse_id"})
class StockRevaluation(Node):
    """A revaluation (成本调整): what goods cost changed after the fact, without any goods moving. It never changes."""

    sku: Sku
    """Whose cost changed."""
    warehouse: Warehouse
    """Where the goods are, or were."""
    value: Money
    """By how much, for the goods on hand."""
    in_transit_value: Money
    """By how much, for goods on their way to the warehouse."""
    lent_value: Money
    """By how much, for goods that are lent."""
    sold_value: Money
    """By how much, for goods that have left since (计入销售成本)."""
    business_date: date
    """The day its document counts for (业务日期)."""
    posted_at: datetime
    """When it was posted (过账时间)."""
    document: Document | None = column(always=True)
    """What changed the cost (单据)."""


@extends(Sku)
class StockOfSku:
    """What there is of a SKU."""

    stock_levels: Connection[StockLevel] = connection("sku_id")
    """What warehouses have of it (库存)."""
    movements: Connection[StockMovement] = connection("sku_id", order_by="-id")
    """Its movements (库存流水), newest first."""


@extends(Warehouse)
class StockOfWarehouse:
    """What there is in a warehouse."""

    stock_levels: Connection[StockLevel] = connection("warehouse_id")
    """What it has (库存), a level per SKU."""


SHORT_DOCUMENTS = Member(
    "short_documents",
    list[Document],
    "Orders and transfers for which less is kept than before, since the goods are not there or not good (欠货).",
)
"""What payloads say where goods may be gone that were promised."""


class Query:
    stock_levels: Connection[StockLevel] = connection()
    """Stock levels (库存), one per SKU and warehouse that ever had any."""
    place_levels: Connection[PlaceLevel] = connection()
    """What is at each place, by lot (库位库存)."""
    stock_movements: Connection[StockMovement] = connection(order_by="-id")
    """Movements (库存流水), newest first."""
    stock_revaluations: Connection[StockRevaluation] = connection(order_by="-id")
    """Revaluations (成本调整), newest first."""
    cost_layers: Connection[CostLayer] = connection(order_by="origin_on")
    """Cost layers (成本层), oldest goods first; ask for `quantity: { gt: 0 }` to see what is still there."""
    closing_balances: Connection[ClosingBalance] = connection(order_by="-id")
    """Closing balances (期末结存) of closed periods."""
    serial_numbers: Connection[SerialNumber] = connection(order_by="number")
    """Pieces with serial numbers (序列号)."""


@value(requires=Permission.SEE_STOCK)
class StockLevelEvent:
    """Stock levels changed, all at once."""

    cursor: str
    """Where to resume: sent as `after`, the stream goes on behind this event."""
    stock_levels: list[StockLevel]
    """Those of them that the viewer follows (库存), at most 500, as they are now."""
    is_complete: bool
    """Whether these are all; where they are not, load the list anew."""


@subscription(StockLevelEvent)
async def stock_levels_changed(
    call: Call,
    skus: Annotated[list[Id[Sku]] | None, "Only levels of these SKUs, at most 200."] = None,
    warehouses: Annotated[list[Id[Warehouse]] | None, "Only levels of these warehouses, at most 200."] = None,
    after: Annotated[str | None, "Go on behind this cursor; nothing is missed."] = None,
) -> AsyncIterator[stream.StockLevelEvent | Cursor]:
    """Stock levels (库存) as they change: goods moved, were promised, expected or revalued, or limits were set.

    One event for all that changed at once; in commit order.
    """
    begin = Cursor.decode(after) if after is not None else None
    async for event in stream.stock_level_events(call, sku_ids=skus, warehouse_ids=warehouses, after=begin):
        yield event


@user_error()
class StockError:
    """There is not enough of some goods, or they are not named as such goods must be."""

    sku: Sku | None
    """Of what."""
    lot: Lot | None
    """Of which lot (批次); null where any will do."""
    place: Place | None
    """At which place or bin (库位); null where any of the warehouse will do."""
    available: Decimal | None
    """How much there is for the document (可用); null where there is enough."""
    requested: Decimal | None
    """How much all its lines together ask for; null where there is enough."""


PROBLEMS = (
    shown_as(StockError, rules.InsufficientStock),
    *(shown_as(StockError, one) for one in (labels.LotRequired, labels.LotNotKept)),
    *(shown_as(PeriodError, one, from_="fits_on") for one in (rules.NotThereThen, rules.NothingToRevalueThen)),
    shown_as(LimitError, rules.SerialsRequired, limit="quantity", asked="given"),
    shown_as(LimitError, rules.ValueBelowZero, asked="change", available="value"),
)
