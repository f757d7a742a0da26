"""Papers of the company."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Papers of the company."""

    operations = (
        ops.AddField(
            model_name="Company",
            name="address",
            field=fields.CharField(default="", max_length=200),
        ),
        ops.AddField(
            model_name="Company",
            name="name",
            field=fields.CharField(default="", max_length=100),
        ),
        ops.AddField(
            model_name="Company",
            name="phone",
            field=fields.CharField(default="", max_length=40),
        ),
    )
