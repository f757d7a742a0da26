"""Whose milliseconds of which id node are: a lock was lost whenever the server of the database was restarted."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from jxc_graphql.kit import columns


class Migration(migrations.Migration):
    """Id nodes."""

    operations = (
        ops.CreateModel(
            "IdNode",
            [
                ("node", columns.Id()),
                ("holder", fields.CharField(max_length=100)),
                ("through", fields.BigIntField()),
            ],
            {"table": "id_node"},
        ),
    )
