"""Users and roles have versions; of everything that has one it is known when it changed, or was created."""
# ruff: noqa: S608  (statements are made of our own names)

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from jxc_graphql.kit.db.operations import Statements

CREATED_AT = ("branch", "customer", "lot", "product", "sku", "supplier", "user", "warehouse")
"""The tables that know it."""
BY_ID = ("category", "place", "role", "supplier_price")
"""The tables of whose rows only the ids tell, in milliseconds since 2024."""
VERSIONED = (
    "Branch", "Category", "Customer", "Lot", "Place", "Product", "Role", "Sku", "Supplier", "SupplierPrice", "User",
    "Warehouse",
)  # fmt: skip
OF_PARTNERS = ("contact_name", "phone", "email", "tax_number", "payment_days")
_SECONDS = "((id >> 22) + 1704067200000) / 1000.0"


def _known(moment: str) -> list[str]:
    return [
        *(f'UPDATE "{table}" SET updated_at = created_at WHERE updated_at IS NULL' for table in CREATED_AT),
        *(f"UPDATE {table} SET updated_at = {moment} WHERE updated_at IS NULL" for table in BY_ID),
    ]


class Migration(migrations.Migration):
    """Versions of users and roles, and the moments of all."""

    operations = (
        *(
            operation
            for model in ("Role", "User")
            for operation in (
                ops.AddField(model_name=model, name="updated_at", field=fields.DatetimeField(null=True)),
                ops.AddField(model_name=model, name="version", field=fields.IntField(default=1)),
            )
        ),
        Statements(
            sqlite=_known(f"strftime('%Y-%m-%d %H:%M:%f000+00:00', {_SECONDS}, 'unixepoch')"),
            postgres=_known(f"to_timestamp({_SECONDS})"),
        ),
        *(ops.AlterField(model_name=model, name="updated_at", field=fields.DatetimeField()) for model in VERSIONED),
        *(
            ops.AddIndex(model_name=model, index=Index(fields=[column, "id"]))
            for model in ("Customer", "Supplier")
            for column in OF_PARTNERS
        ),
        ops.AddIndex(model_name="SupplierPrice", index=Index(fields=["lead_time_days", "id"])),
    )
