"""Codes are found in either case."""

from tortoise import migrations

from jxc_graphql.kit.db.operations import index


class Migration(migrations.Migration):
    """Indexes of the codes without their case."""

    operations = (
        index("sku_code_in_either_case", "sku (lower(code))"),
        index("barcode_code_in_either_case", "barcode (lower(code))"),
    )
