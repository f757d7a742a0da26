"""Texts of customer levels, price lists and promotions are compared as lists are sorted."""

from tortoise import migrations

from jxc_graphql.kit.db.operations import by_code_points


class Migration(migrations.Migration):
    """Texts that came with prices by code points."""

    operations = (by_code_points(),)
