"""Link keys."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from jxc_graphql.kit import columns


class Migration(migrations.Migration):
    """Link keys."""

    operations = (
        ops.CreateModel(
            "LinkKey",
            [
                ("id", columns.Id()),
                ("key", fields.CharField(max_length=64)),
            ],
            {"table": "link_key"},
        ),
    )
