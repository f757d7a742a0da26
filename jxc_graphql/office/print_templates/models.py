"""The table of print templates."""

from tortoise import fields

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.searching import SpeltModel
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.office.auth.permissions import permission
from jxc_graphql.office.documents.models import DocumentKind
from jxc_graphql.office.print_templates.paper import Paper

MANAGE_PRINT_TEMPLATES = permission("MANAGE_PRINT_TEMPLATES", "Say how the papers of the company look.")


class PrintTemplate(SpeltModel, VersionedModel):
    """How a kind of document looks on a paper."""

    found_by = ("name",)
    id = IdField()
    name = fields.CharField(max_length=100, unique=True)
    document_kind = fields.CharEnumField(DocumentKind, max_length=40)
    paper = fields.CharEnumField(Paper, max_length=20)
    text = fields.TextField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "print_template"
        indexes = (("document_kind", "id"), ("updated_at", "id"))
