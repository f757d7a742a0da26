"""What clients see of transfers, and what they do with them."""

from datetime import date

from jxc_graphql.books.goods.api import StockError, StockLevel, StockMovement
from jxc_graphql.gql.declare import (
    Connection,
    LimitError,
    Node,
    batched,
    column,
    computed,
    connection,
    entity,
    many,
    shown_as,
    value,
)
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, Scope, document, document_line
from jxc_graphql.office.documents.several import several
from jxc_graphql.warehousing.transfers import consignments, models, operations, queries, rules, transit

_EITHER: Scope = {Dimension.WAREHOUSE: ("from_warehouse_id", "to_warehouse_id")}
_OF_TRANSFER: Scope = {Dimension.WAREHOUSE: ("transfer.from_warehouse_id", "transfer.to_warehouse_id")}


@value(row_of=("lot_id",))
class LotInTransit:
    """What is on its way of one lot (在途批次), or of none."""

    lot_number: str | None
    """The number of the lot (批号); null for goods that are kept without lots."""
    expires_on: date | None
    """When it expires (到期日); null where that is not known."""
    quantity: Quantity
    """How much of it is on its way."""


@document_line(models.TransferLine, scope=_EITHER)
class TransferLine(Node):
    """A line of a transfer (调拨单行); quantities are in the SKU's base unit."""

    quantity_in_transit: Quantity = computed(
        rules.quantity_in_transit, "quantity_dispatched", "quantity_received", "quantity_missing"
    )
    """How much is on its way (在途)."""
    lots_in_transit: list[LotInTransit] = batched(queries.consignments, "id", beside=True)
    """What is on its way, by lot, first to expire first."""
    serial_numbers_in_transit: list[str] = batched(queries.serial_numbers, "id", beside=True)
    """The serial numbers (序列号) of the pieces on their way."""
    cost: Money = column(requires=Permission.SEE_COST)
    """What the goods cost that were sent (调出成本)."""


@entity(models.TransferDiscrepancy, requires=Permission.SEE_STOCK, scope=_OF_TRANSFER)
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


@document(models.Transfer, scope=_EITHER)
class Transfer(Document, Node):
    """Transfer (调拨单): goods go from one warehouse to another. Who may work in either of the two sees it."""

    from_name: str = batched(queries.warehouse_names, "from_warehouse_id", beside=True)
    """What the source is called, also where it is out of the viewer's scope."""
    to_name: str = batched(queries.warehouse_names, "to_warehouse_id", beside=True)
    """What the destination is called, also where it is out of the viewer's scope."""
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


@document_line(models.TransferReceiptLine, scope=_OF_TRANSFER)
class TransferReceiptLine(Node):
    """A line of a transfer receipt (调拨入库行): what came of one transfer line to one place."""

    value: Money = column(requires=Permission.SEE_COST)
    """What these goods cost (金额)."""


@document(models.TransferReceipt, scope=_OF_TRANSFER)
class TransferReceipt(Document, Node):
    """Transfer receipt (调拨入库): what arrived of a transfer at one time."""

    total: Money = column(requires=Permission.SEE_COST)
    """What the goods cost (合计金额)."""
    lines: list[TransferReceiptLine] = many("transfer_receipt_id", order_by="line_no")
    """What came."""
    movements: Connection[StockMovement] = connection("document_id")
    """What it moved."""


Query = lists(Transfer, TransferReceipt, TransferDiscrepancy, TransferLine, TransferReceiptLine)

create_transfer = document_action(operations.create_transfer, Transfer)
create_transfers = several(create_transfer, Transfer)
update_transfer = document_action(operations.update_transfer, Transfer)
submit_transfer = document_action(operations.submit_transfer, Transfer)
reject_transfer = document_action(operations.reject_transfer, Transfer)
withdraw_transfer = document_action(operations.withdraw_transfer, Transfer)
unapprove_transfer = document_action(operations.unapprove_transfer, Transfer, StockLevel)
cancel_transfer = document_action(operations.cancel_transfer, Transfer, StockLevel)
approve_transfer = document_action(operations.approve_transfer, Transfer, StockLevel)
dispatch_transfer = document_action(transit.dispatch_transfer, Transfer, StockLevel)
receive_transfer = document_action(transit.receive_transfer, TransferReceipt, Transfer, StockLevel)
close_transfer_short = document_action(transit.close_transfer_short, Transfer, StockLevel)

PROBLEMS = (
    shown_as(StockError, rules.TransferShortage),
    shown_as(LimitError, rules.MoreThanAsked, limit="asked", asked="approved"),
    shown_as(LimitError, rules.MoreThanApproved, limit="approved", asked="requested"),
    *(
        shown_as(LimitError, one, limit="in_transit", asked="given", available="in_transit")
        for one in (consignments.MoreThanInTransit, consignments.LotNotInTransit)
    ),
)
