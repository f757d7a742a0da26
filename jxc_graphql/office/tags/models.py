"""Tables of tags, and of which document has which."""

from tortoise import fields
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.office.auth.permissions import permission

MANAGE_TAGS = permission("MANAGE_TAGS", "Make, rename and delete tags.")
TAG_DOCUMENTS = permission(
    "TAG_DOCUMENTS", "Give tags to documents that one sees, and take them away.", "BUYER", "SELLER",
    "WAREHOUSE_KEEPER", "ACCOUNTANT",
)  # fmt: skip


class Tag(VersionedModel):
    """A word by which documents are told apart."""

    id = IdField()
    name = fields.CharField(max_length=40, unique=True)
    color = fields.CharField(max_length=7)
    search_text = fields.TextField(default="")
    """Its name, and how that may be spelt."""

    class Meta:
        table = "tag"


class DocumentTag(Model):
    """That a document has a tag."""

    id = IdField()
    document = fields.ForeignKeyField("models.Document", related_name=False, on_delete=fields.RESTRICT)
    document_id: int
    tag = fields.ForeignKeyField("models.Tag", related_name=False, on_delete=fields.RESTRICT)
    tag_id: int
    added_by = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    added_by_id: int
    added_at = fields.DatetimeField()

    class Meta:
        table = "document_tag"
        unique_together = (("document", "tag"),)
        indexes = (("tag", "document"),)
