"""Tables of attachments, and of uploads that were asked for."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.kit.files import Folder
from jxc_graphql.kit.ids import IdField
from jxc_graphql.office.attachments.owners import Owner, columns
from jxc_graphql.office.auth.permissions import permission

ATTACH_FILES = permission(
    "ATTACH_FILES", "Attach files to what one sees, rename and delete them.", "BUYER", "SELLER",
    "WAREHOUSE_KEEPER", "ACCOUNTANT",
)  # fmt: skip
FILES = Folder("attachments")
LOCK = "attachments"
"""What is held by whoever gives a file its name with its row, or takes away one that no row names."""
_ONE_OWNER = " + ".join(
    f"(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)"
    for column in ("document_id", "product_id", "sku_id", "supplier_id", "customer_id")
)


class Attachment(Model):
    """A file that was attached to something; one that was deleted keeps its row."""

    id = IdField()
    document = fields.ForeignKeyField("models.Document", related_name=False, on_delete=fields.RESTRICT, null=True)
    product = fields.ForeignKeyField("models.Product", related_name=False, on_delete=fields.RESTRICT, null=True)
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT, null=True)
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT, null=True)
    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT, null=True)
    position = fields.BigIntField()
    name = fields.CharField(max_length=200)
    media_type = fields.CharField(max_length=100)
    size = fields.IntField()
    hash = fields.CharField(max_length=64)
    created_by = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    created_by_id: int
    created_at = fields.DatetimeField()
    deleted_at = fields.DatetimeField(null=True)
    deleted_by = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT, null=True)
    deleted_by_id: int | None

    class Meta:
        table = "attachment"
        constraints = (
            CheckConstraint(f"{_ONE_OWNER} = 1", "attachment_is_of_one_thing"),
            CheckConstraint("size > 0", "attachment_has_bytes"),
            CheckConstraint("(deleted_by_id IS NULL) = (deleted_at IS NULL)", "attachment_is_deleted_by_somebody"),
        )
        indexes = (
            ("document", "position"),
            ("product", "position"),
            ("sku", "position"),
            ("supplier", "position"),
            ("customer", "position"),
            ("created_by", "id"),
            ("created_at", "id"),
            ("hash", "id"),
        )

    @property
    def owner(self) -> Owner:
        """What has it."""
        return next(Owner(one, getattr(self, one)) for one in columns() if getattr(self, one) is not None)


class Upload(Model):
    """That somebody may send a file for something: it is gone when he has."""

    id = IdField()
    owner_column = fields.CharField(max_length=40)
    owner_id = fields.BigIntField()
    name = fields.CharField(max_length=200)
    user = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    user_id: int
    created_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "upload"

    @property
    def owner(self) -> Owner:
        """For what it is."""
        return Owner(self.owner_column, self.owner_id)
