"""What clients see of goods on consignment, and what they owe for."""

from datetime import date
from typing import Annotated

from jxc_graphql.books.goods import models as goods
from jxc_graphql.books.goods.api import StockLevel, StockMovement
from jxc_graphql.gql.declare import Connection, Id, Node, column, connection, entity, many, query, value
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.kit.pages import Page, Slice
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.lots.api import Lot
from jxc_graphql.masters.partners.api import Supplier
from jxc_graphql.masters.warehouses.api import Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import Document, document, document_line
from jxc_graphql.office.documents.several import several
from jxc_graphql.warehousing.consignments import models, operations, queries

_OF_WHOM: dict[str, str] = {Dimension.WAREHOUSE: "warehouse_id", Dimension.SUPPLIER: "supplier_id"}


@document_line(models.ConsignmentReceiptLine, scope=_OF_WHOM)
class ConsignmentReceiptLine(Node):
    """A line of a consignment receipt (代销入库单行)."""

    unit_price: UnitPrice = column(requires=Permission.SEE_COST)
    """What a unit costs once it is ours (结算价), without tax."""
    amount: Money = column(requires=Permission.SEE_COST)
    """What all of it would come to (金额), in whole fen."""


@document(models.ConsignmentReceipt, scope=_OF_WHOM)
class ConsignmentReceipt(Document, Node):
    """A consignment receipt (代销入库单): goods that are with us, and a supplier's."""

    purpose: models.ConsignmentPurpose
    """What they are with us for (来货用途)."""
    due_on: date | None
    """By when what is borrowed is to be given back (应还日期); null for goods on consignment."""
    total: Money = column(requires=Permission.SEE_COST)
    """What all of it would come to (合计金额)."""
    lines: list[ConsignmentReceiptLine] = many("consignment_receipt_id", order_by="line_no")
    """What came."""
    movements: Connection[StockMovement] = connection("document_id")
    """What it moved."""


@document_line(models.ConsignmentIssueLine, scope=_OF_WHOM)
class ConsignmentIssueLine(Node):
    """A line of a consignment issue (代销处理单行)."""

    value: Money = column(requires=Permission.SEE_COST)
    """What we owe for it (金额); 0 of what went back."""


@document(models.ConsignmentIssue, scope=_OF_WHOM)
class ConsignmentIssue(Document, Node):
    """A consignment issue (代销处理单): goods of a supplier went back, became ours or got lost."""

    total: Money = column(requires=Permission.SEE_COST)
    """What we owe for all of it (合计金额); 0 of what went back."""
    lines: list[ConsignmentIssueLine] = many("consignment_issue_id", order_by="line_no")
    """Of what."""
    movements: Connection[StockMovement] = connection("document_id")
    """What it moved."""


@entity(
    goods.ConsignedStock,
    requires=Permission.SEE_STOCK,
    scope={Dimension.WAREHOUSE: "stock_level.warehouse_id", Dimension.SUPPLIER: "supplier_id"},
)
class ConsignedStock(Node):
    """What is left of what a line of a consignment receipt brought (代销结存); still the supplier's."""

    stock_level: StockLevel
    """Of what, and where."""
    supplier: Supplier
    """Whose it is (货主)."""
    lot: Lot | None
    """Of which lot (批次); null for goods that are kept without lots."""
    unit_price: UnitPrice = column(requires=Permission.SEE_COST)
    """What a unit costs once it is ours (结算价)."""
    came_on: date
    """The day on which it came (来货日期)."""
    quantity: Quantity
    """How much is left, in the base unit."""


@value(requires=Permission.SEE_COST, row_of=("movement_id",))
class ConsignmentSettlement:
    """So much of a supplier's goods became ours (代销结算), and is owed for."""

    movement: StockMovement
    """By which movement."""
    supplier: Supplier
    """Whose goods they were (货主)."""
    sku: Sku
    """What."""
    warehouse: Warehouse
    """Where."""
    consignment_receipt_line: ConsignmentReceiptLine
    """With which line they came, which has the price."""
    document: Document
    """What sold, used, took over or lost them (单据)."""
    business_date: date
    """The day it counts for (业务日期)."""
    quantity: Quantity
    """How much, in the base unit."""
    amount: Money
    """What that costs (结算金额), in whole fen."""


class Query:
    consignment_receipts: Connection[ConsignmentReceipt] = connection(order_by="-id")
    """Consignment receipts (代销入库单), newest first."""
    consignment_receipt_lines: Connection[ConsignmentReceiptLine] = connection(order_by="-id")
    """Lines of consignment receipts (代销入库单行), newest first."""
    consignment_issues: Connection[ConsignmentIssue] = connection(order_by="-id")
    """Consignment issues (代销处理单), newest first."""
    consignment_issue_lines: Connection[ConsignmentIssueLine] = connection(order_by="-id")
    """Lines of consignment issues (代销处理单行), newest first."""
    consigned_stocks: Connection[ConsignedStock] = connection()
    """What is left of suppliers' goods (代销结存); ask for `quantity: { gt: 0 }` to see what is still there."""


@query(Connection[ConsignmentSettlement] | None)
async def consignment_settlements(
    call: Call,
    *,
    supplier_id: Annotated[Id[Supplier], "Whose goods."],
    first_day: Annotated[date, "Under this business date, or a later one."],
    last_day: Annotated[date, "Under this one, or an earlier one."],
    page: Slice,
) -> Page[queries.ConsignedSale]:
    """What of a supplier's goods became ours (代销结算), oldest first: what is to be settled with him."""
    return await queries.settlements(call, page, supplier_id=supplier_id, first_day=first_day, last_day=last_day)


receive_consignment = document_action(operations.receive_consignment, ConsignmentReceipt, StockLevel)
issue_consignment = document_action(operations.issue_consignment, ConsignmentIssue, StockLevel)
receive_consignments = several(receive_consignment, ConsignmentReceipt)
issue_consignments = several(issue_consignment, ConsignmentIssue)
