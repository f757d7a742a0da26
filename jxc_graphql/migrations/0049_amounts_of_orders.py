"""Orders say what they come to without tax, their tax and what is paid, in whole fen; products say how they are taxed.

What is there is taxed by the code NONE: net and gross are what a line comes to, rounded to the fen, and an order is
their sum. Orders that had amounts below the fen are told.
"""
# ruff: noqa: S608  (statements are made of text of our own)

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import RowsTold, Statements

_ORDERS = {"PurchaseOrder": "purchase_order", "SalesOrder": "sales_order"}
_OF_ORDER = ("net", "tax", "discount")
_OF_LINE = (*_OF_ORDER, "discount_share")
_BELOW_A_FEN = (
    " UNION ALL ".join(
        f"SELECT DISTINCT number FROM {table} JOIN {table}_line AS line ON line.{table}_id = {table}.id "
        "WHERE line.amount % 100 <> 0"
        for table in _ORDERS.values()
    )
    + " ORDER BY 1"
)


def _filled(table: str) -> list[str]:
    fen, lines = "(amount + 50) / 100 * 100", f"{table}_line AS line WHERE line.{table}_id = {table}.id"
    total = f"(SELECT total FROM {table} WHERE {table}.id = document.id)"
    return [
        f"UPDATE {table}_line SET tax_code_id = 1, net = {fen}, gross = {fen}",
        f"UPDATE {table} SET total = (SELECT CAST(coalesce(SUM(gross), 0) AS BIGINT) FROM {lines})",
        f"UPDATE {table} SET net = total",
        f"UPDATE document SET amount = {total} WHERE document_kind = '{table.upper()}' AND amount <> {total}",
    ]


def _adds_up(table: str, *of: str, gross: str) -> CheckConstraint:
    whole = " AND ".join(f"{one} >= 0 AND {one} % 100 = 0" for one in of)
    return CheckConstraint(check=f"{whole} AND net + tax = {gross}", name=f"{table}_adds_up")


def _of(model: str, table: str) -> list[ops.Operation]:
    line, filled = f"{model}Line", _filled(table)
    return [
        ops.AddField(model_name=model, name="prices_include_tax", field=fields.BooleanField(default=False)),
        *(ops.AddField(model_name=model, name=one, field=columns.Steps(default=0)) for one in _OF_ORDER),
        *(
            ops.AddField(model_name=line, name=one, field=columns.Steps(default=0))
            for one in (*_OF_LINE, "gross", "tax_rate")
        ),
        ops.AddField(model_name=line, name="tax_code", field=columns.reference("TaxCode", null=True)),
        Statements(sqlite=filled, postgres=filled),
        ops.AlterField(model_name=line, name="tax_code", field=columns.reference("TaxCode")),
        ops.AddConstraint(model_name=model, constraint=_adds_up(table, *_OF_ORDER, gross="total")),
        ops.AddConstraint(model_name=line, constraint=_adds_up(f"{table}_line", *_OF_LINE, gross="gross")),
    ]


class Migration(migrations.Migration):
    """Amounts of orders."""

    operations = (
        ops.AddField(model_name="Product", name="tax_code", field=columns.reference("TaxCode", null=True)),
        RowsTold(what="Amounts below the fen are rounded to it", of=_BELOW_A_FEN),
        *(operation for model, table in _ORDERS.items() for operation in _of(model, table)),
    )
