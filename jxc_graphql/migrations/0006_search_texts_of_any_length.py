"""Search texts of any length."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Search texts of any length."""

    operations = (
        ops.CreateModel(
            "SearchIndex",
            [
                ("table_name", fields.CharField(primary_key=True, max_length=40)),
                ("rule", fields.IntField()),
                ("through", fields.BigIntField(null=True)),
            ],
            {"table": "search_index"},
        ),
        ops.AlterField(
            model_name="Branch",
            name="search_text",
            field=fields.TextField(default=""),
        ),
        ops.AlterField(
            model_name="Category",
            name="search_text",
            field=fields.TextField(default=""),
        ),
        ops.AlterField(
            model_name="Customer",
            name="search_text",
            field=fields.TextField(default=""),
        ),
        ops.AlterField(
            model_name="Document",
            name="search_text",
            field=fields.TextField(),
        ),
        ops.AlterField(
            model_name="Lot",
            name="search_text",
            field=fields.TextField(default=""),
        ),
        ops.AlterField(
            model_name="Place",
            name="search_text",
            field=fields.TextField(default=""),
        ),
        ops.AlterField(
            model_name="Product",
            name="search_text",
            field=fields.TextField(default=""),
        ),
        ops.AlterField(
            model_name="Sku",
            name="search_text",
            field=fields.TextField(default=""),
        ),
        ops.AlterField(
            model_name="Supplier",
            name="search_text",
            field=fields.TextField(default=""),
        ),
        ops.AlterField(
            model_name="Warehouse",
            name="search_text",
            field=fields.TextField(default=""),
        ),
    )
