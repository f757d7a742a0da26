"""What clients see of opening balances, and how they open the books."""

from datetime import date

from jxc_graphql.books.goods.api import StockLevel, StockMovement
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
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.lots.api import Lot, LotLabelInput
from jxc_graphql.masters.warehouses.api import Place, Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.api import Document
from jxc_graphql.warehousing.openings import facts, models, operations, rules


@entity(
    models.OpeningBalanceLine,
    requires=Permission.SEE_STOCK,
    scope={Dimension.WAREHOUSE: "opening_balance.warehouse_id"},
)
class OpeningBalanceLine(Node):
    """A line of an opening balance (期初库存)."""

    line_no: int
    """Position in the document, from 1."""
    sku: Sku
    """What there was."""
    place: Place
    """Where it lay."""
    lot: Lot | None
    """Of which lot (批次)."""
    origin_on: date
    """The day on which the company first had it; by it the goods age (入库日期)."""
    quantity: Quantity
    """How much, in the SKU's base unit."""
    unit_cost: UnitPrice = column(requires=Permission.SEE_COST)
    """What one unit had cost (单位成本)."""
    value: Money = column(requires=Permission.SEE_COST)
    """What these goods had cost (金额)."""


@entity(models.OpeningBalance, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "warehouse_id"})
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


class Query:
    """What was there before the books."""

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
    place_id: Id[Place] | None = None
    """A place or bin (库位) of the warehouse; by default its stock place."""
    lot: LotLabelInput | None = None
    """Its lot (批次), where the SKU is tracked by lot."""
    serials: list[str] | None = None
    """The number of each piece (序列号), where the SKU is tracked by serial number; at most 1,000."""
    origin_on: date | None = None
    """The day on which the company first had it, by which it ages; by default the day of the balance."""

    def opening(self) -> operations.OpeningLine:
        """The line as the operation takes it."""
        return operations.OpeningLine(
            sku_id=self.sku_id,
            quantity=self.quantity,
            unit_cost=self.unit_cost,
            place_id=self.place_id,
            lot=self.lot.label() if self.lot else None,
            serials=tuple(self.serials or ()),
            origin_on=self.origin_on,
        )


@input_type
class PostOpeningBalanceInput:
    """What a warehouse had on the day the books start."""

    warehouse_id: Id[Warehouse]
    """Where."""
    business_date: date
    """The day (业务日期), today or before, in an open period."""
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
async def post_opening_balance(call: Call, input: PostOpeningBalanceInput) -> facts.OpeningBalancePosted:
    """Posts an opening balance (期初库存): goods that were there before the books come into a warehouse."""
    return await operations.post_opening_balance(
        call,
        warehouse_id=input.warehouse_id,
        business_date=input.business_date,
        lines=[line.opening() for line in input.lines],
        note=input.note,
    )


@user_error(rules.OriginAfterOpening)
class OriginAfterOpeningError:
    """The company cannot have had goods only after the day for which they are in the balance."""

    business_date: date
    """The day of the balance (业务日期)."""
