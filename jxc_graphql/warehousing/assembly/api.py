"""What clients see of kits and of what was made by their recipes."""

from datetime import datetime
from typing import Annotated

from jxc_graphql.books.goods.api import StockLevel, StockMovement
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    LimitError,
    Node,
    batched,
    column,
    connection,
    entity,
    many,
    query,
    shown_as,
    value,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.kit.pages import Page, Slice
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.warehouses.api import Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import Document, TimelineEntry, document, document_line
from jxc_graphql.office.documents.several import several
from jxc_graphql.warehousing.assembly import models, operations, queries, rules


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


@value(requires=Permission.SEE_STOCK, row_of=("warehouse_id",))
class KitAvailability:
    """How many of a kit a warehouse can make (可组装数量)."""

    warehouse: Warehouse
    """Where."""
    quantity: Quantity
    """How many whole kits can be made of what is available there."""
    scarcest_sku: Sku | None
    """The component that sets the limit (短缺组件); null where there is none."""


_OF_WHOM: dict[str, str] = {Dimension.WAREHOUSE: "warehouse_id", Dimension.SUPPLIER: "supplier_id"}


@document_line(models.AssemblyLine, scope=_OF_WHOM)
class AssemblyLine(Node):
    """A line of an assembly (组装单行): what was used of a component, or recovered."""

    value: Money = column(requires=Permission.SEE_COST)
    """What these goods are worth (金额)."""


@document(models.Assembly, scope=_OF_WHOM)
class Assembly(Document, Node):
    """An assembly (组装单、拆卸单): components became kits, or kits components."""

    cost: Money = column(requires=Permission.SEE_COST)
    """What the goods were worth that left (领用金额)."""
    extra_cost: Money = column(requires=Permission.SEE_COST)
    """What the work itself cost (加工费): of a processor his fee."""
    value: Money = column(requires=Permission.SEE_COST)
    """What the goods are worth that came in: cost and extra cost (入库金额)."""
    lines: list[AssemblyLine] = many("assembly_id", order_by="line_no")
    """Its components."""
    movements: Connection[StockMovement] = connection("document_id")
    """What it moved."""


class Query:
    kits: Connection[Kit] = connection()
    """Kits (套件); where: { skuId: { eq: … } } finds that of a SKU."""
    assemblies: Connection[Assembly] = connection(order_by="-id")
    """Assemblies (组装单、拆卸单), newest first."""
    assembly_lines: Connection[AssemblyLine] = connection(order_by="-id")
    """Lines of assemblies (组装拆卸单行), newest first."""


@query(Connection[KitAvailability] | None)
async def kit_availability(
    call: Call, *, kit_id: Annotated[Id[Kit], "The kit."], page: Slice
) -> Page[queries.Availability]:
    """How many of a kit each warehouse can make (可组装数量): those that can make most first."""
    return page.of(await queries.kit_availability(call, kit_id))


set_kit_components = document_action(operations.set_kit_components, Kit, components="KitComponentInput")
assemble_kits = document_action(operations.assemble_kits, Assembly, StockLevel)
disassemble_kits = document_action(operations.disassemble_kits, Assembly, StockLevel)
assemble_many_kits = several(assemble_kits, Assembly, "assemble_many_kits")
disassemble_many_kits = several(disassemble_kits, Assembly, "disassemble_many_kits")

PROBLEMS = (
    *(
        shown_as(LimitError, one, limit="expected", asked="quantity")
        for one in (rules.DeviationUnexplained, rules.MoreThanRecipe)
    ),
)
