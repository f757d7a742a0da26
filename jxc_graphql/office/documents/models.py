"""Tables and columns that every document shares."""

import re
from enum import StrEnum
from typing import Any, ClassVar

import msgspec
from tortoise import fields
from tortoise.models import Model

from jxc_graphql.gql.words.describe import screaming
from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.labels import tell
from jxc_graphql.kit.numbers import MoneyField
from jxc_graphql.kit.vocabulary import add
from jxc_graphql.office.documents.states import DocumentStatus, States


class DocumentKind(StrEnum):
    """Every kind of document (单据类型); each is the name of its type."""


class LinkKind(StrEnum):
    """Why a document was made out of another one (单据关联)."""

    FULFILMENT = "FULFILMENT"
    """It carries out, in whole or in part, what the other one asks for (执行)."""


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


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """Where a kind of document has what the register says of it besides its header: SQL of its own table.

    A column more in the register is a field more here and in `Document`, and a migration that fills it.
    """

    warehouse_id: str = "warehouse_id"
    to_warehouse_id: str = "NULL"
    supplier_id: str = "NULL"
    customer_id: str = "NULL"
    amount: str = "NULL"


OF_DOCUMENTS = (("status", "id"), ("business_date", "id"), ("created_at", "id"), ("created_by", "id"))
"""The indexes of every kind of document, beside that of its numbers."""


class DocumentHeader(Model):
    """The columns of every document, and what is to be known of its kind; its docstring begins with what it is called.

    class Shipment(DocumentHeader):
        '''Shipment (销售出库): what left for a sales order at one time.'''

        series = "SH"
    """

    called: ClassVar[str]
    called_in_chinese: ClassVar[str]
    series: ClassVar[str]
    """How its numbers begin."""
    states: ClassVar[States] = States()
    registered: ClassVar[Registered] = Registered()
    posted_as: ClassVar[str] = ""
    """What is told in journals when one is posted, where that is not its name with `Posted` behind it."""

    id = IdField()
    number = fields.CharField(max_length=30, unique=True)
    status = fields.CharEnumField(DocumentStatus, max_length=20)
    version = fields.IntField(default=1)
    business_date = fields.DateField()
    created_at = fields.DatetimeField()
    created_by: Any = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    created_by_id: int
    note = fields.CharField(max_length=500, default="")

    class Meta:
        abstract = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._meta.db_table = _snake(cls)
        if "series" in vars(cls):  # which the register has not
            called = re.match(r"(\w[^:.]*) \((\w+)\)", cls.__doc__ or "")
            assert called, f"{cls.__name__} does not say what it is called"
            cls.called, cls.called_in_chinese = called[1].lower(), called[2]
            add(DocumentKind, screaming(cls.__name__), f"{called[0]}.")
            _label(cls)


def _label(kind: type[DocumentHeader]) -> None:
    """What people read for such a document, its lines, and what lists of these are sorted by."""
    name, word = f"{kind.called_in_chinese.removesuffix('单')}单", screaming(kind.__name__)
    tell("Kind", {kind.__name__: name, f"{kind.__name__}Line": f"{name}行"})
    tell("field", {f"{word}_NUMBER": f"{name}号", f"{word}_BUSINESS_DATE": f"{name}业务日期"})


class DocumentLine(Model):
    """The columns of every line that is about a SKU; a key to its document is its own, and its number is there once.

    class ShipmentLine(DocumentLine):
        shipment = fields.ForeignKeyField(…)
    """

    id = IdField()
    line_no = fields.IntField()
    """Position in the document, from 1."""
    sku: Any = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    """The SKU that it is about."""
    sku_id: int

    class Meta:
        abstract = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        meta = cls._meta
        meta.db_table = _snake(cls)
        meta.unique_together = ((meta.db_table.removesuffix("_line"), "line_no"), *meta.unique_together)


def _snake(model: type[Model]) -> str:
    """The table of a model: its name."""
    return screaming(model.__name__).lower()


class Document(DocumentHeader):
    """The register (单据总册): a row per document under the document's id, whatever its kind; see `register`."""

    document_kind = fields.CharEnumField(DocumentKind, max_length=30)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT, null=True)
    to_warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT, null=True)
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT, null=True)
    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT, null=True)
    amount = MoneyField(null=True)
    search_text = fields.TextField()

    class Meta:
        indexes = (
            ("document_kind", "id"),
            ("status", "id"),
            ("business_date", "id"),
            ("created_at", "id"),
            ("created_by", "id"),
            ("amount", "id"),
            ("warehouse", "id"),
            ("to_warehouse", "id"),
            ("supplier", "id"),
            ("customer", "id"),
        )


class DocumentLink(Model):
    """That a document was made out of another one (上查, 下查)."""

    id = IdField()
    source = fields.ForeignKeyField("models.Document", related_name=False, on_delete=fields.RESTRICT)
    target = fields.ForeignKeyField("models.Document", related_name=False, on_delete=fields.RESTRICT)
    kind = fields.CharEnumField(LinkKind, max_length=20)

    class Meta:
        table = "document_link"
        unique_together = (("source", "target", "kind"),)
        indexes = (("target",),)
