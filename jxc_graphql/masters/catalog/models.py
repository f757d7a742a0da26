"""Tables of what can be bought, kept and sold."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod


class Product(VersionedModel):
    id = IdField()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=200)
    category = fields.ForeignKeyField("models.Category", related_name=False, on_delete=fields.RESTRICT)
    category_id: int
    tax_code = fields.ForeignKeyField("models.TaxCode", related_name=False, on_delete=fields.RESTRICT, null=True)
    tax_code_id: int | None
    brand = fields.CharField(max_length=100, default="")
    description = fields.CharField(max_length=2000, default="")
    valuation = fields.CharEnumField(ValuationMethod, max_length=14, default=ValuationMethod.MOVING_AVERAGE)
    is_active = fields.BooleanField(default=True)
    search_text = fields.TextField(default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "product"
        indexes = (
            ("name", "id"),
            ("category", "id"),
            ("category", "code"),
            ("brand", "id"),
            ("is_active", "id"),
            ("created_at", "id"),
            ("updated_at", "id"),
        )


class ProductAttribute(Model):
    """What tells the SKUs of a product apart; `position` counts from 0."""

    id = IdField()
    product = fields.ForeignKeyField("models.Product", related_name=False, on_delete=fields.RESTRICT)
    position = fields.IntField()
    name = fields.CharField(max_length=40)

    class Meta:
        table = "product_attribute"
        unique_together = (("product", "name"),)
        indexes = (("name", "id"),)


class AttributeValue(Model):
    """What an attribute of a product can be; `position` counts from 0."""

    id = IdField()
    attribute = fields.ForeignKeyField("models.ProductAttribute", related_name=False, on_delete=fields.RESTRICT)
    position = fields.IntField()
    name = fields.CharField(max_length=40)

    class Meta:
        table = "attribute_value"
        unique_together = (("attribute", "name"),)
        indexes = (("name", "id"),)


class Sku(VersionedModel):
    """`unit` is the base unit, in which stock is kept. It and `tracking` never change: the books rest on them.

    `category` is its product's, written with it: lists of whatever points to SKUs are filtered by it.

    `options_key` stands for the values of all its options, so that no two SKUs of a product have the same.
    """

    id = IdField()
    product = fields.ForeignKeyField("models.Product", related_name=False, on_delete=fields.RESTRICT)
    product_id: int
    category = fields.ForeignKeyField("models.Category", related_name=False, on_delete=fields.RESTRICT)
    category_id: int
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=200)
    unit = fields.CharField(max_length=20)
    tracking = fields.CharEnumField(SkuTracking, max_length=6, default=SkuTracking.NONE)
    shelf_life_days = fields.IntField(null=True)
    options_key = fields.CharField(max_length=80, null=True)
    is_active = fields.BooleanField(default=True)
    search_text = fields.TextField(default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "sku"
        unique_together = (("product", "options_key"),)
        constraints = (
            CheckConstraint(
                "shelf_life_days IS NULL OR (tracking = 'LOT' AND shelf_life_days BETWEEN 1 AND 36500)",
                "sku_has_a_shelf_life_with_lots_only",
            ),
        )
        indexes = (
            ("name", "id"),
            ("product", "id"),
            ("category", "id"),
            ("category", "code"),
            ("is_active", "id"),
            ("created_at", "id"),
            ("updated_at", "id"),
            ("tracking", "id"),
        )


class SkuOption(Model):
    """Which value a SKU has of an attribute of its product; `position` is the attribute's."""

    id = IdField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    attribute = fields.ForeignKeyField("models.ProductAttribute", related_name=False, on_delete=fields.RESTRICT)
    value = fields.ForeignKeyField("models.AttributeValue", related_name=False, on_delete=fields.RESTRICT)
    position = fields.IntField()

    class Meta:
        table = "sku_option"
        unique_together = (("sku", "attribute"),)
        indexes = (("attribute", "value"), ("value",))


class SkuUnit(Model):
    """Another unit of a SKU: one of it is numerator / denominator base units."""

    id = IdField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    sku_id: int
    name = fields.CharField(max_length=20)
    numerator = fields.BigIntField()
    denominator = fields.BigIntField(default=1)

    class Meta:
        table = "sku_unit"
        unique_together = (("sku", "name"),)
        indexes = (("name", "id"),)


class Barcode(Model):
    """A code on a label: it names a SKU and the unit that the label is on."""

    id = IdField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    code = fields.CharField(max_length=60, unique=True)
    unit = fields.CharField(max_length=20)

    class Meta:
        table = "barcode"

        indexes = (("sku", "id"),)
