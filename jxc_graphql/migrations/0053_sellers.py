"""Sales orders say whose sale they are; of those there are it is who drafted them."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements

_AUTHORS = ["UPDATE sales_order SET seller_id = created_by_id"]


class Migration(migrations.Migration):
    """Sellers."""

    operations = (
        ops.AddField(model_name="SalesOrder", name="seller", field=columns.reference("User", null=True)),
        Statements(sqlite=_AUTHORS, postgres=_AUTHORS),
        ops.AlterField(model_name="SalesOrder", name="seller", field=columns.reference("User")),
        ops.AddIndex(model_name="SalesOrder", index=Index(fields=["seller", "id"])),
    )
