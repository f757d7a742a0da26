"""Payment terms are things of their own, of partners and of their orders; before, partners had a number of days.

Whoever had no days pays on delivery, and any other number of days is a term with that number as its code.
"""
# ruff: noqa: S608  (statements are made of text of our own)

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements, by_code_points

_ORDERS = {"PurchaseOrder": ("purchase_order", "supplier"), "SalesOrder": ("sales_order", "customer")}
_NOW = "'2026-11-30 00:00:00+00:00'"
_COLUMNS = "INSERT INTO payment_term (id, version, updated_at, code, name, basis, months, days)"
_FIRST = [
    (
        f"{_COLUMNS} VALUES (1, 1, {_NOW}, 'COD', '货到付款', 'DOCUMENT', 0, 0), "
        f"(2, 1, {_NOW}, 'PREPAID', '预付', 'PREPAID', 0, 0), (3, 1, {_NOW}, '30', '30 天', 'DOCUMENT', 0, 30), "
        f"(4, 1, {_NOW}, 'EOM', '月结', 'MONTH_END', 0, 0), (5, 1, {_NOW}, 'EOM30', '月结 30 天', 'MONTH_END', 0, 30)"
    ),
    (
        f"{_COLUMNS} SELECT 1000 + payment_days, 1, {_NOW}, CAST(payment_days AS VARCHAR(20)), "
        "CAST(payment_days AS VARCHAR(20)) || ' 天', 'DOCUMENT', 0, payment_days FROM ("
        "SELECT payment_days FROM supplier UNION SELECT payment_days FROM customer) AS agreed "
        "WHERE payment_days NOT IN (0, 30)"
    ),
]
"""Those that every database begins with, and one for each other number of days that was agreed."""


def _of_partner(model: str) -> list[ops.Operation]:
    term = "CASE payment_days WHEN 0 THEN 1 WHEN 30 THEN 3 ELSE 1000 + payment_days END"
    told = [f"UPDATE {model.lower()} SET payment_term_id = {term}"]
    return [
        ops.AddField(model_name=model, name="payment_term", field=columns.reference("PaymentTerm", null=True)),
        Statements(sqlite=told, postgres=told),
        ops.AlterField(model_name=model, name="payment_term", field=columns.reference("PaymentTerm")),
        ops.RemoveIndex(model_name=model, name=None, fields=["payment_days", "id"]),
        ops.RemoveField(model_name=model, name="payment_days"),
        ops.AddIndex(model_name=model, index=Index(fields=["payment_term", "id"])),
    ]


def _of_order(model: str, table: str, partner: str) -> list[ops.Operation]:
    term = f"SELECT payment_term_id FROM {partner} WHERE {partner}.id = {table}.{partner}_id"
    told = [f"UPDATE {table} SET payment_term_id = ({term})"]
    return [
        ops.AddField(model_name=model, name="payment_term", field=columns.reference("PaymentTerm", null=True)),
        Statements(sqlite=told, postgres=told),
        ops.AlterField(model_name=model, name="payment_term", field=columns.reference("PaymentTerm")),
    ]


class Migration(migrations.Migration):
    """Payment terms."""

    operations = (
        ops.CreateModel(
            "PaymentTerm",
            [
                ("version", fields.IntField()),
                ("updated_at", fields.DatetimeField()),
                ("id", columns.Id()),
                ("code", fields.CharField(unique=True, max_length=20)),
                ("name", fields.CharField(max_length=60)),
                ("basis", fields.CharField(max_length=10)),
                ("months", fields.IntField()),
                ("days", fields.IntField()),
            ],
            {
                "table": "payment_term",
                "constraints": [
                    CheckConstraint(
                        check="months BETWEEN 0 AND 24 AND days BETWEEN 0 AND 730 AND (basis <> 'PREPAID' OR months + days = 0)",
                        name="payment_term_is_a_time_that_can_be",
                    )
                ],
                "indexes": [Index(fields=["name", "id"]), Index(fields=["updated_at", "id"])],
            },
        ),
        by_code_points(),
        Statements(sqlite=_FIRST, postgres=_FIRST),
        *(operation for model in ("Customer", "Supplier") for operation in _of_partner(model)),
        *(operation for model, of in _ORDERS.items() for operation in _of_order(model, *of)),
    )
