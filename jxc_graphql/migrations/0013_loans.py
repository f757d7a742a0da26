"""Loans, and a lent place in every warehouse: a bin that has its code is called otherwise from now on."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements

LENT_PLACES = [
    "UPDATE place SET code = 'LENT-' || id WHERE upper(code) = 'LENT'",
    # No place has the id of a warehouse: all ids come from one row of numbers.
    """INSERT INTO place (id, kind, warehouse_id, code, name, is_active, is_bin, search_text)
       SELECT id, 'LENT', id, 'LENT', 'LENT', true, false, 'lent' FROM warehouse""",
    "UPDATE warehouse SET lent_place_id = id",
]


class Migration(migrations.Migration):
    """Loans."""

    operations = (
        ops.CreateModel(
            "Loan",
            [
                ("id", columns.Id()),
                ("number", fields.CharField(unique=True, max_length=30)),
                ("status", fields.CharField(max_length=20)),
                ("version", fields.IntField()),
                ("business_date", fields.DateField()),
                ("created_at", fields.DatetimeField()),
                ("created_by", columns.reference("User")),
                ("note", fields.CharField(max_length=500)),
                ("warehouse", columns.reference("Warehouse")),
                ("customer", columns.reference("Customer", null=True)),
                ("supplier", columns.reference("Supplier", null=True)),
                ("due_on", fields.DateField()),
                ("lent_on", fields.DateField(null=True)),
                ("loss_reason", fields.CharField(null=True, max_length=10)),
                ("cost", columns.Steps()),
            ],
            {
                "table": "loan",
                "constraints": [
                    CheckConstraint(check="(customer_id IS NULL) <> (supplier_id IS NULL)", name="loan_has_one_partner")
                ],
                "indexes": [
                    Index(fields=["warehouse"]),
                    Index(fields=["customer"]),
                    Index(fields=["supplier"]),
                    Index(fields=["status", "due_on"]),
                ],
            },
        ),
        ops.CreateModel(
            "LoanLine",
            [
                ("id", columns.Id()),
                ("loan", columns.reference("Loan")),
                ("line_no", fields.IntField()),
                ("sku", columns.reference("Sku")),
                ("lot", columns.reference("Lot", null=True)),
                ("serials", fields.TextField()),
                ("quantity", columns.Steps()),
                ("quantity_lent", columns.Steps()),
                ("quantity_returned", columns.Steps()),
                ("quantity_sold", columns.Steps()),
                ("quantity_lost", columns.Steps()),
                ("cost", columns.Steps()),
            ],
            {
                "table": "loan_line",
                "unique_together": (("loan", "line_no"),),
                "constraints": [
                    CheckConstraint(
                        check="quantity > 0 AND quantity_lent IN (0, quantity) AND quantity_returned >= 0 AND quantity_sold >= 0"
                        " AND quantity_lost >= 0 AND quantity_returned + quantity_sold + quantity_lost <= quantity_lent"
                        " AND cost >= 0",
                        name="loan_line_is_within_what_was_lent",
                    )
                ],
                "indexes": [Index(fields=["sku"])],
            },
        ),
        ops.CreateModel(
            "LoanReturn",
            [
                ("id", columns.Id()),
                ("number", fields.CharField(unique=True, max_length=30)),
                ("status", fields.CharField(max_length=20)),
                ("version", fields.IntField()),
                ("business_date", fields.DateField()),
                ("created_at", fields.DatetimeField()),
                ("created_by", columns.reference("User")),
                ("note", fields.CharField(max_length=500)),
                ("loan", columns.reference("Loan")),
                ("warehouse", columns.reference("Warehouse")),
                ("total", columns.Steps()),
            ],
            {"table": "loan_return", "indexes": [Index(fields=["loan"]), Index(fields=["warehouse"])]},
        ),
        ops.CreateModel(
            "LoanReturnLine",
            [
                ("id", columns.Id()),
                ("loan_return", columns.reference("LoanReturn")),
                ("line_no", fields.IntField()),
                ("loan_line", columns.reference("LoanLine")),
                ("sku", columns.reference("Sku")),
                ("place", columns.reference("Place")),
                ("quantity", columns.Steps()),
                ("value", columns.Steps()),
            ],
            {
                "table": "loan_return_line",
                "unique_together": (("loan_return", "line_no"),),
                "constraints": [CheckConstraint(check="quantity > 0", name="loan_return_line_brings_something")],
                "indexes": [Index(fields=["loan_line"])],
            },
        ),
        ops.AddField(
            model_name="StockLevel",
            name="lent",
            field=columns.Steps(default=0),
        ),
        ops.AddField(
            model_name="StockLevel",
            name="lent_value",
            field=columns.Steps(default=0),
        ),
        ops.AddConstraint(
            model_name="StockLevel",
            constraint=CheckConstraint(
                check="lent >= 0 AND lent_value >= 0 AND (lent > 0 OR lent_value = 0)",
                name="stock_level_has_lent_value_with_goods",
            ),
        ),
        ops.AddField(
            model_name="StockRevaluation",
            name="lent_value",
            field=columns.Steps(default=0),
        ),
        ops.AddField(
            model_name="Warehouse",
            name="lent_place_id",
            field=fields.BigIntField(default=0),
        ),
        Statements(sqlite=LENT_PLACES, postgres=LENT_PLACES),
    )
