"""Tables of transfers between warehouses."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import MoneyField, QuantityField
from jxc_graphql.office.auth.permissions import Permission, permission
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, DocumentLine, Registered
from jxc_graphql.office.documents.states import Action, Note, States
from jxc_graphql.office.documents.states import DocumentAction as Do
from jxc_graphql.office.documents.states import DocumentStatus as Is


class TransferGoods(StrEnum):
    """Which goods a transfer carries: they leave places of this kind, and arrive at such."""

    STOCK = "STOCK"
    """Goods that may be sold (良品)."""
    QUALITY = "QUALITY"
    """Goods that wait for inspection (待检)."""
    DAMAGED = "DAMAGED"
    """Damaged or rejected goods (次品)."""


class TransferDiscrepancyReason(StrEnum):
    """Why goods that were sent did not arrive (差异原因); it decides where the books put them."""

    LOST = "LOST"
    """Lost on the way (丢失): a count difference."""
    DAMAGED_IN_TRANSIT = "DAMAGED_IN_TRANSIT"
    """Damaged on the way (途中损坏) and not worth bringing in: scrapped."""
    MISCOUNTED_AT_DISPATCH = "MISCOUNTED_AT_DISPATCH"
    """Never left (发货点错): back in the source's stock."""
    OTHER = "OTHER"
    """Another reason (其他), which the note tells: a count difference."""


APPROVE_TRANSFERS = permission(
    "APPROVE_TRANSFERS",
    "Approve transfers, which reserves the goods, or send them back; close those of which goods are missing.",
)

STATES = States(
    {
        Do.UPDATE: Action(by=Permission.EDIT_TRANSFERS, ways={Is.DRAFT: {Is.DRAFT}}),
        Do.SUBMIT: Action(by=Permission.EDIT_TRANSFERS, ways={Is.DRAFT: {Is.SUBMITTED}}),
        Do.APPROVE: Action(by=APPROVE_TRANSFERS, ways={Is.SUBMITTED: {Is.APPROVED}}),
        Do.REJECT: Action(by=APPROVE_TRANSFERS, ways={Is.SUBMITTED: {Is.DRAFT}}, note=Note.OPTIONAL),
        Do.DISPATCH: Action(by=Permission.MOVE_GOODS, ways={Is.APPROVED: {Is.IN_TRANSIT}}, moves_goods=True),
        Do.RECEIVE: Action(
            by=Permission.MOVE_GOODS,
            ways={one: {Is.PARTIALLY_RECEIVED, Is.RECEIVED} for one in (Is.IN_TRANSIT, Is.PARTIALLY_RECEIVED)},
            at="to_warehouse_id",
            moves_goods=True,
        ),
        Do.CLOSE: Action(
            by=APPROVE_TRANSFERS,
            ways={one: {Is.CLOSED} for one in (Is.IN_TRANSIT, Is.PARTIALLY_RECEIVED)},
            at="to_warehouse_id",
            note=Note.OPTIONAL,
            moves_goods=True,
        ),
        Do.CANCEL: Action(
            by=Permission.EDIT_TRANSFERS, ways={one: {Is.CANCELLED} for one in (Is.DRAFT, Is.SUBMITTED, Is.APPROVED)}
        ),
        Do.WITHDRAW: Action(by=Permission.EDIT_TRANSFERS, ways={Is.SUBMITTED: {Is.DRAFT}}, by_author=True),
        Do.UNAPPROVE: Action(by=Permission.UNAPPROVE_DOCUMENTS, ways={Is.APPROVED: {Is.DRAFT}}, note=Note.OPTIONAL),
    }
)


class Transfer(DocumentHeader):
    """Transfer (调拨单).

    `cost` is what the goods cost that were sent; `dispatched_on` the business date under which they left.
    """

    series = "TR"
    states = STATES
    registered = Registered(warehouse_id="from_warehouse_id", to_warehouse_id="to_warehouse_id", amount="cost")

    from_warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """The source (调出仓); null where it is out of the viewer's scope."""
    from_warehouse_id: int
    to_warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """The destination (调入仓); null where it is out of the viewer's scope."""
    to_warehouse_id: int
    goods = fields.CharEnumField(TransferGoods, max_length=7, default=TransferGoods.STOCK)
    """Which goods it carries (良品, 待检, 次品)."""
    expected_on = fields.DateField(null=True)
    """The day on which the goods are expected (预计到货日期); null while nobody said."""
    dispatched_at = fields.DatetimeField(null=True)
    """When the goods left (调出时间); null before."""
    dispatched_on = fields.DateField(null=True)
    """The business date under which they left; null before."""
    dispatched_by = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT, null=True)
    """Who sent them (调出人); null before."""
    dispatched_by_id: int | None
    cost = MoneyField()

    class Meta:
        constraints = (CheckConstraint("from_warehouse_id <> to_warehouse_id", "transfer_goes_elsewhere"),)
        indexes = (
            *OF_DOCUMENTS,
            ("from_warehouse", "id"),
            ("to_warehouse", "id"),
            ("expected_on", "id"),
            ("dispatched_on", "id"),
            ("cost", "id"),
            ("dispatched_at", "id"),
        )


class TransferLine(DocumentLine):
    """Quantities are in the base unit; `unit` and `quantity_in_unit` are what was typed."""

    transfer = fields.ForeignKeyField("models.Transfer", related_name=False, on_delete=fields.RESTRICT)
    """The transfer it stands in."""
    transfer_id: int
    unit = fields.CharField(max_length=20)
    """The unit in which it was asked for (单位)."""
    quantity_in_unit = QuantityField()
    """How much was asked for, in that unit (申请数量)."""
    quantity = QuantityField()
    """How much was asked for (申请数量)."""
    quantity_approved = QuantityField()
    """How much was approved (批准数量); goods that may be sold are reserved until they leave."""
    quantity_dispatched = QuantityField()
    """How much was sent (调出数量)."""
    quantity_received = QuantityField()
    """How much came (已到), damaged goods included."""
    quantity_damaged = QuantityField()
    """How much of what came was damaged (破损)."""
    quantity_missing = QuantityField()
    """How much was sent and will not come (差异)."""
    cost = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity > 0 AND quantity_approved <= quantity AND quantity_dispatched <= quantity_approved"
                " AND quantity_received + quantity_missing <= quantity_dispatched AND quantity_missing >= 0"
                " AND quantity_damaged >= 0 AND quantity_received >= quantity_damaged AND cost >= 0",
                "transfer_line_is_within_what_was_sent",
            ),
        )
        indexes = (
            ("sku", "id"),
            ("cost", "id"),
        )


class TransferReceipt(DocumentHeader):
    """Transfer receipt (调拨入库)."""

    series = "TRR"
    registered = Registered(
        warehouse_id="(SELECT from_warehouse_id FROM transfer WHERE transfer.id = transfer_receipt.transfer_id)",
        to_warehouse_id="warehouse_id",
        amount="total",
    )

    transfer = fields.ForeignKeyField("models.Transfer", related_name=False, on_delete=fields.RESTRICT)
    """The transfer of which it came."""
    transfer_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where it came to."""
    warehouse_id: int
    total = MoneyField()

    class Meta:
        indexes = (*OF_DOCUMENTS, ("warehouse", "id"), ("transfer", "id"), ("total", "id"))


class TransferReceiptLine(DocumentLine):
    """What came of one transfer line to one place; damaged goods went to the damaged place instead."""

    transfer_receipt = fields.ForeignKeyField("models.TransferReceipt", related_name=False, on_delete=fields.RESTRICT)
    """The receipt it stands in."""
    transfer_receipt_id: int
    transfer_line = fields.ForeignKeyField("models.TransferLine", related_name=False, on_delete=fields.RESTRICT)
    """The transfer line of which it came."""
    transfer_line_id: int
    place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT)
    """Where accepted goods were put."""
    place_id: int
    quantity_accepted = QuantityField()
    """How much went there (合格)."""
    quantity_damaged = QuantityField()
    """How much went to the damaged place (破损)."""
    value = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity_accepted >= 0 AND quantity_damaged >= 0 AND quantity_accepted + quantity_damaged > 0",
                "transfer_receipt_line_brings_something",
            ),
        )
        indexes = (
            ("transfer_line", "id"),
            ("sku", "id"),
            ("place", "id"),
            ("value", "id"),
        )


class TransferDiscrepancy(Model):
    """What of one transfer line did not arrive for one reason, and what it cost."""

    id = IdField()
    transfer = fields.ForeignKeyField("models.Transfer", related_name=False, on_delete=fields.RESTRICT)
    transfer_id: int
    transfer_line = fields.ForeignKeyField("models.TransferLine", related_name=False, on_delete=fields.RESTRICT)
    transfer_line_id: int
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    sku_id: int
    reason = fields.CharEnumField(TransferDiscrepancyReason, max_length=24)
    quantity = QuantityField()
    value = MoneyField()

    class Meta:
        table = "transfer_discrepancy"
        constraints = (CheckConstraint("quantity > 0", "transfer_discrepancy_is_positive"),)
        indexes = (
            ("transfer", "id"),
            ("transfer_line", "id"),
            ("sku", "id"),
            ("reason", "id"),
            ("value", "id"),
        )
