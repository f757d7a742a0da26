"""Tables of own fields and of what things say in them, and the words for their kinds and types."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.searching import SpeltModel
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.office.auth.permissions import permission
from jxc_graphql.office.documents.models import named_by_kind

MANAGE_OWN_FIELDS = permission("MANAGE_OWN_FIELDS", "Say which own fields documents and master data have.")
SET_OWN_FIELDS = permission(
    "SET_OWN_FIELDS", "Fill in own fields of what one may change.", "BUYER", "SELLER", "WAREHOUSE_KEEPER",
    "ACCOUNTANT",
)  # fmt: skip
MASTERS = ("sku", "product", "supplier", "customer")
"""The tables of master data whose things have own fields."""
TARGETS = ("supplier", "customer", "sku", "product", "user", "warehouse")
"""The tables of what a reference can be to."""
OWNERS = tuple(f"{table}_id" for table in ("document", *MASTERS))
"""The columns of a value that say whose it is."""
REFERENCES = tuple(f"to_{table}_id" for table in TARGETS)
"""Those that say to what it refers."""


@named_by_kind
class OwnFieldKind(StrEnum):
    """Of which things an own field is (所属对象): master data, or documents of one kind."""

    SKU = "SKU"
    """SKUs (规格)."""
    PRODUCT = "PRODUCT"
    """Products (商品)."""
    SUPPLIER = "SUPPLIER"
    """Suppliers (供应商)."""
    CUSTOMER = "CUSTOMER"
    """Customers (客户)."""


class OwnFieldType(StrEnum):
    """What is filled in (字段类型), and how it is written."""

    TEXT = "TEXT"
    """Text (文本), up to 500 characters."""
    NUMBER = "NUMBER"
    """A number (数字), such as `12.5`, with as many decimal places as the field has."""
    MONEY = "MONEY"
    """An amount in the company's currency (金额), up to four decimal places."""
    DATE = "DATE"
    """A day (日期), such as `2026-01-31`."""
    CHOICE = "CHOICE"
    """One of the choices of the field (选项)."""
    REFERENCE = "REFERENCE"
    """Something else (引用), by its id."""


class ReferenceKind(StrEnum):
    """To what a reference can be (引用对象)."""

    SUPPLIER = "SUPPLIER"
    """A supplier (供应商)."""
    CUSTOMER = "CUSTOMER"
    """A customer (客户)."""
    SKU = "SKU"
    """A SKU (规格)."""
    PRODUCT = "PRODUCT"
    """A product (商品)."""
    USER = "USER"
    """A user (用户)."""
    WAREHOUSE = "WAREHOUSE"
    """A warehouse (仓库)."""


class OwnField(SpeltModel, VersionedModel):
    """What things of a kind can say besides what all have."""

    id = IdField()
    kind = fields.CharEnumField(OwnFieldKind, max_length=30)
    code = fields.CharField(max_length=40)
    name = fields.CharField(max_length=100)
    value_type = fields.CharEnumField(OwnFieldType, max_length=10)
    decimals = fields.IntField(default=0)
    choices = fields.TextField(default="[]")
    """Texts in a JSON list."""
    reference_kind = fields.CharEnumField(ReferenceKind, max_length=10, null=True)
    is_required = fields.BooleanField(default=False)
    is_active = fields.BooleanField(default=True)
    position = fields.IntField(default=0)

    class Meta:
        table = "own_field"
        unique_together = (("kind", "code"),)
        indexes = (("code", "kind"), ("position", "id"))


def _one(columns: tuple[str, ...]) -> str:
    return " + ".join(f"(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)" for column in columns)


class OwnFieldValue(Model):
    """What one thing says in one field."""

    id = IdField()
    field = fields.ForeignKeyField("models.OwnField", related_name=False, on_delete=fields.RESTRICT)
    field_id: int
    document = fields.ForeignKeyField("models.Document", related_name=False, on_delete=fields.RESTRICT, null=True)
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT, null=True)
    product = fields.ForeignKeyField("models.Product", related_name=False, on_delete=fields.RESTRICT, null=True)
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT, null=True)
    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT, null=True)
    value = fields.CharField(max_length=500)
    in_order = fields.CharField(max_length=501)
    """In whose order values of its type are; the first letter tells the type."""
    to_supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT, null=True)
    to_customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT, null=True)
    to_sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT, null=True)
    to_product = fields.ForeignKeyField("models.Product", related_name=False, on_delete=fields.RESTRICT, null=True)
    to_user = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT, null=True)
    to_warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT, null=True)

    class Meta:
        table = "own_field_value"
        constraints = (
            CheckConstraint(f"{_one(OWNERS)} = 1", "own_field_value_is_of_one_thing"),
            CheckConstraint(
                f"{_one(REFERENCES)} = (CASE WHEN in_order LIKE 'r%' THEN 1 ELSE 0 END)",
                "own_field_value_refers_to_one_thing_where_it_is_a_reference",
            ),
        )
        unique_together = tuple((owner.removesuffix("_id"), "field") for owner in OWNERS)
        indexes = (("field", "in_order"), *((one.removesuffix("_id"),) for one in REFERENCES))
