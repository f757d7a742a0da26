"""Stock alerts are found by any part of what was said about them."""

from tortoise import migrations

from jxc_graphql.kit.db.operations import pairs


class Migration(migrations.Migration):
    """Words of alerts."""

    operations = (pairs("stock_alert", "note", "lower({})"),)
