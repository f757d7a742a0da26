"""What can be done with revaluations."""

from collections.abc import Sequence
from datetime import date

import msgspec

from jxc_graphql.books import door
from jxc_graphql.books.goods import ledger
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents import approval, orders
from jxc_graphql.office.documents.models import DocumentStatus
from jxc_graphql.office.documents.operations import business_date, next_number
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import DocumentAction
from jxc_graphql.office.periods import queries as periods
from jxc_graphql.warehousing.revaluations import rules
from jxc_graphql.warehousing.revaluations.facts import (
    RevaluationCancelled,
    RevaluationCreated,
    RevaluationPosted,
    RevaluationRejected,
    RevaluationSubmitted,
    RevaluationUpdated,
)
from jxc_graphql.warehousing.revaluations.models import Revaluation, RevaluationLine
from jxc_graphql.warehousing.revaluations.rules import AskedLine

NEEDED = {
    DocumentAction.UPDATE: Permission.REVALUE_STOCK,
    DocumentAction.POST: Permission.REVALUE_STOCK,
    DocumentAction.APPROVE: Permission.APPROVE_ADJUSTMENTS,
    DocumentAction.REJECT: Permission.APPROVE_ADJUSTMENTS,
    DocumentAction.CANCEL: Permission.REVALUE_STOCK,
}
"""The permission that each action on a revaluation takes."""


@posting(NEEDED[DocumentAction.UPDATE])
async def create_revaluation(
    call: Call, *, warehouse_id: int, lines: Sequence[AskedLine], note: str
) -> RevaluationCreated:
    """Drafts a revaluation of a warehouse's goods; raises `Rejected` with everything that is wrong with it."""
    await warehouses.usable_warehouse(call, warehouse_id)
    await _check(lines, note)
    revaluation = Revaluation(
        status=DocumentStatus.DRAFT,
        business_date=business_date(call),
        created_at=call.at,
        created_by_id=call.actor_id,
        note=note,
        warehouse_id=warehouse_id,
    )
    revaluation.number = await next_number("RV", revaluation.business_date)
    await revaluation.save(force_create=True)
    await RevaluationLine.bulk_create(rules.lines_of(revaluation, lines))
    return RevaluationCreated(revaluation_id=revaluation.id)


@posting(NEEDED[DocumentAction.UPDATE])
async def update_revaluation(
    call: Call, *, revaluation_id: int, lines: Sequence[AskedLine], note: str, expected_version: int | None = None
) -> RevaluationUpdated:
    """Replaces lines and note of a draft; raises `Rejected` with everything that is wrong with them."""
    revaluation = await _lock(call, revaluation_id, DocumentAction.UPDATE, expected_version)
    await _check(lines, note)
    revaluation.note = note
    await orders.advance(revaluation, DocumentStatus.DRAFT, "note")
    await RevaluationLine.filter(revaluation_id=revaluation.id).delete()
    await RevaluationLine.bulk_create(rules.lines_of(revaluation, lines))
    return RevaluationUpdated(revaluation_id=revaluation.id)


@posting(NEEDED[DocumentAction.POST])
async def post_revaluation(
    call: Call, *, revaluation_id: int, expected_version: int | None = None
) -> RevaluationPosted | RevaluationSubmitted:
    """Changes what goods cost; where that is more than the caller may post, it is handed in for approval instead.

    Raises `Rejected` with what is wrong with its day, and whatever the ledger finds.
    """
    day, problems = await periods.posting_date(call)
    revaluation = await _lock(call, revaluation_id, DocumentAction.POST, expected_version)
    reject_if(problems)
    return await _post(call, revaluation, day)


@posting(NEEDED[DocumentAction.APPROVE])
async def approve_revaluation(
    call: Call, *, revaluation_id: int, expected_version: int | None = None
) -> RevaluationPosted | RevaluationSubmitted:
    """Carries a submitted revaluation out, under the day for which it was handed in unless the call names another."""
    revaluation = await _lock(call, revaluation_id, DocumentAction.APPROVE, expected_version)
    of_that_day = msgspec.structs.replace(call, business_date=call.business_date or revaluation.business_date)
    day, problems = await periods.posting_date(of_that_day)
    reject_if(problems)
    return await _post(call, revaluation, day)


@posting(NEEDED[DocumentAction.REJECT])
async def reject_revaluation(
    call: Call, *, revaluation_id: int, note: str = "", expected_version: int | None = None
) -> RevaluationRejected:
    """Sends a submitted revaluation back to its author, who reads the note in the timeline and may change the draft."""
    revaluation = await _lock(call, revaluation_id, DocumentAction.REJECT, expected_version)
    reject_if(rules.check_note(note))
    revaluation.estimated_value = None
    await orders.advance(revaluation, DocumentStatus.DRAFT, "estimated_value")
    return RevaluationRejected(revaluation_id=revaluation.id, note=note)


@posting(NEEDED[DocumentAction.CANCEL])
async def cancel_revaluation(
    call: Call, *, revaluation_id: int, expected_version: int | None = None
) -> RevaluationCancelled:
    """Gives up a draft or a submitted revaluation."""
    revaluation = await _lock(call, revaluation_id, DocumentAction.CANCEL, expected_version)
    await orders.advance(revaluation, DocumentStatus.CANCELLED)
    return RevaluationCancelled(revaluation_id=revaluation.id)


async def _check(lines: Sequence[AskedLine], note: str) -> None:
    known = await catalog.skus({line.sku_id for line in lines})
    reject_if([*rules.check_why(note), *rules.check_lines(lines, known)])


async def _post(call: Call, revaluation: Revaluation, day: date) -> RevaluationPosted | RevaluationSubmitted:
    """Posts a revaluation, or hands it in, by what it changes under the locks."""
    lines = await RevaluationLine.filter(revaluation_id=revaluation.id).order_by("line_no")
    levels = await ledger.present(call, {(line.sku_id, revaluation.warehouse_id) for line in lines})
    changes = rules.changes(revaluation, lines, levels)
    revaluation.business_date, revaluation.estimated_value = day, rules.worth(changes, levels)
    reject_if(rules.check_worth(changes, revaluation.estimated_value))
    if approval.must_wait(call, revaluation.estimated_value):
        await orders.advance(revaluation, DocumentStatus.SUBMITTED, "business_date", "estimated_value")
        return RevaluationSubmitted(revaluation_id=revaluation.id)
    posted = await door.revalue(changes, document_id=revaluation.id, business_date=day, at=call.at)
    for line, change, value in zip(lines, changes, posted.values, strict=True):
        level = levels[change.level_key]
        line.quantity, line.value_before, line.value = level.on_hand, level.value, value
    revaluation.total = Money.total(posted.values)
    await orders.advance(revaluation, DocumentStatus.POSTED, "business_date", "estimated_value", "total")
    await orders.save_columns(lines, "quantity", "value_before", "value")
    return RevaluationPosted(revaluation_id=revaluation.id, stock_level_ids=posted.stock_level_ids)


async def _lock(call: Call, revaluation_id: int, action: DocumentAction, expected_version: int | None) -> Revaluation:
    return await orders.lock(
        Revaluation, call, revaluation_id, states=approval.STATES, action=action, expected_version=expected_version
    )
