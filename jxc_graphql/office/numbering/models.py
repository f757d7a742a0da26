"""The table of numbering rules."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.office.documents.models import DocumentKind
from jxc_graphql.office.documents.numbers import DatePart, NumberReset


class NumberingRule(VersionedModel):
    """How documents of a kind are numbered, everywhere or in a branch."""

    id = IdField()
    document_kind = fields.CharEnumField(DocumentKind, max_length=40)
    branch = fields.ForeignKeyField("models.Branch", related_name=False, on_delete=fields.RESTRICT, null=True)
    branch_id: int | None
    prefix = fields.CharField(max_length=8)
    date_part = fields.CharEnumField(DatePart, max_length=10)
    separator = fields.CharField(max_length=8)
    shows_branch = fields.BooleanField()
    digits = fields.IntField()
    reset = fields.CharEnumField(NumberReset, max_length=10)

    class Meta:
        table = "numbering_rule"
        unique_together = (("document_kind", "branch"),)
        indexes = (("branch",), ("updated_at", "id"))
        constraints = (
            UniqueConstraint(("document_kind",), "numbering_rule_is_one_for_all_branches", "branch_id IS NULL"),
            CheckConstraint("digits BETWEEN 3 AND 8", "numbering_rule_has_digits_that_can_be"),
        )
