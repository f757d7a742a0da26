"""The table of the kinds of goods."""

from tortoise import fields

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.versions import VersionedModel


class Category(VersionedModel):
    id = IdField()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=100)
    parent = fields.ForeignKeyField("models.Category", related_name=False, on_delete=fields.RESTRICT, null=True)
    search_text = fields.TextField(default="")

    class Meta:
        table = "category"

        indexes = (
            ("name", "id"),
            ("parent", "id"),
            ("updated_at", "id"),
        )
