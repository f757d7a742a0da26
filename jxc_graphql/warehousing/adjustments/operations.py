"""What can be done with adjustments."""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from jxc_graphql.books import door
from jxc_graphql.books.door import Posting
from jxc_graphql.books.goods import ledger
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason, reject_if
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots import queries as known_lots
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents import approval, orders
from jxc_graphql.office.documents.models import DocumentStatus
from jxc_graphql.office.documents.operations import business_date, next_number
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import DocumentAction
from jxc_graphql.office.periods import queries as periods
from jxc_graphql.warehousing.adjustments import rules
from jxc_graphql.warehousing.adjustments.facts import (
    AdjustmentCancelled,
    AdjustmentCreated,
    AdjustmentPosted,
    AdjustmentRejected,
    AdjustmentSubmitted,
    AdjustmentUpdated,
)
from jxc_graphql.warehousing.adjustments.models import Adjustment, AdjustmentLine, AdjustmentReason
from jxc_graphql.warehousing.adjustments.rules import AskedLine

NEEDED = {
    DocumentAction.UPDATE: Permission.ADJUST_STOCK,
    DocumentAction.POST: Permission.ADJUST_STOCK,
    DocumentAction.APPROVE: Permission.APPROVE_ADJUSTMENTS,
    DocumentAction.REJECT: Permission.APPROVE_ADJUSTMENTS,
    DocumentAction.CANCEL: Permission.ADJUST_STOCK,
}
"""The permission that each action on an adjustment takes."""


@posting(NEEDED[DocumentAction.UPDATE])
async def create_adjustment(
    call: Call, *, warehouse_id: int, reason: AdjustmentReason, lines: Sequence[AskedLine], note: str = ""
) -> AdjustmentCreated:
    """Drafts an adjustment of a warehouse's goods; raises `Rejected` with everything that is wrong with it."""
    warehouse = await warehouses.usable_warehouse(call, warehouse_id)
    adjustment = _new(call, warehouse, reason, note, is_write_off=rules.scraps(reason, write_off=False))
    kept = await _checked(call, adjustment, lines, warehouse, rules.check_note(note))
    adjustment.number = await next_number("AD", adjustment.business_date)
    await adjustment.save(force_create=True)
    await AdjustmentLine.bulk_create(kept)
    return AdjustmentCreated(adjustment_id=adjustment.id)


@posting(NEEDED[DocumentAction.UPDATE])
async def update_adjustment(
    call: Call,
    *,
    adjustment_id: int,
    reason: AdjustmentReason,
    lines: Sequence[AskedLine],
    note: str = "",
    expected_version: int | None = None,
) -> AdjustmentUpdated:
    """Replaces reason, lines and note of a draft; raises `Rejected` with everything that is wrong with them."""
    adjustment = await _lock(call, adjustment_id, DocumentAction.UPDATE, expected_version)
    adjustment.is_write_off = rules.scraps(reason, write_off=adjustment.is_write_off)
    adjustment.reason, adjustment.note = reason, note
    kept = await _checked(call, adjustment, lines, await _warehouse(adjustment), rules.check_note(note))
    await orders.advance(adjustment, DocumentStatus.DRAFT, "reason", "is_write_off", "note")
    await AdjustmentLine.filter(adjustment_id=adjustment.id).delete()
    await AdjustmentLine.bulk_create(kept)
    return AdjustmentUpdated(adjustment_id=adjustment.id)


@posting(NEEDED[DocumentAction.POST])
async def post_adjustment(
    call: Call, *, adjustment_id: int, expected_version: int | None = None
) -> AdjustmentPosted | AdjustmentSubmitted:
    """Carries a draft out; where it is worth more than the caller may post, it is handed in for approval instead.

    Raises `Rejected` with what is wrong with its day, and whatever the ledger finds.
    """
    day, problems = await periods.posting_date(call)
    adjustment = await _lock(call, adjustment_id, DocumentAction.POST, expected_version)
    reject_if(problems)
    lines = await _lines(adjustment)
    fact = await _post(call, adjustment, lines, await _warehouse(adjustment), day)
    await _save(adjustment, lines)
    return fact


@posting(NEEDED[DocumentAction.APPROVE])
async def approve_adjustment(
    call: Call, *, adjustment_id: int, expected_version: int | None = None
) -> AdjustmentPosted | AdjustmentSubmitted:
    """Carries a submitted adjustment out, under the day for which it was handed in unless the call names another."""
    adjustment = await _lock(call, adjustment_id, DocumentAction.APPROVE, expected_version)
    of_that_day = msgspec.structs.replace(call, business_date=call.business_date or adjustment.business_date)
    day, problems = await periods.posting_date(of_that_day)
    reject_if(problems)
    lines = await _lines(adjustment)
    fact = await _post(call, adjustment, lines, await _warehouse(adjustment), day)
    await _save(adjustment, lines)
    return fact


@posting(NEEDED[DocumentAction.REJECT])
async def reject_adjustment(
    call: Call, *, adjustment_id: int, note: str = "", expected_version: int | None = None
) -> AdjustmentRejected:
    """Sends a submitted adjustment back to its author, who reads the note in the timeline and may change the draft."""
    adjustment = await _lock(call, adjustment_id, DocumentAction.REJECT, expected_version)
    reject_if(rules.check_note(note))
    adjustment.estimated_value = None
    await orders.advance(adjustment, DocumentStatus.DRAFT, "estimated_value")
    return AdjustmentRejected(adjustment_id=adjustment.id, note=note)


@posting(NEEDED[DocumentAction.CANCEL])
async def cancel_adjustment(
    call: Call, *, adjustment_id: int, expected_version: int | None = None
) -> AdjustmentCancelled:
    """Gives up a draft or a submitted adjustment."""
    adjustment = await _lock(call, adjustment_id, DocumentAction.CANCEL, expected_version)
    await orders.advance(adjustment, DocumentStatus.CANCELLED)
    return AdjustmentCancelled(adjustment_id=adjustment.id)


@posting(NEEDED[DocumentAction.POST])
async def write_off(
    call: Call, *, warehouse_id: int, reason: AdjustmentReason, lines: Sequence[AskedLine], note: str = ""
) -> AdjustmentPosted | AdjustmentSubmitted:
    """Scraps goods from stock, quality or damaged places in one step, the losses of an adjustment of its own.

    It waits for approval where it is worth more than the caller may post. Raises `Rejected` with everything that is
    wrong with it, then with whatever the ledger finds.
    """
    day, problems = await periods.posting_date(call)
    warehouse = await warehouses.usable_warehouse(call, warehouse_id)
    adjustment = _new(call, warehouse, reason, note, is_write_off=True)
    problems += [*rules.check_write_off(reason), *rules.check_note(note)]
    kept = await _checked(call, adjustment, lines, warehouse, problems)
    fact = await _post(call, adjustment, kept, warehouse, day)
    adjustment.number = await next_number("AD", day)
    await adjustment.save(force_create=True)
    await AdjustmentLine.bulk_create(kept)
    return fact


def _new(
    call: Call, warehouse: KnownWarehouse, reason: AdjustmentReason, note: str, *, is_write_off: bool
) -> Adjustment:
    return Adjustment(
        status=DocumentStatus.DRAFT,
        business_date=business_date(call),
        created_at=call.at,
        created_by_id=call.actor_id,
        note=note,
        warehouse_id=warehouse.id,
        reason=reason,
        is_write_off=is_write_off,
    )


async def _checked(
    call: Call,
    adjustment: Adjustment,
    lines: Sequence[AskedLine],
    warehouse: KnownWarehouse,
    problems: Iterable[Reason],
) -> list[AdjustmentLine]:
    """The lines as they are to be kept, with their lots; those of gains come into being where they are new."""
    known = rules.Known(
        warehouse=warehouse,
        skus=await catalog.skus({line.sku_id for line in lines}),
        places=await warehouses.places_of({line.place_id for line in lines if line.place_id is not None}),
        lots=await known_lots.lots({line.lot_id for line in lines if line.lot_id is not None}),
        numbers=await known_lots.by_number({line.lot_key for line in lines if line.lot_key}),
    )
    wrong = rules.check_lines(lines, adjustment.reason, known, is_write_off=adjustment.is_write_off)
    reject_if([*problems, *wrong])
    labelled = rules.labelled(lines)
    lot_ids = await lots.ensure(call, [label for _, label in labelled])
    return rules.lines_of(
        adjustment, lines, {index: lot_id for (index, _), lot_id in zip(labelled, lot_ids, strict=True)}
    )


async def _post(
    call: Call, adjustment: Adjustment, lines: Sequence[AdjustmentLine], warehouse: KnownWarehouse, day: date
) -> AdjustmentPosted | AdjustmentSubmitted:
    """Posts an adjustment, or hands it in, by what it is worth under the locks; it is for the caller to save it."""
    lot_ids = {line.lot_id for line in lines if line.lot_id is not None}
    levels = await ledger.present(call, {(line.sku_id, warehouse.id) for line in lines}, lot_ids=lot_ids)
    worth = rules.worth(adjustment, lines, levels)
    reject_if(rules.check_worth(worth))
    adjustment.business_date, adjustment.estimated_value = day, worth
    if approval.must_wait(call, worth):
        adjustment.status = DocumentStatus.SUBMITTED
        return AdjustmentSubmitted(adjustment_id=adjustment.id)
    moves = rules.moves(adjustment, lines, warehouse)
    posted = await door.post(Posting(call=call, document_id=adjustment.id, business_date=day, moves=moves))
    for line, value in zip(lines, posted.values, strict=True):
        line.value = value if line.quantity > 0 else -value
    adjustment.status = DocumentStatus.POSTED
    adjustment.total = Money.total(line.value for line in lines if line.value is not None)
    return AdjustmentPosted(
        adjustment_id=adjustment.id,
        stock_level_ids=posted.stock_level_ids,
        short_document_ids=posted.short_document_ids,
    )


async def _save(adjustment: Adjustment, lines: Sequence[AdjustmentLine]) -> None:
    await orders.advance(adjustment, adjustment.status, "business_date", "estimated_value", "total")
    await orders.save_columns(lines, "value")


async def _lock(call: Call, adjustment_id: int, action: DocumentAction, expected_version: int | None) -> Adjustment:
    return await orders.lock(
        Adjustment, call, adjustment_id, states=approval.STATES, action=action, expected_version=expected_version
    )


async def _lines(adjustment: Adjustment) -> list[AdjustmentLine]:
    return await AdjustmentLine.filter(adjustment_id=adjustment.id).order_by("line_no")


async def _warehouse(adjustment: Adjustment) -> KnownWarehouse:
    warehouse = await warehouses.warehouse(adjustment.warehouse_id)
    assert warehouse
    return warehouse
