"""What clients see of stocktakes, and how they plan them and deal them out; `actions_api` has the rest."""

from datetime import datetime

from jxc_graphql.books.goods.api import SHORT_DOCUMENTS, StockError, StockLevel, StockMovement
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Member,
    Node,
    batched,
    column,
    computed,
    connection,
    entity,
    input_type,
    many,
    mutation,
    payload,
    shown_as,
    value,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.categories.api import Category
from jxc_graphql.masters.warehouses.api import Place, Warehouse
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import ApprovalError, Document, KnownError, document, document_line
from jxc_graphql.office.documents.several import several
from jxc_graphql.warehousing.stocktakes import facts, models, operations, queries, rules
from jxc_graphql.warehousing.stocktakes.models import APPROVE_STOCKTAKES, MANAGE_STOCKTAKES


@value
class CountProgress:
    """How far counting is (盘点进度)."""

    lines: int
    """How many lines there are."""
    lines_counted: int
    """How many were counted (已盘)."""
    lines_found: int
    """How many are of goods that no line named before (盘点新增)."""
    lines_moved: int
    """How many are of goods that moved since their snapshot."""


@entity(models.StocktakeScope, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "stocktake.warehouse_id"})
class StocktakeScope(Node):
    """One thing that narrows a stocktake (盘点范围): a category, a place or a SKU; the others are null."""

    category: Category | None
    """A category, with those below it; null where it is something else."""
    place: Place | None
    """A place; null where it is something else."""
    sku: Sku | None
    """A SKU; null where it is something else."""


@entity(
    models.StocktakeSerial, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "line.stocktake.warehouse_id"}
)
class StocktakeSerial(Node):
    """A piece that was counted (已盘序列号)."""

    number: str
    """Its serial number."""


@entity(
    models.StocktakeCount, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "line.stocktake.warehouse_id"}
)
class StocktakeCount(Node):
    """A count (盘点记录): how much somebody counted of a line. It stays, even when another takes its place."""

    line: "StocktakeLine"
    """Of which line."""
    sheet: "StocktakeSheet | None"
    """On which sheet it was written; null for the stocktake as a whole."""
    round: int
    """In which round: 1, and more for recounts (复盘)."""
    quantity: Quantity
    """How much, in the SKU's base unit."""
    is_valid: bool
    """Whether it is part of what the line is worth."""
    counted_at: datetime
    """When it was written down."""
    counted_by: User
    """Who counted (盘点人)."""
    serials: list[StocktakeSerial] = many("count_id", order_by="number")
    """The pieces, of SKUs with serial numbers."""


@entity(
    models.StocktakePiece,
    requires=MANAGE_STOCKTAKES,
    scope={Dimension.WAREHOUSE: "line.stocktake.warehouse_id"},
)
class StocktakePiece(Node):
    """A piece (序列号差异) that is missing where the books have it, or was found where they have it not."""

    line: "StocktakeLine"
    """At which line."""
    number: str
    """Its serial number."""
    is_missing: bool
    """Whether it is missing (盘亏); else it was found (盘盈)."""


@document_line(models.StocktakeLine)
class StocktakeLine(Node):
    """A line of a stocktake (盘点行): a SKU at a place, of one lot or of none; quantities are in its base unit.

    In a blind count (盲盘) what the books say is null until the result is handed in, but not for those who
    manage stocktakes.
    """

    book_quantity: Quantity | None = computed(rules.book_quantity_seen, "book_quantity", "is_blind")
    """What the books said when counting started (账面数量); null before, and for counters of a blind count."""
    book_quantity_at_count: Quantity | None = computed(rules.book_quantity_seen, "book_quantity_at_count", "is_blind")
    """What the books said when it was counted; null before, and for counters of a blind count."""
    variance_value: Money | None = column(requires=Permission.SEE_COST)
    """What the variance is worth (差异金额): by the present cost in review, as posted afterwards."""
    counts: Connection[StocktakeCount] = connection("line_id")
    """Who counted what, oldest first."""
    pieces: Connection[StocktakePiece] = connection("line_id")
    """Which pieces were found or are missing."""


@entity(models.StocktakeSheet, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "stocktake.warehouse_id"})
class StocktakeSheet(Node):
    """A sheet of a stocktake (盘点表): the lines that one counter counts."""

    stocktake: "Stocktake"
    """The stocktake."""
    sheet_no: int
    """Position in the stocktake, from 1."""
    name: str
    """Name (名称)."""
    counter: User | None
    """Who is to count it (盘点人); null for whoever comes."""
    progress: CountProgress = batched(queries.of_sheets, "id")
    """How far it is."""
    lines: Connection[StocktakeLine] = connection("sheet_id", order_by="line_no")
    """What is to be counted."""


@document(models.Stocktake)
class Stocktake(Document, Node):
    """Stocktake (盘点单): counting the goods of a warehouse, or of a part of it, and posting what varies."""

    surplus_value: Money | None = column(requires=Permission.SEE_COST)
    """What was found is worth (盘盈金额)."""
    shortage_value: Money | None = column(requires=Permission.SEE_COST)
    """What is missing is worth (盘亏金额), above 0."""
    net_value: Money | None = computed(rules.net_value, "surplus_value", "shortage_value", requires=Permission.SEE_COST)
    """Surplus less shortage (净差异金额)."""
    progress: CountProgress = batched(queries.of_stocktakes, "id")
    """How far it is."""
    scope: list[StocktakeScope] = many("stocktake_id")
    """What narrows it; empty for the whole warehouse."""
    sheets: list[StocktakeSheet] = many("stocktake_id", order_by="sheet_no")
    """Its sheets."""
    lines: Connection[StocktakeLine] = connection("stocktake_id", order_by="line_no")
    """Its lines; for review ask `where: { variance: { lt: 0 } }`, ordered by VARIANCE_VALUE."""
    movements: Connection[StockMovement] = connection("document_id")
    """What it moved when it was posted."""


class Query:
    stocktakes: Connection[Stocktake] = connection(order_by="-id")
    """Stocktakes (盘点单), newest first."""
    stocktake_lines: Connection[StocktakeLine] = connection()
    """Lines of stocktakes (盘点行), such as all that ever varied of a SKU."""


record_counts = document_action(
    operations.record_counts,
    Stocktake,
    Member("sheet", StocktakeSheet | None, "The sheet."),
    Member("lines", list[StocktakeLine], "The lines that were counted, the first 100 of them."),
    Member("lines_counted", int | None, "How many lines were counted."),
    Member("lines_found", int | None, "How many of these are new: goods that no line named."),
    counts="CountInput",
    sheet_id=StocktakeSheet,
    line_id=StocktakeLine,
)
request_recount = document_action(
    operations.request_recount,
    Stocktake,
    Member("lines_to_recount", int | None, "How many lines are to be counted again."),
    line_ids=StocktakeLine,
)
submit_stocktake = document_action(operations.submit_stocktake, Stocktake)


@input_type
class PlanStocktakeInput:
    """What to count; categories, places and SKUs that are named narrow it together."""

    warehouse_id: Id[Warehouse]
    """Where."""
    category_ids: list[Id[Category]] | None = None
    """Only goods of these categories and those below them; at most 1,000."""
    place_ids: list[Id[Place]] | None = None
    """Only goods at these places; at most 1,000."""
    sku_ids: list[Id[Sku]] | None = None
    """Only these SKUs; at most 1,000."""
    is_blind: bool = False
    """Whether counters shall not see what the books say (盲盘)."""
    includes_empty: bool = False
    """Whether goods shall have lines of which the books have none."""
    approval_limit: Money | None = None
    """Up to which worth variances may be posted without an approval; more than 0 takes APPROVE_STOCKTAKES."""
    note: str = ""
    """Remark (备注), at most 500 characters."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""
    dry_run: bool = False
    """Whether it is only tried (试算): nothing is kept."""


@payload
class PlanStocktakePayload:
    """The stocktake that was planned."""

    stocktake: Stocktake | None
    """The stocktake."""


@mutation(PlanStocktakePayload)
async def plan_stocktake(call: Call, input: PlanStocktakeInput) -> facts.StocktakePlanned:
    """Plans a stocktake (新建盘点单) with a line for each SKU, place and lot; at most 50,000."""
    return await operations.plan_stocktake(
        call,
        warehouse_id=input.warehouse_id,
        scope=rules.CountScope(
            category_ids=tuple(input.category_ids or ()),
            place_ids=tuple(input.place_ids or ()),
            sku_ids=tuple(input.sku_ids or ()),
        ),
        is_blind=input.is_blind,
        includes_empty=input.includes_empty,
        approval_limit=input.approval_limit or Money(0),
        note=input.note,
    )


plan_stocktakes = several(plan_stocktake, Stocktake)


split_stocktake = document_action(
    operations.split_stocktake,
    Stocktake,
    Member("sheets", list[StocktakeSheet], "The sheets."),
    sheets="StocktakeSheetInput",
    counter_id=User,
)
start_stocktake = document_action(operations.start_stocktake, Stocktake)
approve_stocktake = document_action(operations.approve_stocktake, Stocktake)
reject_stocktake = document_action(operations.reject_stocktake, Stocktake)
post_stocktake = document_action(operations.post_stocktake, Stocktake, StockLevel, SHORT_DOCUMENTS)
cancel_stocktake = document_action(operations.cancel_stocktake, Stocktake)

PROBLEMS = (
    shown_as(StockError, rules.ShortageNotCovered, requested="missing"),
    shown_as(KnownError, rules.GoodsUnderCount, document="stocktake_id"),
    shown_as(ApprovalError, rules.ApprovalRequired, waits_for=lambda _: APPROVE_STOCKTAKES),
)
