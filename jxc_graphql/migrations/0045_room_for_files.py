"""Room for files."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Room for files."""

    operations = (
        ops.AddField(
            model_name="Company",
            name="file_megabytes",
            field=fields.IntField(default=0),
        ),
        ops.AddField(
            model_name="Company",
            name="files_megabytes",
            field=fields.IntField(default=0),
        ),
        ops.AddField(
            model_name="Company",
            name="numbering",
            field=fields.IntField(default=0),
        ),
    )
