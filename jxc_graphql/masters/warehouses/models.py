"""Tables of branches, warehouses and places."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.masters.warehouses.places import PlaceKind


class Branch(VersionedModel):
    id = IdField()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=100)
    is_active = fields.BooleanField(default=True)
    search_text = fields.TextField(default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "branch"


class Warehouse(VersionedModel):
    """Its built-in places have ids of their own, known from here without a look-up."""

    id = IdField()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=100)
    address = fields.CharField(max_length=400, default="")
    is_active = fields.BooleanField(default=True)
    branch = fields.ForeignKeyField("models.Branch", related_name=False, on_delete=fields.RESTRICT, null=True)
    branch_id: int | None
    stock_place_id = fields.BigIntField()
    quality_place_id = fields.BigIntField()
    damaged_place_id = fields.BigIntField()
    transit_place_id = fields.BigIntField()
    lent_place_id = fields.BigIntField()
    consigned_place_id = fields.BigIntField()
    search_text = fields.TextField(default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "warehouse"
        indexes = (
            ("name", "id"),
            ("is_active", "id"),
            ("branch",),
        )


class Place(VersionedModel):
    """Where goods can be; a virtual one has no warehouse. Only a bin can be renamed or inactive."""

    id = IdField()
    kind = fields.CharEnumField(PlaceKind, max_length=10)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT, null=True)
    warehouse_id: int | None
    code = fields.CharField(max_length=40)
    name = fields.CharField(max_length=100)
    is_active = fields.BooleanField(default=True)
    is_bin = fields.BooleanField(default=False)
    search_text = fields.TextField(default="")

    class Meta:
        table = "place"
        constraints = (
            UniqueConstraint(("warehouse", "kind"), "place_is_the_only_built_in_of_its_kind", "NOT is_bin"),
            CheckConstraint(
                "NOT is_bin OR (warehouse_id IS NOT NULL AND kind IN ('STOCK', 'QUALITY', 'DAMAGED'))",
                "place_is_a_bin_in_a_warehouse_only",
            ),
            CheckConstraint("is_bin OR is_active", "place_is_inactive_as_a_bin_only"),
            CheckConstraint("is_bin OR code = kind", "place_is_coded_by_its_kind_unless_a_bin"),
        )
        unique_together = (("warehouse", "code"),)

        indexes = (
            ("code", "id"),
            ("name", "id"),
            ("kind", "id"),
            ("is_active", "id"),
            ("is_bin", "id"),
            ("updated_at", "id"),
        )
