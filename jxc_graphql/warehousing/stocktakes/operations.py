"""What can be done with stocktakes."""

from collections.abc import Sequence
from typing import Annotated, Any

from jxc_graphql.books import door
from jxc_graphql.books.door import Posting
from jxc_graphql.books.goods.facts import DocumentPosted
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Rejected, UnknownId, reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.journal import Entry
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.categories import queries as categories
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.changing import check_scope, check_state, locked, made_out, moved_on, opened
from jxc_graphql.office.documents.copying import copied_as
from jxc_graphql.office.documents.facts import DocumentApproved, DocumentCancelled, DocumentRejected, DocumentSubmitted
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import TooManyLines, check_line_count
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus
from jxc_graphql.office.documents.steps import step
from jxc_graphql.warehousing.stocktakes import facts, lines, matching, rules
from jxc_graphql.warehousing.stocktakes.matching import Sheet, lock_name
from jxc_graphql.warehousing.stocktakes.models import (
    APPROVE_STOCKTAKES,
    COUNT_STOCK,
    STATES,
    WORTH,
    CountMode,
    Stocktake,
    StocktakeScope,
    StocktakeSheet,
    UncountedLines,
)
from jxc_graphql.warehousing.stocktakes.rules import CountScope, WantedSheet
from jxc_graphql.warehousing.stocktakes.sheets import deal_out
from jxc_graphql.warehousing.stocktakes.slips import AskedCount

__all__ = [
    "COUNT_STOCK", "AskedCount", "CountMode", "CountScope", "UncountedLines", "WantedSheet", "approve_stocktake",
    "cancel_stocktake", "flag_moved_goods", "plan_stocktake", "post_stocktake", "record_counts", "reject_stocktake",
    "request_recount", "split_stocktake", "start_stocktake", "submit_stocktake",
]  # fmt: skip

LINES_SHOWN = 100
"""How many lines an answer to counts shows."""
_ZERO = Money(0)


@posting(STATES[DocumentAction.UPDATE])
async def plan_stocktake(
    call: Call,
    *,
    warehouse_id: int,
    scope: CountScope = CountScope(),  # noqa: B008  (it is frozen)
    is_blind: bool = False,
    includes_empty: bool = False,
    approval_limit: Money = _ZERO,
    note: str = "",
) -> facts.StocktakePlanned:
    """Drafts a stocktake of a warehouse with a line for each SKU, place and lot of its scope.

    Up to `approval_limit` its variances may be posted without an approval, which only an approver may grant. Raises
    `Forbidden`, `NotFound`, or `Rejected` with everything that is wrong, without goods in its scope or with too many.
    """
    if approval_limit > _ZERO:
        call.require(APPROVE_STOCKTAKES)
    warehouse = await warehouses.usable_warehouse(call, warehouse_id)
    for name, ids in (("category_ids", scope.category_ids), ("place_ids", scope.place_ids), ("sku_ids", scope.sku_ids)):
        if len(ids) > rules.MAX_SCOPE:
            raise Rejected(TooManyLines(path=(name,), lines=len(ids), limit=rules.MAX_SCOPE))
    problems = rules.check_scope(
        scope,
        await categories.those_known(scope.category_ids),
        await warehouses.places_of(scope.place_ids),
        await catalog.skus(scope.sku_ids),
        warehouse.id,
    )
    reject_if([*problems, *rules.check_plan(note, approval_limit)])
    stocktake = made_out(
        Stocktake,
        call,
        business_date(call),
        warehouse_id=warehouse_id,
        is_blind=is_blind,
        includes_empty=includes_empty,
        approval_limit=approval_limit,
        note=note,
    )
    await opened(stocktake)
    _keep_scope(stocktake, scope)
    await _draw_up(stocktake)
    return facts.StocktakePlanned(stocktake_id=stocktake.id)


@copied_as(Stocktake)
async def _asked_again(stocktake: Stocktake, _lines: Sequence[object]) -> dict[str, Any]:
    named = await StocktakeScope.filter(stocktake_id=stocktake.id).values_list("category_id", "place_id", "sku_id")
    categories, places, skus = (tuple(one[at] for one in named if one[at] is not None) for at in range(3))
    return {"scope": CountScope(category_ids=categories, place_ids=places, sku_ids=skus)}


@posting(STATES[DocumentAction.UPDATE])
async def split_stocktake(
    call: Call,
    *,
    stocktake_id: int,
    sheets: Annotated[
        Sequence[WantedSheet],
        "1 to 100 sheets: all with a range of places, else equal parts. They take the place of earlier ones.",
    ],
    expected_version: int | None = None,
) -> facts.StocktakeSplit:
    """Deals the lines of a stocktake out to sheets for several counters (分配盘点表).

    That goes by ranges of places, else in equal parts.
    """
    stocktake = await locked(Stocktake, call, stocktake_id, DocumentAction.UPDATE, expected_version)
    sheet_ids = await deal_out(stocktake.id, sheets)
    moved_on(stocktake, DocumentAction.UPDATE)
    return facts.StocktakeSplit(stocktake_id=stocktake.id, sheet_ids=tuple(sheet_ids))


@posting(STATES[DocumentAction.START])
async def start_stocktake(
    call: Call, *, stocktake_id: int, expected_version: int | None = None
) -> facts.StocktakeStarted:
    """Lets counting begin (开始盘点): notes of each line what the books say now, and adds what came meanwhile.

    Raises `Rejected` with a `GoodsUnderCount` for goods that another stocktake under way has.
    """
    stocktake = await locked(Stocktake, call, stocktake_id, DocumentAction.START, expected_version)
    await db.hold(lock_name(stocktake.warehouse_id))
    await lines.settle_levels(stocktake.warehouse_id)
    await _draw_up(stocktake)
    reject_if(await lines.clashes(stocktake.id, ("id",)))
    await lines.snapshot(stocktake.id)
    stocktake.started_at = call.at
    moved_on(stocktake, DocumentAction.START, "started_at")
    return facts.StocktakeStarted(stocktake_id=stocktake.id)


@posting(STATES[DocumentAction.COUNT])
async def record_counts(
    call: Call,
    *,
    stocktake_id: Annotated[int, "A stocktake that is being counted."],
    counts: Annotated[Sequence[AskedCount], "1 to 10,000 counts, as many as fit a request: some 1,500."],
    sheet_id: Annotated[
        int | None, "The sheet it was written on; only lines of that sheet then, and what was found."
    ] = None,
    mode: Annotated[CountMode, "What becomes of earlier counts of the same lines."] = CountMode.REPLACE,
) -> facts.CountsRecorded:
    """Writes down what somebody counted (录入盘点); several may count at once, and every count is kept.

    It stands on a sheet or on the whole; goods that no line names get lines of their own. Whose count of a line comes
    last is worth, or all together are (`mode`); who needs to be sure to replace only what they saw names the line's
    version. Raises what `matching.write_down` finds.
    """
    stocktake = await _join(call, stocktake_id)
    if sheet_id is not None and not await StocktakeSheet.exists(id=sheet_id, stocktake_id=stocktake_id):
        raise NotFound(UnknownId(path=("sheet_id",), kind="StocktakeSheet"))
    warehouse = await warehouses.warehouse(stocktake.warehouse_id)
    assert warehouse
    sheet = Sheet(stocktake_id=stocktake_id, sheet_id=sheet_id, warehouse=warehouse)
    counted, found = await matching.write_down(call, sheet, counts, mode)
    return facts.CountsRecorded(
        stocktake_id=stocktake_id,
        sheet_id=sheet_id,
        lines_counted=len(counted),
        lines_found=found,
        line_ids=tuple(line.id for line in counted[:LINES_SHOWN]),
    )


@posting(STATES[DocumentAction.RECOUNT])
async def request_recount(
    call: Call,
    *,
    stocktake_id: int,
    line_ids: Annotated[Sequence[int], "Lines; at most 10,000."] = (),
    min_quantity: Annotated[Quantity | None, "Lines whose variance is at least so much, either way."] = None,
    min_value: Annotated[
        Money | None, "Lines whose variance is worth at least so much, either way; takes SEE_COST."
    ] = None,
    note: str = "",
    expected_version: int | None = None,
) -> facts.RecountRequested:
    """Has lines counted again (复盘), each from a snapshot of its own; earlier counts stay to be read.

    Those are the lines that are named, and those whose variance is at least so much or worth so much. A threshold in
    value takes the permission SEE_COST. Raises `Rejected` for lines that are not of this stocktake, or when there are
    none.
    """
    if min_value is not None:
        call.require(Permission.SEE_COST)
    stocktake = await locked(Stocktake, call, stocktake_id, DocumentAction.RECOUNT, expected_version, note=note)
    if len(line_ids) > rules.MAX_RECOUNTS:
        raise Rejected(TooManyLines(path=("line_ids",), lines=len(line_ids), limit=rules.MAX_RECOUNTS))
    known = await lines.those_of(stocktake.id, line_ids)
    reject_if(
        UnknownId(path=("line_ids", index), kind="StocktakeLine")
        for index, line_id in enumerate(line_ids)
        if line_id not in known
    )
    chosen = rules.to_recount(
        await lines.counted(stocktake.id, varying=False),
        line_ids=frozenset(line_ids),
        min_quantity=min_quantity,
        min_value=min_value,
    )
    reject_if([] if chosen else [rules.NothingToRecount()])
    await lines.settle_levels(stocktake.warehouse_id)
    await lines.begin_again(stocktake.id, chosen)
    await lines.snapshot(stocktake.id, chosen)
    await lines.uncount(stocktake.id)
    moved_on(stocktake, DocumentAction.RECOUNT)
    return facts.RecountRequested(stocktake_id=stocktake.id, lines_to_recount=len(chosen), note=note)


@posting(STATES[DocumentAction.SUBMIT])
async def submit_stocktake(
    call: Call,
    *,
    stocktake_id: int,
    uncounted: Annotated[
        UncountedLines | None, "What lines mean that nobody counted; without it none may be left."
    ] = None,
    expected_version: int | None = None,
) -> DocumentSubmitted[Stocktake]:
    """Ends counting and hands the variances in for review (提交盘点), with what they are worth at present.

    Raises `Rejected` with how many lines nobody counted, unless `uncounted` says what that means.
    """
    stocktake = await locked(Stocktake, call, stocktake_id, DocumentAction.SUBMIT, expected_version)
    left = await lines.uncounted(stocktake.id)
    if left and uncounted is None:
        raise Rejected(rules.LinesNotCounted(path=("uncounted",), lines=left))
    await lines.settle_levels(stocktake.warehouse_id)
    if left and uncounted is UncountedLines.UNCOUNTED_AS_ZERO:
        await lines.count_as_zero(stocktake.id)
    await lines.reveal(stocktake.id)
    await lines.flag_moved(stocktake.id)
    varying = await lines.counted(stocktake.id, varying=True)
    await _value(stocktake, {one.line_id: one.value for one in varying})
    moved_on(stocktake, DocumentAction.SUBMIT, *WORTH)
    return DocumentSubmitted.of(stocktake)


approve_stocktake = step(
    DocumentApproved[Stocktake], "Allows the variances to be posted, whatever they are worth (审核盘点)."
)


async def _uncount(call: Call, stocktake: Stocktake) -> None:  # noqa: ARG001  (every step takes the call)
    await lines.uncount(stocktake.id)


reject_stocktake = step(
    DocumentRejected[Stocktake],
    "Sends the result back (驳回盘点): counting goes on; what was counted stays, what nobody counted is open again.",
    first=_uncount,
)


@posting(STATES[DocumentAction.POST])
async def post_stocktake(
    call: Call, *, stocktake_id: int, expected_version: int | None = None
) -> DocumentPosted[Stocktake]:
    """Makes the books say what was counted (盘点过账): what was found comes in at its cost, what is missing leaves.

    All lines or none. Raises `Rejected` with everything in the way: what is wrong with its day, an `ApprovalRequired`,
    a `ShortageNotCovered` for every line of which more is missing than is there, pieces that have moved. What
    is kept for others is no hindrance: promises that can no longer be kept are taken back.
    """
    _, stocktake = await db.together(
        door.hold_open(), locked(Stocktake, call, stocktake_id, DocumentAction.POST, expected_version)
    )
    (day, problems), warehouse, varying, pieces = await db.together(
        door.posting_date(call),
        warehouses.warehouse(stocktake.warehouse_id),
        lines.varying(stocktake.id),
        lines.pieces(stocktake.id, stocktake.warehouse_id),
    )
    reject_if([*problems, *_check_approval(call, stocktake)])
    assert warehouse
    corrections = rules.corrections(varying, pieces, warehouse)
    if len(corrections) > rules.MAX_VARIANCES:
        raise Rejected(TooManyLines(path=("lines",), lines=len(corrections), limit=rules.MAX_VARIANCES))
    moves = [one.move for one in corrections]
    try:
        posted = await door.post(Posting(call=call, document_id=stocktake.id, business_date=day, moves=moves))
    except Rejected as refusal:
        raise Rejected(*rules.explained(refusal.reasons)) from refusal
    await _value(stocktake, rules.values_by_line(corrections, posted.values))
    stocktake.business_date = day
    moved_on(stocktake, DocumentAction.POST, "business_date", "surplus_value", "shortage_value")
    return DocumentPosted.of(stocktake, **posted.told)


cancel_stocktake = step(
    DocumentCancelled[Stocktake],
    "Gives a stocktake up (作废盘点); what was counted stays to be read, and the books are as they were.",
)


async def flag_moved_goods(call: Call, entries: Sequence[Entry]) -> None:  # noqa: ARG001  (every reaction takes the call)
    """Flags lines under way whose goods moved since they were noted."""
    facts: list[Any] = [one.fact for one in entries]
    lines.flag_moved_goods({level_id for fact in facts for level_id in fact.stock_level_ids})


async def _join(call: Call, stocktake_id: int) -> Stocktake:
    """A stocktake that is being counted, shared with other counters; nobody ends the counting meanwhile."""
    lock = " FOR SHARE" if db.dialect() == "postgres" else ""
    await db.fetch(f"SELECT id FROM stocktake WHERE id = ?{lock}", (stocktake_id,))  # noqa: S608
    stocktake = await Stocktake.get_or_none(id=stocktake_id)
    if stocktake is None:
        raise NotFound(UnknownId(path=("stocktake_id",), kind="Stocktake"))
    check_scope(stocktake, call, DocumentAction.COUNT, path=("stocktake_id",))
    check_state(stocktake, DocumentAction.COUNT, path=("stocktake_id",))
    return stocktake


def _keep_scope(stocktake: Stocktake, scope: CountScope) -> None:
    named = (("category_id", scope.category_ids), ("place_id", scope.place_ids), ("sku_id", scope.sku_ids))
    db.insert_later(
        [
            StocktakeScope(id=new_id(), stocktake_id=stocktake.id, **{column: one})
            for column, ids in named
            for one in dict.fromkeys(ids)
        ]
    )


async def _draw_up(stocktake: Stocktake) -> None:
    have, lack = await lines.missing_count(stocktake.id)
    reject_if(check_line_count(have + lack, rules.MAX_LINES))
    if lack:
        await lines.draw_up(stocktake.id)


async def _value(stocktake: Stocktake, values: dict[int, Money]) -> None:
    """Writes what the variances are worth, line by line and in all."""
    await lines.write_values(values)
    stocktake.surplus_value, stocktake.shortage_value = rules.totals([*values.values()])
    stocktake.lines_with_variance = await lines.varying_count(stocktake.id)


def _check_approval(call: Call, stocktake: Stocktake) -> list[rules.ApprovalRequired]:
    assert stocktake.surplus_value is not None
    assert stocktake.shortage_value is not None
    worth = stocktake.surplus_value + stocktake.shortage_value
    free = stocktake.status is DocumentStatus.APPROVED or APPROVE_STOCKTAKES in call.permissions
    return [] if free or worth <= stocktake.approval_limit else [rules.ApprovalRequired(path=("id",))]
