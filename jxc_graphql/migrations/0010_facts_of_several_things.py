"""A fact of several things stands in the journal once for each: what receipts and shipments tell is theirs too."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from jxc_graphql.kit.db.operations import Statements

_ECHOES = (
    ("GoodsReceived", "goods_receipt_id"),
    ("GoodsShipped", "shipment_id"),
    ("TransferReceived", "transfer_receipt_id"),
)
_TELL_AGAIN = (
    "INSERT INTO journal (xid, at, name, subject_id, is_echo, actor_id, request_id, address, token_id, body) "
    "SELECT xid, at, name, {subject}, true, actor_id, request_id, address, token_id, body "
    "FROM journal WHERE name = '{name}' ORDER BY id"
)
_JSON = {"sqlite": "json_extract(body, '$.{field}')", "postgres": "CAST(CAST(body AS json) ->> '{field}' AS bigint)"}


class Migration(migrations.Migration):
    """Echoes, those of facts that there are among them."""

    operations = (
        ops.AddField(
            model_name="JournalEntry",
            name="is_echo",
            field=fields.BooleanField(default=False),
        ),
        Statements(
            **{
                dialect: [_TELL_AGAIN.format(name=name, subject=subject.format(field=field)) for name, field in _ECHOES]
                for dialect, subject in _JSON.items()
            }
        ),
    )
