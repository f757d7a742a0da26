"""Tables of recipes, and of what was made by them."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import MoneyField, QuantityField
from jxc_graphql.office.auth.permissions import permission
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, DocumentLine, Registered

ASSEMBLE_GOODS = permission("ASSEMBLE_GOODS", "Make kits of components, and components of kits.", "WAREHOUSE_KEEPER")


class AssemblyKind(StrEnum):
    """Which way goods go."""

    ASSEMBLE = "ASSEMBLE"
    """Kits are made of components (组装)."""
    DISASSEMBLE = "DISASSEMBLE"
    """Kits are taken apart (拆卸)."""
    PROCESS = "PROCESS"
    """A processor makes kits of the components that he has (委外加工), for a fee."""


class Kit(Model):
    """That a SKU is made of others: its components make `batch_quantity` of it."""

    id = IdField()
    sku = fields.OneToOneField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    sku_id: int
    batch_quantity = QuantityField()
    version = fields.IntField(default=1)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "kit"
        constraints = (CheckConstraint("batch_quantity > 0", "kit_has_a_batch"),)
        indexes = (("changed_at", "id"),)


class KitComponent(Model):
    id = IdField()
    kit = fields.ForeignKeyField("models.Kit", related_name=False, on_delete=fields.RESTRICT)
    kit_id: int
    position = fields.IntField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    sku_id: int
    quantity = QuantityField()

    class Meta:
        table = "kit_component"
        unique_together = (("kit", "position"), ("kit", "sku"))
        constraints = (CheckConstraint("quantity > 0", "kit_component_is_positive"),)
        indexes = (("sku",),)


class Assembly(DocumentHeader):
    """Assembly (组装单): `cost` is what the goods that left were worth, `value` what those that came in are."""

    series = "AS"
    registered = Registered(supplier_id="supplier_id", amount="value")

    kind = fields.CharEnumField(AssemblyKind, max_length=12)
    """Which way."""
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where."""
    warehouse_id: int
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    """The kit (套件)."""
    sku_id: int
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT, null=True)
    """The processor (加工商) who made them; null where we worked ourselves."""
    supplier_id: int | None
    quantity = QuantityField()
    """How many kits were made or taken apart."""
    kit_version = fields.IntField()
    """By which version of its recipe."""
    cost = MoneyField()
    extra_cost = MoneyField()
    value = MoneyField()
    reason = fields.CharField(max_length=200, default="")
    """Why it departs from the recipe (差异原因)."""

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity > 0 AND extra_cost >= 0 AND value = cost + extra_cost", "assembly_loses_no_value"
            ),
            CheckConstraint(
                "(kind = 'PROCESS') = (supplier_id IS NOT NULL) AND (kind <> 'PROCESS' OR extra_cost % 100 = 0)",
                "assembly_owes_a_processor_whole_fen",
            ),
        )
        indexes = (
            *OF_DOCUMENTS,
            ("warehouse", "id"),
            ("sku", "id"),
            ("supplier", "id"),
            ("kind", "id"),
            ("cost", "id"),
            ("value", "id"),
            ("extra_cost", "id"),
        )


class AssemblyLine(DocumentLine):
    """What was used of a component, or recovered; `quantity_by_recipe` of a SKU stands in its first line."""

    assembly = fields.ForeignKeyField("models.Assembly", related_name=False, on_delete=fields.RESTRICT)
    """The assembly it stands in."""
    assembly_id: int
    quantity_by_recipe = QuantityField()
    """How much the recipe says (应用数量), in the first line of each component."""
    quantity = QuantityField()
    """How much was used or recovered (实际数量); 0 of what was lost."""
    value = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity >= 0 AND quantity_by_recipe >= 0 AND (quantity > 0 OR value = 0)",
                "assembly_line_has_value_with_goods_only",
            ),
        )
        indexes = (
            ("sku",),
            ("value", "id"),
        )
