"""The table of customer levels."""

from tortoise import fields

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.searching import SpeltModel
from jxc_graphql.kit.versions import VersionedModel

USUAL = 1
"""The id of the level of customers of whom nobody said another."""


class CustomerLevel(SpeltModel, VersionedModel):
    """Customer level (客户等级): customers of one level have the same prices."""

    id = IdField()
    code = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=60)

    class Meta:
        table = "customer_level"
        indexes = (("name", "id"), ("updated_at", "id"))
