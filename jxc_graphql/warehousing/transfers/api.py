"""What clients see of transfers, and how they ask for them or give them up; `goods_api` moves their goods."""

from datetime import date, datetime

from jxc_graphql.books.goods.api import StockLevel, StockMovement
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    batched,
    by_id,
    column,
    computed,
    connection,
    entity,
    input_type,
    many,
    mutation,
    payload,
    value,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.warehouses.api import Place, Warehouse
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import Document
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.warehousing.transfers import facts, models, operations, queries, rules

_BOTH: dict[str, tuple[str, ...]] = {Dimension.WAREHOUSE: ("transfer.from_warehouse_id", "transfer.to_warehouse_id")}


@value
class LotInTransit:
    """What is on its way of one lot (在途批次), or of none."""

    lot_number: str | None
    """The number of the lot (批号); null for goods that are kept without lots."""
    expires_on: date | None
    """When it expires (到期日)."""
    quantity: Quantity
    """How much of it is on its way."""


@entity(models.TransferLine, requires=Permission.SEE_STOCK, scope=_BOTH)
class TransferLine(Node):
    """A line of a transfer (调拨单行); quantities are in the SKU's base unit."""

    transfer: "Transfer"
    """The transfer it stands in."""
    line_no: int
    """Position in the transfer, from 1."""
    sku: Sku
    """What is to be moved."""
    unit: str
    """The unit in which it was asked for."""
    quantity_in_unit: Quantity
    """How much was asked for, in that unit."""
    quantity: Quantity
    """How much was asked for (申请数量)."""
    quantity_approved: Quantity
    """How much was approved (批准数量); goods that may be sold are reserved until they leave."""
    quantity_dispatched: Quantity
    """How much was sent (调出数量)."""
    quantity_received: Quantity
    """How much came (已到), damaged goods included."""
    quantity_damaged: Quantity
    """How much of what came was damaged (破损)."""
    quantity_missing: Quantity
    """How much was sent and will not come (差异)."""
    quantity_in_transit: Quantity = computed(
        rules.quantity_in_transit, "quantity_dispatched", "quantity_received", "quantity_missing"
    )
    """How much is on its way (在途)."""
    lots_in_transit: list[LotInTransit] = batched(queries.consignments, "id")
    """What is on its way, by lot, first to expire first."""
    serial_numbers_in_transit: list[str] = batched(queries.serial_numbers, "id")
    """The serial numbers (序列号) of the pieces on their way."""
    cost: Money = column(requires=Permission.SEE_COST)
    """What the goods cost that were sent (调出成本)."""


@entity(models.TransferDiscrepancy, requires=Permission.SEE_STOCK, scope=_BOTH)
class TransferDiscrepancy(Node):
    """A discrepancy of a transfer (调拨差异): what was sent of a line and did not arrive for one reason."""

    transfer: "Transfer"
    """The transfer."""
    transfer_line: TransferLine
    """The line of which it is missing."""
    sku: Sku
    """What is missing."""
    reason: models.TransferDiscrepancyReason
    """Why."""
    quantity: Quantity
    """How much."""
    value: Money = column(requires=Permission.SEE_COST)
    """What it cost."""


@entity(
    models.Transfer,
    requires=Permission.SEE_STOCK,
    scope={Dimension.WAREHOUSE: ("from_warehouse_id", "to_warehouse_id")},
)
class Transfer(Document, Node):
    """Transfer (调拨单): goods go from one warehouse to another. Who may work in either of the two sees it."""

    from_warehouse: Warehouse
    """The source (调出仓); null where it is out of the viewer's scope."""
    from_name: str = batched(queries.warehouse_names, "from_warehouse_id")
    """What the source is called, also where it is out of the viewer's scope."""
    to_warehouse: Warehouse
    """The destination (调入仓); null where it is out of the viewer's scope."""
    to_name: str = batched(queries.warehouse_names, "to_warehouse_id")
    """What the destination is called, also where it is out of the viewer's scope."""
    goods: models.TransferGoods
    """Which goods it carries (良品, 待检, 次品)."""
    expected_on: date | None
    """The day on which the goods are expected (预计到货日期)."""
    dispatched_at: datetime | None
    """When the goods left (调出时间)."""
    dispatched_on: date | None
    """The business date under which they left."""
    dispatched_by: User | None
    """Who sent them (调出人)."""
    cost: Money = column(requires=Permission.SEE_COST)
    """What the goods cost that were sent (调出成本)."""
    lines: list[TransferLine] = many("transfer_id", order_by="line_no")
    """What is to be moved."""
    transfer_receipts: "Connection[TransferReceipt]" = connection("transfer_id")
    """What came so far (调拨入库)."""
    discrepancies: Connection[TransferDiscrepancy] = connection("transfer_id")
    """What did not arrive, and why (差异)."""
    movements: Connection[StockMovement] = connection("document_id")
    """What its dispatch and its discrepancies moved."""


@entity(
    models.TransferReceiptLine,
    requires=Permission.SEE_STOCK,
    scope={
        Dimension.WAREHOUSE: (
            "transfer_receipt.transfer.from_warehouse_id",
            "transfer_receipt.transfer.to_warehouse_id",
        )
    },
)
class TransferReceiptLine(Node):
    """A line of a transfer receipt (调拨入库行): what came of one transfer line to one place."""

    transfer_receipt: "TransferReceipt"
    """The receipt it stands in."""
    line_no: int
    """Position in the receipt, from 1."""
    transfer_line: TransferLine
    """The transfer line of which it came."""
    sku: Sku
    """What came."""
    place: Place
    """Where accepted goods were put."""
    quantity_accepted: Quantity
    """How much went there (合格)."""
    quantity_damaged: Quantity
    """How much went to the damaged place (破损)."""
    value: Money = column(requires=Permission.SEE_COST)
    """What these goods cost (金额)."""


@entity(models.TransferReceipt, requires=Permission.SEE_STOCK, scope=_BOTH)
class TransferReceipt(Document, Node):
    """Transfer receipt (调拨入库): what arrived of a transfer at one time."""

    transfer: Transfer
    """The transfer of which it came."""
    warehouse: Warehouse
    """Where it came to."""
    total: Money = column(requires=Permission.SEE_COST)
    """What the goods cost (合计金额)."""
    lines: list[TransferReceiptLine] = many("transfer_receipt_id", order_by="line_no")
    """What came."""
    movements: Connection[StockMovement] = connection("document_id")
    """What it moved."""


class Query:
    """Transfers."""

    transfers: Connection[Transfer] = connection(order_by="-id")
    """Transfers (调拨单), newest first."""
    transfer: Transfer | None = by_id()
    """One transfer."""
    transfer_receipts: Connection[TransferReceipt] = connection(order_by="-id")
    """Transfer receipts (调拨入库), newest first."""
    transfer_discrepancies: Connection[TransferDiscrepancy] = connection(order_by="-id")
    """What did not arrive (调拨差异), newest first."""


@input_type
class TransferLineInput:
    """What to move."""

    sku_id: Id[Sku]
    """What."""
    quantity: Quantity
    """How much, in `unit`; more than 0."""
    unit: str | None = None
    """A unit of the SKU, such as 箱; by default its base unit."""

    def asked(self) -> AskedLine:
        """The line as the operation takes it."""
        return AskedLine(sku_id=self.sku_id, quantity=self.quantity, unit=self.unit, unit_price=UnitPrice(0))


@input_type
class CreateTransferInput:
    """A transfer to draft."""

    from_warehouse_id: Id[Warehouse]
    """The source (调出仓)."""
    to_warehouse_id: Id[Warehouse]
    """The destination (调入仓), another one; it may be out of your scope."""
    lines: list[TransferLineInput]
    """What; 1 to 500 lines."""
    goods: models.TransferGoods = models.TransferGoods.STOCK
    """Which goods it carries (良品, 待检, 次品); those that may be sold unless said otherwise."""
    expected_on: date | None = None
    """When the goods are expected."""
    note: str = ""
    """Remark (备注)."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class CreateTransferPayload:
    """The transfer that was drafted."""

    transfer: Transfer | None
    """The transfer."""


@mutation(CreateTransferPayload)
async def create_transfer(call: Call, input: CreateTransferInput) -> facts.TransferCreated:
    """Drafts a transfer (新建调拨单); nothing is kept for it until it is approved."""
    return await operations.create_transfer(
        call,
        from_warehouse_id=input.from_warehouse_id,
        to_warehouse_id=input.to_warehouse_id,
        lines=[line.asked() for line in input.lines],
        goods=input.goods,
        expected_on=input.expected_on,
        note=input.note,
    )


@input_type
class UpdateTransferInput:
    """What a draft is to say instead; what is left out is emptied."""

    id: Id[Transfer]
    """The draft."""
    lines: list[TransferLineInput]
    """All lines it is to have; 1 to 500."""
    expected_on: date | None = None
    """When the goods are expected."""
    note: str = ""
    """Remark (备注)."""
    expected_version: int | None = None
    """The version you have seen; when it has changed since, nothing is done."""


@payload
class UpdateTransferPayload:
    """The draft that was changed."""

    transfer: Transfer | None
    """The transfer."""


@mutation(UpdateTransferPayload)
async def update_transfer(call: Call, input: UpdateTransferInput) -> facts.TransferUpdated:
    """Replaces the lines, the expected day and the note of a draft (修改调拨单)."""
    return await operations.update_transfer(
        call,
        transfer_id=input.id,
        lines=[line.asked() for line in input.lines],
        expected_on=input.expected_on,
        note=input.note,
        expected_version=input.expected_version,
    )


submit_transfer = document_action(operations.submit_transfer, Transfer)
reject_transfer = document_action(operations.reject_transfer, Transfer)
cancel_transfer = document_action(operations.cancel_transfer, Transfer, StockLevel)
