"""What clients see of adjustments, and what they do with them."""

from datetime import date

from jxc_graphql.books.goods.api import SHORT_DOCUMENTS, StockLevel, StockMovement
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    by_id,
    column,
    computed,
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
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import Document
from jxc_graphql.warehousing.adjustments import facts, models, operations, rules
from jxc_graphql.warehousing.adjustments.models import AdjustmentReason


@entity(models.AdjustmentLine, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "adjustment.warehouse_id"})
class AdjustmentLine(Node):
    """A line of an adjustment (库存调整单行)."""

    line_no: int
    """Position in the document, from 1."""
    sku: Sku
    """What came or went."""
    place: Place | None
    """Where it is, or was (库位); null for the warehouse's stock, of which losses are taken from any bin."""
    lot: Lot | None
    """Of which lot (批次); null for goods without lots, and for losses of whichever lot expires first."""
    serials: list[str] = computed(rules.serials_of, "serials")
    """The number of each piece (序列号), where the SKU is tracked by serial number."""
    quantity: Quantity
    """How much, in the SKU's base unit: above 0 a gain (盘盈), below 0 a loss (盘亏)."""
    unit_cost: UnitPrice | None = column(requires=Permission.SEE_COST)
    """What one unit of a gain costs (单位成本); null where that follows from the goods that are there."""
    value: Money | None = column(requires=Permission.SEE_COST)
    """What these goods were worth when they were posted, losses below 0 (金额)."""


@entity(models.Adjustment, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "warehouse_id"})
class Adjustment(Document, Node):
    """Adjustment (库存调整单): goods that came or went without being bought, sold, moved or counted."""

    warehouse: Warehouse
    """Where."""
    reason: AdjustmentReason
    """Why (原因)."""
    is_write_off: bool
    """Whether its goods are scrapped (报废)."""
    estimated_value: Money | None = column(requires=Permission.SEE_COST)
    """What all that comes and all that goes was worth together when it was handed in or posted (审批金额)."""
    total: Money | None = column(requires=Permission.SEE_COST)
    """The sum of the lines' values, losses below 0 (合计金额); null until it is posted."""
    lines: list[AdjustmentLine] = many("adjustment_id", order_by="line_no")
    """What came and went."""
    movements: Connection[StockMovement] = connection("document_id")
    """What it moved."""


class Query:
    """Adjustments."""

    adjustments: Connection[Adjustment] = connection(order_by="-id")
    """Adjustments (库存调整单), newest first."""
    adjustment: Adjustment | None = by_id()
    """One adjustment."""


@input_type
class AdjustmentLineInput:
    """What came or went."""

    sku_id: Id[Sku]
    """What."""
    quantity: Quantity
    """How much, in the SKU's base unit: above 0 a gain, below 0 a loss."""
    place_id: Id[Place] | None = None
    """A place or bin (库位) of the warehouse; by default its stock, of which losses are taken from any bin."""
    lot: LotLabelInput | None = None
    """The label of its lot (批次); gains of a SKU that is tracked by lot need this or `lotId`."""
    lot_id: Id[Lot] | None = None
    """Its lot, where that is known."""
    serials: list[str] | None = None
    """The number of each piece (序列号), where the SKU is tracked by serial number; at most 1,000."""
    unit_cost: UnitPrice | None = None
    """What one unit of a gain costs; by default what such goods cost at present, or cost last."""

    def asked(self) -> operations.AskedAdjustment:
        """The line as the operation takes it."""
        return operations.AskedAdjustment(
            sku_id=self.sku_id,
            quantity=self.quantity,
            place_id=self.place_id,
            lot=self.lot.label() if self.lot else None,
            lot_id=self.lot_id,
            serials=tuple(self.serials or ()),
            unit_cost=self.unit_cost,
        )


@input_type
class CreateAdjustmentInput:
    """An adjustment to draft."""

    warehouse_id: Id[Warehouse]
    """Where."""
    reason: AdjustmentReason
    """Why."""
    lines: list[AdjustmentLineInput]
    """What came and went; 1 to 1,000 lines."""
    note: str = ""
    """Remark (备注), at most 500 characters."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class CreateAdjustmentPayload:
    """The adjustment that was drafted."""

    adjustment: Adjustment | None
    """The adjustment."""


@mutation(CreateAdjustmentPayload)
async def create_adjustment(call: Call, input: CreateAdjustmentInput) -> facts.AdjustmentCreated:
    """Drafts an adjustment (新建库存调整单); nothing moves until it is posted."""
    return await operations.create_adjustment(
        call,
        warehouse_id=input.warehouse_id,
        reason=input.reason,
        lines=[line.asked() for line in input.lines],
        note=input.note,
    )


@input_type
class UpdateAdjustmentInput:
    """What a draft is to say instead."""

    id: Id[Adjustment]
    """The draft."""
    reason: AdjustmentReason
    """Why."""
    lines: list[AdjustmentLineInput]
    """All lines it is to have; 1 to 1,000."""
    note: str = ""
    """Remark (备注), at most 500 characters."""
    expected_version: int | None = None
    """The version you have seen; when it has changed since, nothing is done."""


@payload
class UpdateAdjustmentPayload:
    """The draft that was changed."""

    adjustment: Adjustment | None
    """The adjustment."""


@mutation(UpdateAdjustmentPayload)
async def update_adjustment(call: Call, input: UpdateAdjustmentInput) -> facts.AdjustmentUpdated:
    """Replaces the reason, the lines and the note of a draft (修改库存调整单)."""
    return await operations.update_adjustment(
        call,
        adjustment_id=input.id,
        reason=input.reason,
        lines=[line.asked() for line in input.lines],
        note=input.note,
        expected_version=input.expected_version,
    )


post_adjustment = document_action(operations.post_adjustment, Adjustment, StockLevel, SHORT_DOCUMENTS)
approve_adjustment = document_action(operations.approve_adjustment, Adjustment, StockLevel, SHORT_DOCUMENTS)
reject_adjustment = document_action(operations.reject_adjustment, Adjustment)
cancel_adjustment = document_action(operations.cancel_adjustment, Adjustment)


@input_type
class WriteOffLineInput:
    """What is scrapped."""

    sku_id: Id[Sku]
    """What."""
    quantity: Quantity
    """How much, in the SKU's base unit; more than 0."""
    place_id: Id[Place] | None = None
    """Where it is: stock, a bin, the quality or the damaged place; by default the warehouse's stock, with its bins."""
    lot_id: Id[Lot] | None = None
    """Of which lot (批次); by default of whichever expires first."""
    serials: list[str] | None = None
    """The number of each piece (序列号), where the SKU is tracked by serial number; at most 1,000."""

    def asked(self) -> operations.AskedAdjustment:
        """The line as the operation takes it: a loss."""
        return operations.AskedAdjustment(
            sku_id=self.sku_id,
            quantity=-self.quantity,
            place_id=self.place_id,
            lot_id=self.lot_id,
            serials=tuple(self.serials or ()),
        )


@input_type
class WriteOffInput:
    """What is of no use any more."""

    warehouse_id: Id[Warehouse]
    """Where it is."""
    lines: list[WriteOffLineInput]
    """What is scrapped; 1 to 1,000 lines."""
    reason: AdjustmentReason = AdjustmentReason.WRITE_OFF
    """Why: WRITE_OFF, EXPIRED or DAMAGED."""
    business_date: date | None = None
    """The day it counts for (业务日期), today by default; a past day needs a permission and an open period."""
    note: str = ""
    """Remark (备注), at most 500 characters."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the goods are scrapped once (幂等键)."""


@payload
class WriteOffPayload:
    """The adjustment that scraps the goods, POSTED, or SUBMITTED where it waits for approval."""

    adjustment: Adjustment | None
    """The adjustment."""
    stock_levels: list[StockLevel]
    """The levels it changed; none while it waits."""
    short_documents: list[Document]
    """Orders and transfers for which less is kept than before, since the goods are not there or not good (欠货)."""


@mutation(WriteOffPayload)
async def write_off(call: Call, input: WriteOffInput) -> facts.AdjustmentPosted | facts.AdjustmentSubmitted:
    """Scraps goods (报废) in one step; above the threshold (免审额度) it is handed in for approval instead."""
    return await operations.write_off(
        call,
        warehouse_id=input.warehouse_id,
        reason=input.reason,
        lines=[line.asked() for line in input.lines],
        note=input.note,
    )


@user_error(rules.WrongDirection)
class WrongDirectionError:
    """For this reason goods only come, or only go."""

    reason: AdjustmentReason
    """The reason."""


@user_error(rules.NoWriteOff)
class NoWriteOffError:
    """For this reason goods are not scrapped."""

    reason: AdjustmentReason
    """The reason."""
