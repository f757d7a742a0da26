"""A movement says of which line goods are that go back, or come back; those there are say nothing of it."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from jxc_graphql.kit.db.operations import index


class Migration(migrations.Migration):
    """Lines of what goes back."""

    operations = (
        ops.AddField(
            model_name="StockMovement",
            name="of_line_id",
            field=fields.BigIntField(null=True),
        ),
        index("stock_movement_of_line", "stock_movement (of_line_id) WHERE of_line_id IS NOT NULL"),
    )
