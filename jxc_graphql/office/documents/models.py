"""Tables and columns that every document shares."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField


class DocumentStatus(StrEnum):
    """Where a document stands (单据状态); which of these a kind of document can reach is told by its state table."""

    DRAFT = "DRAFT"
    """Draft (草稿): may still be changed; binds nobody."""
    SUBMITTED = "SUBMITTED"
    """Submitted (待审): waits for approval."""
    APPROVED = "APPROVED"
    """Approved (已审): binding; nothing received or shipped yet."""
    IN_TRANSIT = "IN_TRANSIT"
    """In transit (在途): sent, and nothing received yet."""
    PARTIALLY_RECEIVED = "PARTIALLY_RECEIVED"
    """Partially received (部分入库)."""
    RECEIVED = "RECEIVED"
    """Received (全部入库): nothing is outstanding."""
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
    """Partially shipped (部分出库)."""
    SHIPPED = "SHIPPED"
    """Shipped (全部出库): nothing is outstanding."""
    COUNTING = "COUNTING"
    """Counting (盘点中): goods are being counted."""
    CLOSED = "CLOSED"
    """Closed (关闭): part was fulfilled, the rest was cancelled."""
    CANCELLED = "CANCELLED"
    """Cancelled (作废): nothing was fulfilled and nothing will be."""
    POSTED = "POSTED"
    """Posted (已过账): in the books for good; corrected only by another document."""


class DocumentNumber(Model):
    """The last number given out in a series such as `PO2026`."""

    series = fields.CharField(max_length=20, primary_key=True)
    last_number = fields.BigIntField()

    class Meta:
        table = "document_number"


class IdempotencyKey(Model):
    """A retry key of a caller, and the fact with which it was answered the first time."""

    id = IdField()
    actor_id = fields.BigIntField()
    operation = fields.CharField(max_length=60)
    key = fields.CharField(max_length=100)
    request_hash = fields.CharField(max_length=64)
    fact = fields.TextField(null=True)
    created_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "idempotency_key"
        unique_together = (("actor_id", "operation", "key"),)


class Document(Model):
    """The columns of every document."""

    id = IdField()
    number = fields.CharField(max_length=30, unique=True)
    status = fields.CharEnumField(DocumentStatus, max_length=20)
    version = fields.IntField(default=1)
    business_date = fields.DateField()
    created_at = fields.DatetimeField()
    created_by: Any = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    note = fields.CharField(max_length=500, default="")

    class Meta:
        abstract = True
