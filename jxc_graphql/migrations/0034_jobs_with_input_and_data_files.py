"""Jobs with input and data files."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns


class Migration(migrations.Migration):
    """Jobs with input and data files."""

    operations = (
        ops.CreateModel(
            "DataFile",
            [
                ("id", columns.Id()),
                ("owner", columns.reference("User")),
                ("name", fields.CharField(max_length=120)),
                ("hash", fields.CharField(max_length=64)),
                ("size", fields.BigIntField()),
                ("rows", fields.BigIntField()),
                ("rights", fields.TextField()),
                ("created_at", fields.DatetimeField()),
            ],
            {
                "table": "data_file",
                "constraints": [CheckConstraint(check="size >= 0 AND rows >= 0", name="data_file_has_a_size")],
                "indexes": [Index(fields=["owner", "id"]), Index(fields=["created_at", "id"]), Index(fields=["hash"])],
            },
        ),
        ops.AddField(
            model_name="Job",
            name="result",
            field=fields.TextField(default="{}"),
        ),
        ops.AddField(
            model_name="Schedule",
            name="input",
            field=fields.TextField(default="{}"),
        ),
        ops.AddField(
            model_name="Schedule",
            name="owner",
            field=columns.reference("User", null=True),
        ),
        ops.AddIndex(
            model_name="Schedule",
            index=Index(fields=["owner", "id"]),
        ),
    )
