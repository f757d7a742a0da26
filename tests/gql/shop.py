"""A small schema over real tables, with one of everything that the declaration language can say."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated

from jxc_graphql.buying.purchasing import models as purchasing
from jxc_graphql.buying.receiving import models as receiving
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    UserError,
    batched,
    column,
    computed,
    connection,
    entity,
    extends,
    input_type,
    many,
    mutation,
    payload,
    query,
    subscription,
    union,
    user_error,
    value,
)
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, Rejected
from jxc_graphql.kit.journal import JournalEntry
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog import models as catalog
from jxc_graphql.masters.categories import models as categories
from jxc_graphql.masters.partners import models as partners
from jxc_graphql.masters.warehouses import models as warehouses
from jxc_graphql.office.auth.permissions import Dimension, Permission
from tests.gql import shop_rules
from tests.gql.papers import Paper
from tests.gql.shop_rules import Asker, Looked, Progress, Renamed, TooMuch


@value(row_of=("name",))
class AllowedStep:
    """Whether something can be done now."""

    name: str
    """What."""
    allowed: bool
    """Whether."""
    reasons: list[str]
    """Why not."""


@entity(categories.Category, few=True)
class Category(Node):
    """A category (分类)."""

    code: str
    """Code."""
    name: str
    """Name."""
    parent: "Category | None"
    """The one above."""
    products: "Connection[Product]" = connection("category_id", order_by="code")
    """What is in it."""


@entity(catalog.Product, search="search_text", aside=True)
class Product(Node):
    """A product (商品)."""

    code: str
    """Code."""
    name: str
    """Name."""
    is_active: bool
    """Whether it is sold."""
    category: Category
    """Where it belongs."""
    skus: "list[Sku]" = many("product_id", order_by="code")
    """Its kinds."""


@entity(catalog.Sku, few=True, requires=Permission.SEE_CATALOG)
class Sku(Node):
    """A kind of a product (SKU)."""

    code: str
    """Code."""
    name: str
    """Name."""
    product: Product
    """The product."""
    barcodes: "Connection[Barcode]" = connection("sku_id")
    """Its labels."""
    mood: str = computed(shop_rules.grumble, "code")
    """A field that fails for some rows."""
    temper: str | None = computed(shop_rules.grumble, "code")
    """The same, with null allowed."""


@entity(catalog.Barcode, few=True)
class Barcode(Node):
    """A label (条码)."""

    code: str
    """What it says."""
    sku: Sku
    """What it is on."""


@entity(partners.Supplier, few=True, requires=Permission.SEE_PARTNERS, search="search_text", texts=("code", "name"))
class Supplier(Node):
    """A supplier (供应商)."""

    code: str
    """Code."""
    name: str
    """Name."""
    version: int
    """How often it changed."""
    on_hold: bool
    """Blocked."""
    created_at: datetime
    """Since when."""


@entity(warehouses.Warehouse, few=True, starts=("code",), scope={Dimension.WAREHOUSE: "id"})
class Warehouse(Node):
    """A warehouse (仓库)."""

    code: str
    """Code."""
    name: str
    """Name."""
    papers: list[Paper] = batched(shop_rules.papers, "id")
    """What was written there."""
    all_papers: list[Paper] = many("warehouse_id", order_by="number")
    """The same, from the register."""
    paged_papers: Connection[Paper] = connection("warehouse_id", order_by="business_date")
    """The same, by page."""
    expected: "Connection[Order]" = connection("warehouse_id", only="expected_on")
    """What should come there on a known day."""


@entity(
    purchasing.PurchaseOrderLine,
    requires=Permission.SEE_PURCHASING,
    scope={Dimension.WAREHOUSE: "purchase_order.warehouse_id"},
    few=True,
)
class Line(Node):
    """A line (行)."""

    line_no: int
    """Position."""
    sku: Sku
    """What."""
    quantity: Quantity
    """How much."""
    unit_price: UnitPrice = column(requires=Permission.SEE_COST)
    """Price."""
    amount: Money | None = column(requires=Permission.SEE_COST)
    """Price times quantity."""
    progress: Progress = computed(shop_rules.progress, "quantity", "quantity_received")
    """How far it is."""
    order: "Order" = column("purchase_order_id")
    """The order that it stands in."""


@entity(
    purchasing.PurchaseOrder, few=True, requires=Permission.SEE_PURCHASING, scope={Dimension.WAREHOUSE: "warehouse_id"}
)
class Order(Paper, Node):
    """A purchase order (采购订单)."""

    version: int
    """Version."""
    expected_on: date | None
    """When it should come."""
    remark: str = column("note")
    """Note."""
    supplier: Supplier
    """From whom."""
    warehouse: Warehouse
    """To where."""
    total: Money = column(requires=Permission.SEE_COST)
    """Sum."""
    lines: list[Line] = many("purchase_order_id", order_by="line_no")
    """What."""
    paged_lines: Connection[Line] = connection("purchase_order_id", order_by="line_no")
    """What, by page."""
    receipts: "Connection[Receipt]" = connection("purchase_order_id", order_by="-id")
    """What came."""
    line_count: int = batched(shop_rules.line_counts, "id", beside=True)
    """How many lines."""
    first_sku: Sku | None = batched(shop_rules.first_skus, "id", beside=True)
    """What stands first."""
    steps: list[AllowedStep] = computed(shop_rules.steps, "status")
    """What can be done."""


@entity(
    receiving.GoodsReceipt, few=True, requires=Permission.SEE_PURCHASING, scope={Dimension.WAREHOUSE: "warehouse_id"}
)
class Receipt(Paper, Node):
    """A goods receipt (入库单)."""

    order: Order = column("purchase_order_id")
    """What it came for."""
    total: Money = column(requires=Permission.SEE_COST)
    """Value."""


@union(Order, Receipt, Sku, Supplier)
class Thing:
    """What a note can be about."""


@entity(JournalEntry, few=True)
class Note(Node):
    """A note about a thing."""

    name: str
    """What it says."""
    paper: Paper | None = column("subject_id")
    """The paper that it is about."""
    thing: Thing | None = column("subject_id")
    """The thing that it is about."""
    other: Thing | None = column("actor_id")
    """Another thing."""


@extends(Paper)
class PaperNotes:
    """What no paper knows."""

    place: Warehouse = column("warehouse_id")
    """Where it was written."""
    second: Warehouse | None = column("second_warehouse_id")
    """Where it was written too."""
    notes: Connection[Note] = connection("subject_id")
    """The notes about it."""


@user_error(TooMuch)
class TooMuchError:
    """More was asked for than there is."""

    sku: Sku | None
    """Of what."""
    asked: Quantity
    """How much."""


@value
class Me:
    """Who asks."""

    locale: str
    """Language."""
    permissions: list[Permission]
    """Rights."""
    warehouses: list[Warehouse]
    """Where."""
    things: list[Thing]
    """What belongs to the asker."""


class Query:
    categories: Connection[Category] = connection(order_by="code")
    """All categories."""
    products: Connection[Product] = connection(order_by="code")
    """All products."""
    skus: Connection[Sku] = connection(order_by="code")
    """All SKUs."""
    suppliers: Connection[Supplier] = connection(order_by="code")
    """All suppliers."""
    warehouses: Connection[Warehouse] = connection()
    """All warehouses."""
    orders: Connection[Order] = connection(order_by="-number")
    """All orders."""
    expected: Connection[Order] = connection(order_by="-number", only="expected_on")
    """Those that should come on a known day."""
    lines: Connection[Line] = connection()
    """All lines."""
    receipts: Connection[Receipt] = connection()
    """All receipts."""
    notes: Connection[Note] = connection()
    """All notes."""
    papers: Connection[Paper] = connection(order_by="-number")
    """All papers."""


@query(Me)
async def me(call: Call) -> Asker:
    """Who asks."""
    rows = await db.fetch("SELECT id FROM warehouse ORDER BY id")
    return Asker(
        call.locale,
        sorted(Permission(one) for one in call.permissions),
        tuple(key for (key,) in rows),
        shop_rules.THINGS,
    )


@input_type
class RenameLine:
    """A line of a renaming."""

    sku_id: Id[Sku]
    """Which."""
    quantity: Quantity
    """How much."""


@input_type
class RenameInput:
    """What shall be called how."""

    id: Id[Order]
    """Which order."""
    remark: str
    """How."""
    lines: list[RenameLine] = ()  # type: ignore[assignment]
    """Lines."""
    expected_on: date | None = None
    """When."""
    idempotency_key: str | None = None
    """Retry key."""


@payload
class RenamePayload:
    """What was renamed."""

    order: Order | None
    """The order."""
    skus: list[Sku]
    """The SKUs that stand in it."""
    paper: Paper | None
    """The order as a paper."""
    things: list[Thing]
    """The order and the SKUs."""
    key: str | None
    """The retry key that was used."""


@mutation(RenamePayload)
async def rename(call: Call, input: RenameInput) -> Renamed:  # noqa: A002
    """Rename an order."""
    if input.remark == "forbidden":
        raise Forbidden(Permission.MANAGE_USERS)
    if input.remark == "bug":
        raise ValueError("an inner text that must not leave the server")
    if input.remark == "slow":
        await shop_rules.pause()
    wrong = [
        TooMuch(path=("lines", index, "quantity"), sku_id=line.sku_id, asked=line.quantity)
        for index, line in enumerate(input.lines)
        if line.quantity > Quantity.of(100)
    ]
    if wrong:
        raise Rejected(*wrong)
    await shop_rules.set_remark(input.id, input.remark)
    sku_ids = tuple(line.sku_id for line in input.lines)
    return Renamed(input.id, sku_ids, input.id, (input.id, *sku_ids), call.idempotency_key)


@value
class OrderEvent:
    """An order was looked at."""

    cursor: str
    """Position."""
    order: Order | None
    """The order."""


@subscription(OrderEvent)
async def looks(
    call: Call,
    id: Annotated[Id[Order], "Which order."],  # noqa: A002
    times: Annotated[int, "How often."] = 3,
) -> AsyncIterator[Looked]:
    """An order, several times."""
    call.require(Permission.SEE_PURCHASING)
    for index in range(times):
        yield Looked(str(index), id)


__all__ = ["Query", "UserError"]
