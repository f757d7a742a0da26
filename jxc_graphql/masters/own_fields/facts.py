"""What happened to own fields and their values."""

from typing import ClassVar

import msgspec

from jxc_graphql.kit.journal import Fact
from jxc_graphql.office.documents.models import DocumentChange


class OwnFieldCreated(Fact, frozen=True, kw_only=True):
    """There is an own field."""

    own_field_id: int


class OwnFieldUpdated(Fact, frozen=True, kw_only=True):
    """An own field has another name, other choices or another place, or is asked for in another way."""

    own_field_id: int


class OwnFieldDeleted(Fact, frozen=True, kw_only=True):
    """An own field is no more."""

    own_field_id: int
    code: str


class ChangedValue(msgspec.Struct, frozen=True, kw_only=True):
    """What a thing said in a field, and what it says now; None is nothing."""

    code: str
    before: str | None = None
    after: str | None = None
    field_id: int | None = None
    """None in facts that are older than that they could tell it."""


class OwnFieldsSet(Fact, frozen=True, kw_only=True):
    """Own fields of a document, a product, a SKU, a supplier or a customer were filled in or cleared."""

    tells: ClassVar[DocumentChange] = DocumentChange.UPDATED
    owner_id: int
    document_id: int | None = None
    sku_id: int | None = None
    product_id: int | None = None
    supplier_id: int | None = None
    customer_id: int | None = None
    """Which of these it is."""
    changes: tuple[ChangedValue, ...] = ()
