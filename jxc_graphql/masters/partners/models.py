"""Tables of those we buy from and sell to."""

from tortoise import fields
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import QuantityField, UnitPriceField
from jxc_graphql.kit.versions import VersionedModel

OF_PARTNERS = tuple(
    (column, "id")
    for column in (
        "name",
        "contact_name",
        "phone",
        "email",
        "tax_number",
        "payment_days",
        "is_active",
        "created_at",
        "updated_at",
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
    payment_days = fields.IntField(default=30)
    is_active = fields.BooleanField(default=True)
    search_text = fields.TextField(default="")
    created_at = fields.DatetimeField()

    class Meta:
        abstract = True


class Supplier(Partner, VersionedModel):
    """`on_hold` blocks new orders."""

    on_hold = fields.BooleanField(default=False)

    class Meta:
        table = "supplier"
        indexes = (*OF_PARTNERS, ("on_hold", "id"))


class Customer(Partner, VersionedModel):
    class Meta:
        table = "customer"
        indexes = OF_PARTNERS


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
