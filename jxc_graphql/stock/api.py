"""What clients see of goods, and how they open the books."""

from datetime import date, datetime

from jxc_graphql.auth.permissions import Permission
from jxc_graphql.catalog.api import Sku
from jxc_graphql.documents.api import Document, TimelineEntry
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    by_id,
    column,
    connection,
    entity,
    input_type,
    many,
    mutation,
    payload,
    user_error,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.stock import events, models, operations, rules
from jxc_graphql.warehouses.api import Place, Warehouse


@entity(models.StockLevel, requires=Permission.SEE_STOCK, scope="warehouse_id")
class StockLevel(Node):
    """A stock level (库存): what a warehouse has of a SKU, in the SKU's base unit."""

    sku: Sku
    """Of what."""
    warehouse: Warehouse
    """Where."""
    on_hand: Quantity
    """All that is in the warehouse (在库), not sellable goods included."""
    sellable: Quantity
    """What is at the stock place (可售)."""
    reserved: Quantity
    """What is kept for orders (预留)."""
    available: Quantity
    """What can still be promised (可用): sellable minus reserved."""
    incoming: Quantity
    """What approved purchase orders still bring (在途采购)."""
    value: Money = column(requires=Permission.SEE_COST)
    """What the goods on hand cost (库存金额)."""
    unit_cost: UnitPrice = column(requires=Permission.SEE_COST)
    """What one unit cost on average (移动平均成本); 0 without goods."""
    changed_at: datetime
    """When it changed last."""


@entity(models.StockMovement, requires=Permission.SEE_STOCK, scope="warehouse_id")
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
    quantity: Quantity
    """How much, in the SKU's base unit."""
    value: Money = column(requires=Permission.SEE_COST)
    """What the goods were worth."""
    business_date: date
    """The day its document counts for (业务日期)."""
    posted_at: datetime
    """When it was posted (过账时间)."""
    document: Document | None
    """What moved the goods (单据): an opening balance, a goods receipt or a shipment."""


@entity(models.OpeningBalanceLine, requires=Permission.SEE_STOCK, scope="opening_balance.warehouse_id")
class OpeningBalanceLine(Node):
    """A line of an opening balance (期初库存)."""

    line_no: int
    """Position in the document, from 1."""
    sku: Sku
    """What there was."""
    quantity: Quantity
    """How much, in the SKU's base unit."""
    unit_cost: UnitPrice = column(requires=Permission.SEE_COST)
    """What one unit had cost (单位成本)."""
    value: Money = column(requires=Permission.SEE_COST)
    """What these goods had cost (金额)."""


@entity(models.OpeningBalance, requires=Permission.SEE_STOCK, scope="warehouse_id")
class OpeningBalance(Document, Node):
    """An opening balance (期初库存): what a warehouse had on the day the books start."""

    warehouse: Warehouse
    """Where."""
    total: Money = column(requires=Permission.SEE_COST)
    """What all of it had cost (合计金额)."""
    lines: list[OpeningBalanceLine] = many("opening_balance_id", order_by="line_no")
    """What there was."""
    movements: Connection[StockMovement] = connection("document_id")
    """What it moved."""
    timeline: Connection[TimelineEntry] = connection("subject_id")


class Query:
    """Goods."""

    stock_levels: Connection[StockLevel] = connection()
    """Stock levels (库存), one per SKU and warehouse that ever had any."""
    stock_level: StockLevel | None = by_id()
    """One stock level."""
    stock_movements: Connection[StockMovement] = connection(order_by="-id")
    """Movements (库存流水), newest first."""
    opening_balances: Connection[OpeningBalance] = connection(order_by="-id")
    """Opening balances (期初库存), newest first."""
    opening_balance: OpeningBalance | None = by_id()
    """One opening balance."""


@input_type
class OpeningBalanceLineInput:
    """What there was of a SKU, and what one unit had cost."""

    sku_id: Id[Sku]
    """What there was."""
    quantity: Quantity
    """How much, in the SKU's base unit; more than 0."""
    unit_cost: UnitPrice
    """What one unit had cost; 0 or more."""


@input_type
class PostOpeningBalanceInput:
    """What a warehouse had on the day the books start."""

    warehouse_id: Id[Warehouse]
    """Where."""
    business_date: date
    """The day (业务日期)."""
    lines: list[OpeningBalanceLineInput]
    """What there was; at most 1,000 lines."""
    note: str = ""
    """Remark (备注), at most 500 characters."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class PostOpeningBalancePayload:
    """The opening balance that was posted."""

    opening_balance: OpeningBalance | None
    """The opening balance."""
    stock_levels: list[StockLevel]
    """The levels it changed."""


@mutation(PostOpeningBalancePayload)
async def post_opening_balance(call: Call, input: PostOpeningBalanceInput) -> events.OpeningBalancePosted:
    """Posts an opening balance (期初库存): goods that were there before the books come into a warehouse."""
    lines = [
        operations.OpeningLine(sku_id=line.sku_id, quantity=line.quantity, unit_cost=line.unit_cost)
        for line in input.lines
    ]
    return await operations.post_opening_balance(
        call, warehouse_id=input.warehouse_id, business_date=input.business_date, lines=lines, note=input.note
    )


@user_error(rules.InsufficientStock)
class InsufficientStockError:
    """A document asks for more of a SKU than there is for it."""

    sku: Sku | None
    """Of what."""
    available: Quantity
    """How much there is for the document (可用)."""
    requested: Quantity
    """How much all its lines together ask for."""
