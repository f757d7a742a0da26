"""What policies decide by of sales amendments: what is taken off, earned, and below minimum prices with them."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from jxc_graphql.kit import columns


class Migration(migrations.Migration):
    """Columns of what an order would come to; 0 for amendments that were there, which nobody asked before."""

    operations = (
        ops.AddField(
            model_name="SalesAmendment",
            name="below_minimum",
            field=columns.Steps(default=0),
        ),
        ops.AddField(
            model_name="SalesAmendment",
            name="discount_after",
            field=columns.Steps(default=0),
        ),
        ops.AddField(
            model_name="SalesAmendment",
            name="margin_after",
            field=columns.Steps(default=0),
        ),
    )
