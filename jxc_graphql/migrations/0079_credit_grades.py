"""How far suppliers are trusted; nobody has said so of those that were there."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from jxc_graphql.kit.db.operations import by_code_points


class Migration(migrations.Migration):
    """A column of suppliers, and the index by which they are listed by it."""

    operations = (
        ops.AddField(
            model_name="Supplier",
            name="credit_grade",
            field=fields.CharField(default="UNRATED", max_length=10),
        ),
        ops.AddIndex(
            model_name="Supplier",
            index=Index(fields=["credit_grade", "id"]),
        ),
        by_code_points(),
    )
