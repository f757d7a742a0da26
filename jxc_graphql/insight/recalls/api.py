"""What clients see of recalls."""

from datetime import date
from typing import Annotated

from jxc_graphql.books.goods.api import PlaceLevel, StockMovement
from jxc_graphql.buying.receiving.api import GoodsReceipt
from jxc_graphql.gql.declare import Connection, Id, column, input_type, query, value
from jxc_graphql.insight.recalls import queries
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.kit.pages import Page, Slice
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.lots.api import Lot
from jxc_graphql.masters.partners.api import Customer, Supplier
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.api import Document
from jxc_graphql.selling.sales.api import SalesOrder
from jxc_graphql.selling.shipping.api import Shipment


@value(requires=Permission.SEE_STOCK, row_of=("lot_id", "supplier_id", "goods_receipt_id"))
class LotSupply:
    """A supplier brought goods of a lot with a goods receipt (来源)."""

    lot: Lot
    """Which lot: the traced one, or one that it was made of."""
    depth: int
    """How many assemblies lie between that lot and the traced one (层级); 0 for the traced one itself."""
    supplier: Supplier
    """Who brought it."""
    goods_receipt: GoodsReceipt
    """With what (入库单)."""
    business_date: date
    """The day the receipt counts for (业务日期)."""
    quantity: Quantity
    """How much came, rejected goods included, in the SKU's base unit."""


@value(requires=Permission.SEE_STOCK, row_of=("lot_id", "shipment_id"))
class LotDelivery:
    """A customer received goods of a lot with a shipment (去向)."""

    lot: Lot
    """Which lot: the traced one, or one that was made of it."""
    depth: int
    """How many assemblies lie between that lot and the traced one (层级); 0 for the traced one itself."""
    customer: Customer
    """Who received it."""
    shipment: Shipment
    """With what (出库单)."""
    sales_order: SalesOrder
    """For which order."""
    business_date: date
    """The day the shipment counts for (业务日期)."""
    quantity: Quantity
    """How much left, in the SKU's base unit."""


@value(requires=Permission.SEE_STOCK, row_of=("depth", "from_lot_id", "sku_id", "lot_id", "document_id"))
class LotLink:
    """A document made goods out of others (组装拆卸): a component that went in, or a kit that came out."""

    depth: int
    """How many assemblies lead to it from the traced lot (层级), from 1."""
    from_lot: Lot
    """The lot that is one assembly nearer to the traced one."""
    sku: Sku
    """What it is."""
    lot: Lot | None
    """Of which lot; null for goods that are kept without lots, where the trace ends."""
    document: Document
    """The document that did it."""
    business_date: date
    """The day the document counts for (业务日期)."""
    quantity: Quantity
    """How much went in, or came out, in the base unit of its SKU."""


@value(requires=Permission.SEE_STOCK)
class LotTrace:
    """The trace of a lot (批次追溯): where its goods came from, and where they went, in the caller's warehouses."""

    lot: Lot
    """The lot."""
    suppliers: list[LotSupply] = column(requires=Permission.SEE_PURCHASING)
    """Who brought it or what it was made of, nearest first; at most 1,000."""
    customers: list[LotDelivery] = column(requires=Permission.SEE_SALES)
    """Who received it or what was made of it, nearest first; at most 1,000."""
    components: list[LotLink]
    """What it was made of (组件), through up to 5 assemblies, nearest first; at most 1,000."""
    kits: list[LotLink]
    """What was made of it (套件), through up to 5 assemblies, nearest first; at most 1,000."""
    place_levels: list[PlaceLevel]
    """What is still here of it and of what was made of it, by place; at most 1,000."""
    other_movements: list[StockMovement]
    """What else was done with the lot itself, newest first: moved, counted, adjusted, written off; at most 1,000."""
    is_complete: bool
    """Whether that is all: false where a list was cut off, or there are more than 5 assemblies."""


@value(requires=Permission.SEE_STOCK, row_of=("lot_id",))
class TradedLot:
    """How much of a lot a customer received, or a supplier brought."""

    lot: Lot
    """The lot."""
    quantity: Quantity
    """How much in all, in the SKU's base unit."""
    first_on: date
    """The business date of the first document."""
    last_on: date
    """The business date of the last one."""
    documents: int
    """How many shipments or receipts there were."""


@input_type
class TradedLotsWhere:
    """Which lots; what is left out chooses all."""

    sku_id: Id[Sku] | None = None
    """Only of this SKU."""
    since: date | None = None
    """Only what was traded on this business date or later."""
    until: date | None = None
    """Only what was traded on this business date or earlier."""

    def choice(self) -> queries.LotsChoice:
        """The same as queries take it."""
        return queries.LotsChoice(**vars(self))


@query(LotTrace | None)
async def lot_trace(call: Call, lot_id: Annotated[Id[Lot], "The lot that is to be traced."]) -> queries.Trace | None:
    """Where the goods of a lot came from and where they went (批次追溯), for a recall (召回); null for no such lot."""
    return await queries.trace(call, lot_id)


@query(Connection[TradedLot] | None, adds_up={"shipment_line": 10})
async def customer_lots(
    call: Call,
    *,
    customer_id: Annotated[Id[Customer], "Whose lots."],
    where: Annotated[TradedLotsWhere | None, "Which lots."] = None,
    page: Slice,
) -> Page[queries.TradedLot]:
    """Which lots a customer received, with quantities and dates (客户批次), newest lots first."""
    return await queries.lots_of_customer(call, customer_id, where.choice() if where else queries.ALL_LOTS, page)


@query(Connection[TradedLot] | None, adds_up={"goods_receipt_line": 10})
async def supplier_lots(
    call: Call,
    *,
    supplier_id: Annotated[Id[Supplier], "Whose lots."],
    where: Annotated[TradedLotsWhere | None, "Which lots."] = None,
    page: Slice,
) -> Page[queries.TradedLot]:
    """Which lots a supplier brought, with quantities and dates (供应商批次), newest lots first."""
    return await queries.lots_of_supplier(call, supplier_id, where.choice() if where else queries.ALL_LOTS, page)
