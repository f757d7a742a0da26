"""The register of the small shop: what all papers have, whatever they are; in the database it is a view."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tortoise import fields
from tortoise.models import Model

from jxc_graphql.gql.declare import Id, batched, by_kind, column, computed, register
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, MoneyField
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.models import DocumentStatus

VIEW = """
CREATE VIEW shop_paper AS
SELECT id, 'ORDER' AS kind, number, status, business_date, warehouse_id,
    CASE WHEN id % 2 = 0 THEN warehouse_id END AS second_warehouse_id, total AS amount FROM purchase_order
UNION ALL
SELECT id, 'RECEIPT', number, status, business_date, warehouse_id, NULL, total FROM goods_receipt
UNION ALL
SELECT id, 'NOTHING', code, 'DRAFT', '2026-01-01', 10, NULL, NULL FROM supplier"""
"""Of suppliers no entity of the shop is the type."""


class PaperEntry(Model):
    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=20)
    number = fields.CharField(max_length=20)
    status = fields.CharEnumField(DocumentStatus, max_length=20)
    business_date = fields.DateField()
    warehouse_id = fields.BigIntField()
    second_warehouse_id = fields.BigIntField(null=True)
    amount = MoneyField(null=True)

    class Meta:
        table = "shop_paper"
        indexes = (
            ("number",),
            ("status",),
            ("business_date",),
            ("warehouse_id",),
            ("second_warehouse_id",),
            ("amount",),
        )


def title(kind: str, number: str) -> str:
    return f"{kind} {number}"


async def note_counts(_call: Call, ids: Sequence[int]) -> list[int]:
    found = dict(await db.fetch("SELECT subject_id, count(*) FROM journal GROUP BY subject_id"))
    return [found.get(key, 0) for key in ids]


@register(PaperEntry, kind="kind", scope={Dimension.WAREHOUSE: ("warehouse_id", "second_warehouse_id")})
class Paper:
    """What all papers have."""

    id: Id[Any]
    """Its id."""
    number: str
    """Its number (单号)."""
    status: DocumentStatus
    """Where it stands."""
    business_date: date
    """The day it is of."""
    amount: Money | None = column(requires=Permission.SEE_COST)
    """What it is about, in money."""
    title: str = computed(title, "kind", "number")
    """What it is called."""
    note: str = by_kind()
    """What is written at its edge."""
    note_count: int = batched(note_counts, "id")
    """How many notes there are about it."""
