"""Tables of those we buy from and sell to."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import QuantityField, UnitPriceField
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.masters.customer_levels.models import USUAL as USUAL_LEVEL
from jxc_graphql.masters.payment_terms.models import USUAL

OF_PARTNERS = tuple(
    (column, "id")
    for column in (
        "name",
        "contact_name",
        "phone",
        "email",
        "tax_number",
        "is_active",
        "created_at",
        "updated_at",
        "payment_term",
    )
)
"""The indexes of suppliers and customers alike."""


class Partner(Model):
    """The columns of suppliers and customers alike."""

    id = IdField()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=200)
    contact_name = fields.CharField(max_length=100, default="")
    phone = fields.CharField(max_length=40, default="")
    email = fields.CharField(max_length=200, default="")
    address = fields.CharField(max_length=400, default="")
    tax_number = fields.CharField(max_length=40, default="")
    payment_term: Any = fields.ForeignKeyField(
        "models.PaymentTerm", related_name=False, on_delete=fields.RESTRICT, default=USUAL
    )
    payment_term_id: int
    is_active = fields.BooleanField(default=True)
    search_text = fields.TextField(default="")
    created_at = fields.DatetimeField()

    class Meta:
        abstract = True


class CreditGrade(StrEnum):
    """How far a supplier is trusted (信用等级)."""

    A = "A"
    """Without reserve (A级)."""
    B = "B"
    """As most are (B级)."""
    C = "C"
    """With care (C级)."""
    D = "D"
    """Hardly (D级)."""
    UNRATED = "UNRATED"
    """Nobody has said yet (未评级)."""


class Supplier(Partner, VersionedModel):
    """`on_hold` blocks new orders."""

    on_hold = fields.BooleanField(default=False)
    credit_grade = fields.CharEnumField(CreditGrade, max_length=10, default=CreditGrade.UNRATED)

    class Meta:
        table = "supplier"
        indexes = (*OF_PARTNERS, ("on_hold", "id"), ("credit_grade", "id"))


class Customer(Partner, VersionedModel):
    level = fields.ForeignKeyField(
        "models.CustomerLevel", related_name=False, on_delete=fields.RESTRICT, default=USUAL_LEVEL
    )
    level_id: int

    class Meta:
        table = "customer"
        indexes = (*OF_PARTNERS, ("level", "id"))


class SupplierPrice(VersionedModel):
    """What a supplier asks for one unit of a SKU, the least it sells, in which packs, and how many days it takes.

    Without a `unit` the price is that of one base unit.
    """

    id = IdField()
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT)
    supplier_id: int
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    sku_id: int
    unit = fields.ForeignKeyField("models.SkuUnit", related_name=False, on_delete=fields.RESTRICT, null=True)
    unit_id: int | None
    currency = fields.CharField(max_length=3)
    unit_price = UnitPriceField()
    minimum_quantity = QuantityField()
    pack_quantity = QuantityField()
    lead_time_days = fields.IntField()
    is_preferred = fields.BooleanField(default=False)

    class Meta:
        table = "supplier_price"
        unique_together = (("supplier", "sku"),)
        indexes = (
            ("is_preferred", "id"),
            ("sku", "id"),
            ("unit_price", "id"),
            ("unit",),
            ("minimum_quantity", "id"),
            ("pack_quantity", "id"),
            ("lead_time_days", "id"),
            ("updated_at", "id"),
        )
