"""Texts that came since lists have indexes are compared as their lists are sorted."""

from tortoise import migrations

from jxc_graphql.kit.db.operations import by_code_points


class Migration(migrations.Migration):
    """Later texts by code points."""

    operations = (by_code_points(),)
