"""A SKU knows the category of its product."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements

_TAKE = ["UPDATE sku SET category_id = (SELECT product.category_id FROM product WHERE product.id = sku.product_id)"]


class Migration(migrations.Migration):
    """Categories of SKUs."""

    operations = (
        ops.AddField(model_name="Sku", name="category", field=columns.reference("Category", null=True)),
        Statements(sqlite=_TAKE, postgres=_TAKE),
        ops.AlterField(model_name="Sku", name="category", field=columns.reference("Category")),
        ops.AddIndex(model_name="Sku", index=Index(fields=["category", "id"])),
    )
