"""Balances of accounts by day and dimension, of all entries that there are; accounts are found by their words."""
# ruff: noqa: S608  (statements are made of text of our own)

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements, index, pairs

_MODELS = {
    "customer": "Customer", "supplier": "Supplier", "seller": "User", "category": "Category", "warehouse": "Warehouse",
    "branch": "Branch",
}  # fmt: skip
_KEYS = ", ".join(("account_id", "business_date", *(f"{one}_id" for one in _MODELS)))
_UNIQUE = ", ".join(("account_id", "business_date", *(f"coalesce({one}_id, 0)" for one in _MODELS)))
_FOLDED = [
    f"""INSERT INTO account_day ({_KEYS}, debit, credit)
        SELECT {_KEYS}, CAST(SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS BIGINT),
            CAST(SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS BIGINT)
        FROM account_entry GROUP BY {_KEYS}""",
    """INSERT INTO reaction_cursor (name, xid, entry_id)
        SELECT 'account_day', xid, id FROM account_entry ORDER BY xid DESC, id DESC LIMIT 1""",
]


class Migration(migrations.Migration):
    """Balances of accounts."""

    operations = (
        ops.CreateModel(
            "AccountDay",
            [
                ("id", fields.BigIntField(generated=True, primary_key=True)),
                ("account", columns.reference("Account")),
                ("business_date", fields.DateField()),
                *((name, columns.reference(model, null=True)) for name, model in _MODELS.items()),
                ("debit", columns.Steps()),
                ("credit", columns.Steps()),
            ],
            {
                "table": "account_day",
                "constraints": [CheckConstraint(check="debit >= 0 AND credit >= 0", name="account_day_has_no_minus")],
                "indexes": [
                    Index(fields=["account", "business_date"]),
                    Index(fields=["business_date"]),
                    *(Index(fields=[name, "account"]) for name in _MODELS),
                ],
            },
        ),
        pairs("account", "search_text"),
        index("account_day_is_one", f"account_day ({_UNIQUE})", unique=True),
        Statements(sqlite=_FOLDED, postgres=_FOLDED),
    )
