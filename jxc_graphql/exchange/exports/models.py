"""Files that exports made, and the permission that it takes."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.kit.files import Folder
from jxc_graphql.kit.ids import IdField
from jxc_graphql.office.auth.permissions import permission

EXPORT_LISTS = permission(
    "EXPORT_LISTS", "Have lists that one sees made into files.", "BUYER", "SELLER", "WAREHOUSE_KEEPER", "ACCOUNTANT"
)
IMPORT_FILES = permission(
    "IMPORT_FILES", "Send files and have them imported; each row takes what it would take otherwise.", "BUYER", "SELLER"
)
FILES = Folder("data")


class FileFormat(StrEnum):
    """What kind of file it is."""

    CSV = "CSV"
    """Text with commas (CSV), UTF-8 with a byte order mark."""
    XLSX = "XLSX"
    """A workbook of Excel (XLSX)."""


class DataFile(Model):
    id = IdField()
    owner = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    owner_id: int
    name = fields.CharField(max_length=120)
    """Under which name it is saved (文件名)."""
    hash = fields.CharField(max_length=64)
    size = fields.BigIntField()
    """How many bytes it has (大小)."""
    rows = fields.BigIntField()
    """How many rows it has, without its header (行数)."""
    rights = fields.TextField(default="{}")
    created_at = fields.DatetimeField()
    """When it was made (创建时间); a month later it is thrown away."""

    class Meta:
        table = "data_file"
        constraints = (CheckConstraint("size >= 0 AND rows >= 0", "data_file_has_a_size"),)
        indexes = (("owner", "id"), ("created_at", "id"), ("hash",))
