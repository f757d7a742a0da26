"""What clients see of kits and of what was made by their recipes."""

from datetime import date, datetime
from typing import Annotated

from jxc_graphql.books.goods.api import StockLevel, StockMovement
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    batched,
    by_id,
    column,
    connection,
    entity,
    input_type,
    many,
    mutation,
    payload,
    query,
    user_error,
    value,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.lots.api import Lot, LotLabelInput
from jxc_graphql.masters.warehouses.api import Place, Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.api import Document, TimelineEntry
from jxc_graphql.warehousing.assembly import facts, models, operations, queries, rules


@entity(models.KitComponent, requires=Permission.SEE_CATALOG)
class KitComponent(Node):
    """A component of a kit (组件)."""

    position: int
    """Position in the recipe, from 1."""
    sku: Sku
    """What goes into the kit; a kit itself, perhaps."""
    quantity: Quantity
    """How much goes into a batch of kits, in the component's base unit."""


@entity(models.Kit, requires=Permission.SEE_CATALOG)
class Kit(Node):
    """A kit (套件): a SKU that is made of others, by a recipe."""

    sku: Sku
    """What it is."""
    batch_quantity: Quantity
    """How many kits the quantities of its components make (配方批量)."""
    components: list[KitComponent] = many("kit_id", order_by="position")
    """What it is made of (组件); nothing when its recipe was taken back."""
    assemblable_quantity: Quantity = batched(queries.assemblable, "id", requires=Permission.SEE_STOCK)
    """How many whole kits can be made now (可组装数量): all warehouses, each of what is available in it."""
    version: int
    """Rises with every recipe; send it back as `expectedVersion`."""
    changed_at: datetime
    """When its recipe was set."""
    timeline: Connection[TimelineEntry] = connection("subject_id")
    """What happened to it, oldest first (时间线)."""


@value
class KitAvailability:
    """How many of a kit a warehouse can make (可组装数量)."""

    warehouse: Warehouse
    """Where."""
    quantity: Quantity
    """How many whole kits can be made of what is available there."""
    scarcest_sku: Sku | None
    """The component that sets the limit (短缺组件)."""


@entity(models.AssemblyLine, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "assembly.warehouse_id"})
class AssemblyLine(Node):
    """A line of an assembly (组装单行): what was used of a component, or recovered."""

    assembly: "Assembly"
    """The assembly it stands in."""
    line_no: int
    """Position in the document, from 1."""
    sku: Sku
    """The component."""
    quantity_by_recipe: Quantity
    """How much the recipe says (应用数量), in the first line of each component."""
    quantity: Quantity
    """How much was used or recovered (实际数量); 0 of what was lost."""
    value: Money = column(requires=Permission.SEE_COST)
    """What these goods are worth (金额)."""


@entity(models.Assembly, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "warehouse_id"})
class Assembly(Document, Node):
    """An assembly (组装单、拆卸单): components became kits, or kits components."""

    kind: models.AssemblyKind
    """Which way."""
    warehouse: Warehouse
    """Where."""
    sku: Sku
    """The kit (套件)."""
    quantity: Quantity
    """How many kits were made or taken apart."""
    kit_version: int
    """By which version of its recipe."""
    cost: Money = column(requires=Permission.SEE_COST)
    """What the goods were worth that left (领用金额)."""
    extra_cost: Money = column(requires=Permission.SEE_COST)
    """What the work itself cost (加工费)."""
    value: Money = column(requires=Permission.SEE_COST)
    """What the goods are worth that came in: cost and extra cost (入库金额)."""
    reason: str
    """Why it departs from the recipe (差异原因)."""
    lines: list[AssemblyLine] = many("assembly_id", order_by="line_no")
    """Its components."""
    movements: Connection[StockMovement] = connection("document_id")
    """What it moved."""


class Query:
    """Kits, and what was made of them."""

    kits: Connection[Kit] = connection()
    """Kits (套件); where: { skuId: { eq: … } } finds that of a SKU."""
    kit: Kit | None = by_id()
    """One kit."""
    assemblies: Connection[Assembly] = connection(order_by="-id")
    """Assemblies (组装单、拆卸单), newest first."""
    assembly: Assembly | None = by_id()
    """One assembly."""


@query(list[KitAvailability] | None)
async def kit_availability(call: Call, kit_id: Annotated[Id[Kit], "The kit."]) -> list[queries.Availability]:
    """How many of a kit each warehouse can make (可组装数量): those that can make most first."""
    return await queries.kit_availability(call, kit_id)


@input_type
class KitComponentInput:
    """What goes into a kit."""

    sku_id: Id[Sku]
    """What."""
    quantity: Quantity
    """How much for the whole batch, in its base unit; more than 0."""


@input_type
class SetKitComponentsInput:
    """What a SKU is made of from now on."""

    sku_id: Id[Sku]
    """The SKU that is a kit."""
    components: list[KitComponentInput]
    """All its components, at most 50; none takes the recipe back."""
    batch_quantity: Quantity | None = None
    """How many kits they make (配方批量); 1 by default."""
    expected_version: int | None = None
    """The version you have seen; when it has changed since, nothing is done."""


@payload
class SetKitComponentsPayload:
    """The kit as it is now."""

    kit: Kit | None
    """The kit."""


@mutation(SetKitComponentsPayload)
async def set_kit_components(call: Call, input: SetKitComponentsInput) -> facts.KitComponentsSet:
    """Sets the recipe of a kit (设置套件配方), in place of the one it has."""
    return await operations.set_kit_components(
        call,
        sku_id=input.sku_id,
        components=[operations.Component(sku_id=one.sku_id, quantity=one.quantity) for one in input.components],
        batch_quantity=operations.ONE if input.batch_quantity is None else input.batch_quantity,
        expected_version=input.expected_version,
    )


@input_type
class UsedComponentInput:
    """What to use of a component."""

    sku_id: Id[Sku]
    """The component."""
    quantity: Quantity
    """How much, in its base unit; all lines of a component together as the recipe says, unless there is a reason."""
    lot_id: Id[Lot] | None = None
    """Of which lot (批次); by default of those that expire first."""
    place_id: Id[Place] | None = None
    """From which stock place or bin (库位); by default from any."""
    serials: list[str] | None = None
    """Which pieces (序列号), where the component has serial numbers."""

    def asked(self) -> operations.AskedPart:
        """The line as the operation takes it."""
        return operations.AskedPart(
            sku_id=self.sku_id,
            quantity=self.quantity,
            lot_id=self.lot_id,
            place_id=self.place_id,
            serials=tuple(self.serials or ()),
        )


@input_type
class AssembleKitsInput:
    """How many kits to make, and of what."""

    warehouse_id: Id[Warehouse]
    """Where."""
    sku_id: Id[Sku]
    """The kit."""
    quantity: Quantity
    """How many, in its base unit; more than 0."""
    lines: list[UsedComponentInput] | None = None
    """Components of which lot, place or quantity matters, at most 200 lines; the others go by the recipe."""
    lot: LotLabelInput | None = None
    """The lot of the kits (批次标签); it expires with the first of the components' lots unless it says otherwise."""
    serials: list[str] | None = None
    """The numbers of the kits (序列号), where they have serial numbers."""
    place_id: Id[Place] | None = None
    """To which stock place or bin (库位)."""
    extra_cost: Money | None = None
    """What the work itself cost (加工费), such as wages; part of the value of the kits."""
    reason: str = ""
    """Why it departs from the recipe (差异原因), at most 200 characters."""
    business_date: date | None = None
    """The day it counts for (业务日期), today by default; a past day needs a permission and an open period."""
    note: str = ""
    """Remark (备注), at most 500 characters."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the kits are made once (幂等键)."""


@payload
class AssembleKitsPayload:
    """What was made, and what it changed."""

    assembly: Assembly | None
    """The assembly."""
    stock_levels: list[StockLevel]
    """The levels of the kit and of its components."""


@mutation(AssembleKitsPayload)
async def assemble_kits(call: Call, input: AssembleKitsInput) -> facts.KitsAssembled:
    """Makes kits of their components (组装): they are worth what went into them, and the extra cost."""
    return await operations.assemble_kits(
        call,
        warehouse_id=input.warehouse_id,
        sku_id=input.sku_id,
        quantity=input.quantity,
        lines=[line.asked() for line in input.lines or ()],
        label=input.lot.label() if input.lot else None,
        serials=tuple(input.serials or ()),
        place_id=input.place_id,
        extra_cost=operations.NO_COST if input.extra_cost is None else input.extra_cost,
        reason=input.reason,
        note=input.note,
    )


@input_type
class RecoveredComponentInput:
    """What comes back of a component."""

    sku_id: Id[Sku]
    """The component."""
    quantity: Quantity
    """How much, in its base unit; less than the recipe says, or 0, is a loss (损耗) and takes a reason."""
    lot: LotLabelInput | None = None
    """Its lot (批次标签), where the component is tracked by lot."""
    place_id: Id[Place] | None = None
    """To which stock place or bin (库位)."""
    serials: list[str] | None = None
    """Which pieces (序列号), where the component has serial numbers."""

    def asked(self) -> operations.AskedPart:
        """The line as the operation takes it."""
        return operations.AskedPart(
            sku_id=self.sku_id,
            quantity=self.quantity,
            label=self.lot.label() if self.lot else None,
            place_id=self.place_id,
            serials=tuple(self.serials or ()),
        )


@input_type
class DisassembleKitsInput:
    """How many kits to take apart, and what comes of them."""

    warehouse_id: Id[Warehouse]
    """Where."""
    sku_id: Id[Sku]
    """The kit."""
    quantity: Quantity
    """How many, in its base unit; more than 0."""
    lines: list[RecoveredComponentInput] | None = None
    """Components of which lot, place or quantity matters, at most 200 lines; the others go by the recipe."""
    lot_id: Id[Lot] | None = None
    """Kits of which lot (批次); by default of those that expire first."""
    serials: list[str] | None = None
    """Which kits (序列号), where they have serial numbers."""
    place_id: Id[Place] | None = None
    """From which stock place or bin (库位); by default from any."""
    extra_cost: Money | None = None
    """What the work itself cost (加工费); part of the value of what comes out."""
    reason: str = ""
    """Why it departs from the recipe (差异原因), at most 200 characters."""
    business_date: date | None = None
    """The day it counts for (业务日期), today by default; a past day needs a permission and an open period."""
    note: str = ""
    """Remark (备注), at most 500 characters."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the kits are taken apart once (幂等键)."""


@payload
class DisassembleKitsPayload:
    """What was taken apart, and what it changed."""

    assembly: Assembly | None
    """The assembly."""
    stock_levels: list[StockLevel]
    """The levels of the kit and of its components."""


@mutation(DisassembleKitsPayload)
async def disassemble_kits(call: Call, input: DisassembleKitsInput) -> facts.KitsDisassembled:
    """Takes kits apart (拆卸): their components share their value by what each costs at present."""
    return await operations.disassemble_kits(
        call,
        warehouse_id=input.warehouse_id,
        sku_id=input.sku_id,
        quantity=input.quantity,
        lines=[line.asked() for line in input.lines or ()],
        lot_id=input.lot_id,
        serials=tuple(input.serials or ()),
        place_id=input.place_id,
        extra_cost=operations.NO_COST if input.extra_cost is None else input.extra_cost,
        reason=input.reason,
        note=input.note,
    )


@user_error(rules.DeviationUnexplained)
class DeviationUnexplainedError:
    """More or less of a component than the recipe says, and no reason given."""

    expected: Quantity
    """What the recipe says."""
    quantity: Quantity
    """What all lines of the component say together."""
