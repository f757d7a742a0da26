"""A SKU knows the category of its product; moments that were told from ids are written as all others are."""
# ruff: noqa: S608  (statements are made of our own names)

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements

_TAKE = ["UPDATE sku SET category_id = (SELECT product.category_id FROM product WHERE product.id = sku.product_id)"]

_WHOLE = [
    f"UPDATE {table} SET updated_at = replace(updated_at, '.000000+', '+') WHERE updated_at LIKE '%.000000+%'"
    for table in ("category", "place", "role", "supplier_price")
]
"""SQLite keeps texts, without what is nothing."""


class Migration(migrations.Migration):
    """Categories of SKUs."""

    operations = (
        ops.AddField(model_name="Sku", name="category", field=columns.reference("Category", null=True)),
        Statements(sqlite=_TAKE, postgres=_TAKE),
        ops.AlterField(model_name="Sku", name="category", field=columns.reference("Category")),
        ops.AddIndex(model_name="Sku", index=Index(fields=["category", "id"])),
        Statements(sqlite=_WHOLE, postgres=[]),
    )
