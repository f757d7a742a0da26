"""Texts of dues, currencies, amendments, reversals and consignments are compared as lists are sorted."""

from tortoise import migrations

from jxc_graphql.kit.db.operations import by_code_points


class Migration(migrations.Migration):
    """Texts that came with trade by code points."""

    operations = (by_code_points(),)
