"""Whatever has a name is found by it, however it is typed; short lists are looked through, without an index of pairs.

Dues are found by their notes, and what was delivered and came back by what was paid for it.
"""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from jxc_graphql.kit.db.operations import Statements, by_code_points, pairs

_FOUND_BY_NAMES = (
    "ApprovalPolicy", "Currency", "CustomerLevel", "OwnField", "PaymentTerm", "PriceList", "PrintTemplate", "Promotion",
    "Role", "Schedule", "TaxCode", "User", "Due",
)  # fmt: skip
_SHORT = ("branch", "warehouse")
_TRIGGERS = [f"DROP TRIGGER {table}_pairs_of_{what}" for table in _SHORT for what in ("new", "old", "changed")]
_PAID = ("CustomerReturn", "CustomerReturnLine", "GoodsReceipt", "GoodsReceiptReversal", "Shipment", "ShipmentReversal")


class Migration(migrations.Migration):
    """Words of short lists."""

    operations = (
        *(
            ops.AddField(model_name=model, name="search_text", field=fields.TextField(default=""))
            for model in _FOUND_BY_NAMES
        ),
        by_code_points(),
        pairs("price_list", "search_text"),
        pairs("promotion", "search_text"),
        pairs("due", "search_text"),
        pairs("data_file", "name", "lower({})"),
        *(ops.AddIndex(model_name=model, index=Index(fields=["gross", "id"])) for model in _PAID),
        ops.AddIndex(model_name="CustomerReturn", index=Index(fields=["exchange_gross", "id"])),
        Statements(
            sqlite=[*_TRIGGERS, *(f"DROP TABLE {table}_pairs" for table in _SHORT)],
            postgres=[f"DROP INDEX {table}_pairs" for table in _SHORT],
        ),
    )
