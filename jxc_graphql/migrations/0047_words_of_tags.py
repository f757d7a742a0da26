"""Tags are found by their names, however these are typed, and documents by their tags."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from jxc_graphql.kit.db.operations import pairs


class Migration(migrations.Migration):
    """Words of tags."""

    operations = (
        ops.AddField(
            model_name="Tag",
            name="search_text",
            field=fields.TextField(default=""),
        ),
        pairs("tag", "search_text"),
    )
