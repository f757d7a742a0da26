"""What clients see of goods receipts, and how they take goods in."""

from datetime import date

from jxc_graphql.books.goods.api import SerialNumber, StockLevel, StockMovement
from jxc_graphql.books.goods.serials import pieces_of_lines
from jxc_graphql.buying.purchasing.api import PurchaseOrder, PurchaseOrderLine
from jxc_graphql.buying.receiving import facts, models, operations, rules
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    batched,
    column,
    connection,
    entity,
    extends,
    input_type,
    many,
    mutation,
    payload,
    user_error,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.lots.api import Lot, LotLabelInput
from jxc_graphql.masters.warehouses.api import Place, Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.api import Document


@entity(
    models.GoodsReceiptLine,
    requires=Permission.SEE_PURCHASING,
    scope={
        Dimension.WAREHOUSE: "goods_receipt.warehouse_id",
        Dimension.SUPPLIER: "goods_receipt.purchase_order.supplier_id",
    },
)
class GoodsReceiptLine(Node):
    """A line of a goods receipt (入库单行): what one order line brought of one lot, in the SKU's base unit."""

    goods_receipt: "GoodsReceipt"
    """The receipt it stands in."""
    line_no: int
    """Position in the receipt, from 1."""
    purchase_order_line: PurchaseOrderLine
    """The order line that it came for."""
    sku: Sku
    """What came."""
    lot: Lot | None
    """Of which lot (批次); null for goods that are kept without lots."""
    place: Place | None
    """Where the accepted goods went: the stock place or a bin (库位); null where none were accepted."""
    quantity_accepted: Quantity
    """How much went to stock (合格)."""
    quantity_rejected: Quantity
    """How much went to the damaged place (不合格)."""
    quantity_uninspected: Quantity
    """How much went to the quality place, to be inspected (待检)."""
    value: Money = column(requires=Permission.SEE_COST)
    """What these goods cost (金额)."""
    serials: list[SerialNumber] = batched(pieces_of_lines, "id")
    """The pieces that came (序列号), the first 1,000; `movements` has all of them."""
    movements: Connection[StockMovement] = connection("line_id")
    """What it moved (库存流水): from the supplier to the places of the warehouse."""


@entity(
    models.GoodsReceipt,
    requires=Permission.SEE_PURCHASING,
    scope={Dimension.WAREHOUSE: "warehouse_id", Dimension.SUPPLIER: "purchase_order.supplier_id"},
)
class GoodsReceipt(Document, Node):
    """Goods receipt (采购入库): what arrived of a purchase order at one time."""

    purchase_order: PurchaseOrder
    """The order that it came for."""
    warehouse: Warehouse
    """Where it came to."""
    total: Money = column(requires=Permission.SEE_COST)
    """What the goods cost (合计金额)."""
    lines: list[GoodsReceiptLine] = many("goods_receipt_id", order_by="line_no")
    """What came."""


@extends(PurchaseOrder)
class PurchaseOrderReceipts:
    """What came of a purchase order."""

    goods_receipts: Connection[GoodsReceipt] = connection("purchase_order_id")
    """What came so far (入库单)."""


class Query:
    goods_receipts: Connection[GoodsReceipt] = connection(order_by="-id")
    """Goods receipts (采购入库), newest first."""


@input_type
class ReceivedLineInput:
    """What arrived of one order line; name it again for another lot or another bin."""

    purchase_order_line_id: Id[PurchaseOrderLine]
    """The order line."""
    quantity_accepted: Quantity
    """How much goes to stock (合格), in the base unit."""
    quantity_rejected: Quantity | None = None
    """How much goes to the damaged place (不合格), in the base unit; by default 0."""
    quantity_uninspected: Quantity | None = None
    """How much goes to the quality place, to be inspected later (待检), in the base unit; by default 0."""
    lot: LotLabelInput | None = None
    """Of which lot (批次) all of it is; needed for a SKU that is tracked by lot."""
    place_id: Id[Place] | None = None
    """The bin (库位) that the accepted goods go to; by default the stock place of the warehouse."""
    serials: list[str] | None = None
    """The number of each accepted piece (序列号), for a SKU that is tracked by serial number."""
    rejected_serials: list[str] | None = None
    """The number of each rejected piece."""
    uninspected_serials: list[str] | None = None
    """The number of each piece that is to be inspected."""

    def received(self) -> rules.ReceivedLine:
        """The line as the operation takes it."""
        given = {name: value for name, value in vars(self).items() if value is not None}
        return rules.ReceivedLine(**{**given, "lot": self.lot.label() if self.lot else None})


@input_type
class ReceiveGoodsInput:
    """What arrived of an order."""

    purchase_order_id: Id[PurchaseOrder]
    """An approved order."""
    lines: list[ReceivedLineInput]
    """What arrived; 1 to 500 lines."""
    business_date: date | None = None
    """The day it counts for (业务日期), today by default; a past day needs a permission and an open period."""
    note: str = ""
    """Remark (备注)."""
    expected_version: int | None = None
    """The version of the order you have seen; when it has changed since, nothing is done."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the goods are received once (幂等键)."""


@payload
class ReceiveGoodsPayload:
    """What was received, and what it changed."""

    goods_receipt: GoodsReceipt | None
    """The receipt."""
    purchase_order: PurchaseOrder | None
    """The order."""
    stock_levels: list[StockLevel]
    """The levels that it raised."""


@mutation(ReceiveGoodsPayload)
async def receive_goods(call: Call, input: ReceiveGoodsInput) -> facts.GoodsReceived:
    """Receives goods of an approved order (采购入库), in parts if need be; never more than is outstanding."""
    return await operations.receive_goods(
        call,
        purchase_order_id=input.purchase_order_id,
        lines=[line.received() for line in input.lines],
        note=input.note,
        expected_version=input.expected_version,
    )


@user_error(rules.OverReceipt)
class OverReceiptError:
    """More arrived than the order line still expects."""

    outstanding: Quantity
    """What is outstanding of the line (未到)."""
    received: Quantity
    """What is said to have arrived of it, over all lines of the input."""
