"""Tables of what can be bought, kept and sold."""

from tortoise import fields
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField


class Category(Model):
    id = IdField()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=100)
    parent = fields.ForeignKeyField("models.Category", related_name=False, on_delete=fields.RESTRICT, null=True)
    search_text = fields.CharField(max_length=400, default="")

    class Meta:
        table = "category"


class Product(Model):
    id = IdField()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=200)
    category = fields.ForeignKeyField("models.Category", related_name=False, on_delete=fields.RESTRICT)
    category_id: int
    description = fields.CharField(max_length=2000, default="")
    is_active = fields.BooleanField(default=True)
    search_text = fields.CharField(max_length=800, default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "product"


class Sku(Model):
    """`unit` is the base unit, in which stock is kept."""

    id = IdField()
    product = fields.ForeignKeyField("models.Product", related_name=False, on_delete=fields.RESTRICT)
    product_id: int
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=200)
    unit = fields.CharField(max_length=20)
    is_active = fields.BooleanField(default=True)
    search_text = fields.CharField(max_length=800, default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "sku"


class SkuUnit(Model):
    """Another unit of a SKU: one of it is numerator / denominator base units."""

    id = IdField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    name = fields.CharField(max_length=20)
    numerator = fields.BigIntField()
    denominator = fields.BigIntField(default=1)

    class Meta:
        table = "sku_unit"
        unique_together = (("sku", "name"),)


class Barcode(Model):
    """A code on a label: it names a SKU and the unit that the label is on."""

    id = IdField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    code = fields.CharField(max_length=60, unique=True)
    unit = fields.CharField(max_length=20)

    class Meta:
        table = "barcode"
