"""The words of tags are compared as lists are sorted."""

from tortoise import migrations

from jxc_graphql.kit.db.operations import by_code_points


class Migration(migrations.Migration):
    """Words of tags by code points."""

    operations = (by_code_points(),)
