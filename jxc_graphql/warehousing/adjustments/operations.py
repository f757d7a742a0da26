"""What can be done with adjustments."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any

from jxc_graphql.books import door
from jxc_graphql.books.door import Posting
from jxc_graphql.books.goods import ledger
from jxc_graphql.books.goods.facts import DocumentPosted
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Reason, Rejected, reject_if
from jxc_graphql.kit.numbers import Money, check_total
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots import queries as known_lots
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents import corrections
from jxc_graphql.office.documents.changing import locked_with_lines, made_out, moved_on, opened, save_columns
from jxc_graphql.office.documents.copying import copied_as
from jxc_graphql.office.documents.facts import (
    DocumentCancelled,
    DocumentCreated,
    DocumentRejected,
    DocumentSubmitted,
    DocumentUpdated,
    DocumentWithdrawn,
)
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.redrafting import EVERY_LINE, LineChange, redrafted, redrawn
from jxc_graphql.office.documents.rules import NoSuchStep, check_note
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus
from jxc_graphql.office.documents.steps import step
from jxc_graphql.warehousing.adjustments import rules
from jxc_graphql.warehousing.adjustments.models import STATES, Adjustment, AdjustmentLine, AdjustmentReason
from jxc_graphql.warehousing.adjustments.rules import AskedAdjustment, ScrappedGoods

_KINDS = (Adjustment, AdjustmentLine)
_ESTIMATE = ("business_date", "estimated_value")


@posting(STATES[DocumentAction.UPDATE])
async def create_adjustment(
    call: Call,
    *,
    warehouse_id: int,
    reason: AdjustmentReason,
    lines: Annotated[Sequence[AskedAdjustment], "What came and went; 1 to 1,000 lines."],
    note: str = "",
) -> DocumentCreated[Adjustment]:
    """Drafts an adjustment (新建库存调整单); nothing moves until it is posted.

    Raises `Rejected` with everything that is wrong with it.
    """
    warehouse, named, _ = await db.together(
        warehouses.usable_warehouse(call, warehouse_id), _named(lines), company.settled()
    )
    scraps = rules.scraps(reason, write_off=False)
    adjustment = made_out(
        Adjustment, call, business_date(call), warehouse_id=warehouse.id, reason=reason, is_write_off=scraps, note=note
    )
    drawn, problems = await _drawn(call, adjustment, named(warehouse), lines, reason=reason, write_off=scraps)
    reject_if([*check_note(note), *problems])
    await opened(adjustment, drawn)
    return DocumentCreated.of(adjustment)


@copied_as(Adjustment)
async def _asked_again(adjustment: Adjustment, lines: Sequence[AdjustmentLine]) -> dict[str, Any]:
    if adjustment.is_write_off and not rules.scraps(adjustment.reason, write_off=False):
        raise Rejected(NoSuchStep(path=("document_id",), kind=Adjustment.__name__))  # `write_off` makes no drafts
    return {"lines": [rules.asked_of(line) for line in lines]}


@posting(STATES[DocumentAction.UPDATE])
async def update_adjustment(
    call: Call,
    *,
    adjustment_id: int,
    reason: Change[AdjustmentReason] = UNSET,
    lines: Annotated[Change[Sequence[LineChange[AskedAdjustment]]], EVERY_LINE] = UNSET,
    note: Change[str | None] = UNSET,
    expected_version: int | None = None,
) -> DocumentUpdated[Adjustment]:
    """Changes what is given of a draft (修改库存调整单).

    Raises `Rejected` with everything that is wrong with it.
    """
    adjustment, before = await locked_with_lines(_KINDS, call, adjustment_id, DocumentAction.UPDATE, expected_version)
    now = adjustment.reason if reason is UNSET else reason
    scraps = rules.scraps(now, write_off=adjustment.is_write_off)
    warehouse = await _warehouse(adjustment)

    async def draw(asked: Sequence[AskedAdjustment]) -> tuple[list[AdjustmentLine], list[Reason]]:
        known = (await _named(asked))(warehouse)
        return await _drawn(call, adjustment, known, asked, reason=now, write_off=scraps)

    was = [(line, rules.asked_of(line)) for line in before.values()]
    drawn = await redrawn(was, lines, draw, also=check_note(note), unless=("reason",))
    return await redrafted(adjustment, drawn, reason=reason, is_write_off=scraps, note=note)


@posting(STATES[DocumentAction.POST])
async def post_adjustment(
    call: Call, *, adjustment_id: int, expected_version: int | None = None
) -> DocumentPosted[Adjustment] | DocumentSubmitted[Adjustment]:
    """Carries a draft out (过账库存调整单); above the threshold (免审额度) it is handed in for approval instead.

    Raises `Rejected` with what is wrong with its day, and whatever the ledger finds.
    """
    _, (adjustment, rows) = await db.together(
        door.hold_open(),
        locked_with_lines(_KINDS, call, adjustment_id, DocumentAction.POST, expected_version),
    )
    lines = [*rows.values()]
    (day, problems), warehouse = await db.together(door.posting_date(call), _warehouse(adjustment))
    reject_if(problems)
    worth = await _weigh(call, adjustment, lines, warehouse, day)
    if await corrections.must_wait(call, adjustment, lines, worth):
        moved_on(adjustment, DocumentAction.POST, *_ESTIMATE, to=DocumentStatus.SUBMITTED)
        return DocumentSubmitted.of(adjustment)
    fact = await _carry_out(call, adjustment, lines, warehouse)
    await _save(adjustment, lines, DocumentAction.POST)
    return fact


@posting(STATES[DocumentAction.APPROVE])
async def approve_adjustment(
    call: Call, *, adjustment_id: int, expected_version: int | None = None
) -> DocumentPosted[Adjustment]:
    """Approves an adjustment (审核库存调整单), which carries it out under the day for which it was handed in."""
    _, (adjustment, rows) = await db.together(
        door.hold_open(),
        locked_with_lines(_KINDS, call, adjustment_id, DocumentAction.APPROVE, expected_version),
    )
    lines = [*rows.values()]
    (day, problems), warehouse = await db.together(
        door.posting_date(call, on=adjustment.business_date), _warehouse(adjustment)
    )
    reject_if(problems)
    await _weigh(call, adjustment, lines, warehouse, day)
    fact = await _carry_out(call, adjustment, lines, warehouse)
    await _save(adjustment, lines, DocumentAction.APPROVE)
    return fact


reject_adjustment = step(DocumentRejected[Adjustment])
withdraw_adjustment = step(DocumentWithdrawn[Adjustment])
cancel_adjustment = step(DocumentCancelled[Adjustment])


@posting(STATES[DocumentAction.POST])
async def write_off(
    call: Call,
    *,
    warehouse_id: Annotated[int, "Where it is."],
    lines: Annotated[Sequence[ScrappedGoods], "What is scrapped; 1 to 1,000 lines."],
    reason: Annotated[AdjustmentReason, "Why: WRITE_OFF, EXPIRED or DAMAGED."] = AdjustmentReason.WRITE_OFF,
    note: str = "",
) -> DocumentPosted[Adjustment] | DocumentSubmitted[Adjustment]:
    """Scraps goods (报废) in one step; above the threshold (免审额度) it is handed in for approval instead.

    They leave stock, quality or damaged places, as the losses of an adjustment of its own. Raises `Rejected` with
    everything that is wrong with it, then with whatever the ledger finds.
    """
    losses = [line.loss for line in lines]
    (day, problems), warehouse, named, _ = await db.together(
        door.posting_date(call),
        warehouses.usable_warehouse(call, warehouse_id),
        _named(losses),
        corrections.look_ahead(Adjustment),
    )
    adjustment = made_out(Adjustment, call, day, warehouse_id=warehouse.id, reason=reason, is_write_off=True, note=note)
    kept, wrong = await _drawn(call, adjustment, named(warehouse), losses, reason=reason, write_off=True)
    reject_if([*problems, *rules.check_write_off(reason), *check_note(note), *wrong])
    fact: DocumentPosted[Adjustment] | DocumentSubmitted[Adjustment]
    worth = await _weigh(call, adjustment, kept, warehouse, day)
    if await corrections.must_wait(call, adjustment, kept, worth):
        adjustment.status, fact = DocumentStatus.SUBMITTED, DocumentSubmitted.of(adjustment)
    else:
        adjustment.status, fact = DocumentStatus.POSTED, await _carry_out(call, adjustment, kept, warehouse)
    await opened(adjustment, kept)
    return fact


async def _named(asked: Sequence[AskedAdjustment]) -> Callable[[KnownWarehouse], rules.Known]:
    """What exists of all that lines name, for an adjustment in a warehouse."""
    skus, places, by_id, by_number = await db.together(
        catalog.skus({line.sku_id for line in asked}),
        warehouses.places_of({line.place_id for line in asked if line.place_id is not None}),
        known_lots.lots({line.lot_id for line in asked if line.lot_id is not None}),
        known_lots.by_number({line.lot_key for line in asked if line.lot_key}),
    )
    return lambda warehouse: rules.Known(warehouse=warehouse, skus=skus, places=places, lots=by_id, numbers=by_number)


async def _drawn(
    call: Call,
    adjustment: Adjustment,
    known: rules.Known,
    asked: Sequence[AskedAdjustment],
    *,
    reason: AdjustmentReason,
    write_off: bool,
) -> tuple[list[AdjustmentLine], list[Reason]]:
    """The lines of an adjustment for a reason, and everything that is wrong; lots of gains come into being if new."""
    if wrong := [*rules.check_lines(asked, reason, known, is_write_off=write_off)]:
        return [], wrong
    labelled = rules.labelled(asked)
    lot_ids = await lots.ensure(call, [label for _, label in labelled], skus=known.skus)
    by_position = {index: lot_id for (index, _), lot_id in zip(labelled, lot_ids, strict=True)}
    return rules.lines_of(adjustment, asked, by_position), []


async def _weigh(
    call: Call, adjustment: Adjustment, lines: Sequence[AdjustmentLine], warehouse: KnownWarehouse, day: date
) -> Money:
    """What an adjustment is worth on a day, under the locks of what it changes."""
    lot_ids = {line.lot_id for line in lines if line.lot_id is not None}
    levels = await ledger.present(call, {(line.sku_id, warehouse.id) for line in lines}, lot_ids=lot_ids)
    worth = rules.worth(adjustment, lines, levels)
    reject_if(check_total(worth))
    adjustment.business_date, adjustment.estimated_value = day, worth
    return worth


async def _carry_out(
    call: Call, adjustment: Adjustment, lines: Sequence[AdjustmentLine], warehouse: KnownWarehouse
) -> DocumentPosted[Adjustment]:
    """Moves the goods of an adjustment; it is for the caller to save what it and its lines say then."""
    moves = rules.moves(adjustment, lines, warehouse)
    day = adjustment.business_date
    posted = await door.post(Posting(call=call, document_id=adjustment.id, business_date=day, moves=moves))
    for line, value in zip(lines, posted.values, strict=True):
        line.value = value if line.quantity > 0 else -value
    adjustment.total = Money.total(line.value for line in lines if line.value is not None)
    return DocumentPosted.of(adjustment, **posted.told)


async def _save(adjustment: Adjustment, lines: Sequence[AdjustmentLine], action: DocumentAction) -> None:
    moved_on(adjustment, action, *_ESTIMATE, "total", to=DocumentStatus.POSTED)
    save_columns(lines, "value")


async def _warehouse(adjustment: Adjustment) -> KnownWarehouse:
    warehouse = await warehouses.warehouse(adjustment.warehouse_id)
    assert warehouse
    return warehouse
