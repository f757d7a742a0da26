"""Prices belong to the unit that was typed: order lines keep the price of one of it, supplier prices may name one.

What lines are worth stays. Where a unit is no whole number of base units its price is rounded to the step of prices.
"""
# ruff: noqa: S608  (statements are made of text of our own)

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements

_REST = "CAST(round(unit_price * 1.0 * (quantity % quantity_in_unit) / quantity_in_unit) AS BIGINT)"
_PER_UNIT = [
    f"UPDATE {table} SET unit_price = unit_price * (quantity / quantity_in_unit) + {_REST} "
    "WHERE quantity <> quantity_in_unit"
    for table in ("purchase_order_line", "sales_order_line")
]


class Migration(migrations.Migration):
    """Prices of units."""

    operations = (
        ops.AddField(
            model_name="SupplierPrice",
            name="unit",
            field=columns.reference("SkuUnit", null=True),
        ),
        ops.AddIndex(
            model_name="SupplierPrice",
            index=Index(fields=["unit"]),
        ),
        Statements(sqlite=_PER_UNIT, postgres=_PER_UNIT),
    )
