"""What can be done with revaluations."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

import msgspec

from jxc_graphql.books import door
from jxc_graphql.books.goods import ledger
from jxc_graphql.books.goods.facts import DocumentRevalued
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Reason, reject_if
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.documents import corrections
from jxc_graphql.office.documents.changing import locked_with_lines, made_out, moved_on, opened, save_columns
from jxc_graphql.office.documents.facts import (
    DocumentCancelled,
    DocumentCreated,
    DocumentRejected,
    DocumentSubmitted,
    DocumentUpdated,
    DocumentWithdrawn,
)
from jxc_graphql.office.documents.lines import lines_of
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.redrafting import EVERY_LINE, LineChange, redrafted, redrawn
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus
from jxc_graphql.office.documents.steps import step
from jxc_graphql.warehousing.revaluations import rules
from jxc_graphql.warehousing.revaluations.models import STATES, Revaluation, RevaluationLine
from jxc_graphql.warehousing.revaluations.rules import AskedRevaluation, Wanted

_KINDS = (Revaluation, RevaluationLine)


@posting(STATES[DocumentAction.UPDATE])
async def create_revaluation(
    call: Call,
    *,
    warehouse_id: int,
    lines: Annotated[Sequence[AskedRevaluation], "Which goods, and how; 1 to 1,000 lines."],
    note: str,
) -> DocumentCreated[Revaluation]:
    """Drafts a revaluation (新建成本调整单); no value changes until it is posted.

    Raises `Rejected` with everything that is wrong with it.
    """
    await warehouses.usable_warehouse(call, warehouse_id)
    revaluation = made_out(Revaluation, call, business_date(call), note=note, warehouse_id=warehouse_id)
    drawn, problems = await _drawn(revaluation, lines)
    reject_if([*check_note(note, required=True), *problems])
    await opened(revaluation, drawn)
    return DocumentCreated.of(revaluation)


@posting(STATES[DocumentAction.UPDATE])
async def update_revaluation(
    call: Call,
    *,
    revaluation_id: int,
    lines: Annotated[Change[Sequence[LineChange[AskedRevaluation]]], EVERY_LINE] = UNSET,
    note: Annotated[Change[str], "Why (原因), 1 to 500 characters."] = UNSET,
    expected_version: int | None = None,
) -> DocumentUpdated[Revaluation]:
    """Changes what is given of a draft (修改成本调整单).

    Raises `Rejected` with everything that is wrong with it.
    """
    revaluation, before = await locked_with_lines(_KINDS, call, revaluation_id, DocumentAction.UPDATE, expected_version)
    was = [(line, msgspec.convert(line, AskedRevaluation, from_attributes=True)) for line in before.values()]
    drawn = await redrawn(was, lines, partial(_drawn, revaluation), also=check_note(note, required=True))
    return await redrafted(revaluation, drawn, note=note)


@posting(STATES[DocumentAction.POST])
async def post_revaluation(
    call: Call, *, revaluation_id: int, expected_version: int | None = None
) -> DocumentRevalued[Revaluation] | DocumentSubmitted[Revaluation]:
    """Changes what goods cost (过账成本调整单); above the threshold (免审额度) it is handed in for approval instead.

    Raises `Rejected` with what is wrong with its day, and whatever the ledger finds.
    """
    revaluation, wanted = await _wanted(call, revaluation_id, DocumentAction.POST, expected_version)
    if await corrections.must_wait(call, revaluation, wanted.lines, wanted.worth):
        estimate = ("business_date", "estimated_value")
        moved_on(revaluation, DocumentAction.POST, *estimate, to=DocumentStatus.SUBMITTED)
        return DocumentSubmitted.of(revaluation)
    return await _post(call, revaluation, wanted, DocumentAction.POST)


@posting(STATES[DocumentAction.APPROVE])
async def approve_revaluation(
    call: Call, *, revaluation_id: int, expected_version: int | None = None
) -> DocumentRevalued[Revaluation]:
    """Approves a revaluation (审核成本调整单), which carries it out under the day for which it was handed in."""
    revaluation, wanted = await _wanted(call, revaluation_id, DocumentAction.APPROVE, expected_version)
    return await _post(call, revaluation, wanted, DocumentAction.APPROVE)


reject_revaluation = step(DocumentRejected[Revaluation])
withdraw_revaluation = step(DocumentWithdrawn[Revaluation])
cancel_revaluation = step(DocumentCancelled[Revaluation])


async def _drawn(
    revaluation: Revaluation, asked: Sequence[AskedRevaluation]
) -> tuple[list[RevaluationLine], list[Reason]]:
    """The lines of a revaluation that asks for this, and everything that is wrong with them."""
    known = await catalog.skus({line.sku_id for line in asked})
    return lines_of(RevaluationLine, asked, revaluation_id=revaluation.id), [*rules.check_lines(asked, known)]


async def _wanted(
    call: Call, revaluation_id: int, action: DocumentAction, expected_version: int | None
) -> tuple[Revaluation, Wanted]:
    """A revaluation and what it asks for, under the locks of what it changes; one that waited has its day already."""
    locked = locked_with_lines(_KINDS, call, revaluation_id, action, expected_version)
    _, (revaluation, rows) = await db.together(door.hold_open(), locked)
    waited = action is DocumentAction.APPROVE
    day, problems = await door.posting_date(call, on=revaluation.business_date if waited else None)
    reject_if(problems)
    lines = [*rows.values()]
    levels = await ledger.present(call, {(line.sku_id, revaluation.warehouse_id) for line in lines})
    changes = rules.changes(revaluation, lines, levels)
    worth = rules.worth(changes, levels)
    reject_if(rules.check_worth(changes, worth))
    revaluation.business_date, revaluation.estimated_value = day, worth
    return revaluation, Wanted(lines=lines, levels=levels, changes=changes, worth=worth)


async def _post(
    call: Call, revaluation: Revaluation, wanted: Wanted, action: DocumentAction
) -> DocumentRevalued[Revaluation]:
    day = revaluation.business_date
    posted = await door.revalue(call, wanted.changes, document_id=revaluation.id, business_date=day)
    for line, change, value in zip(wanted.lines, wanted.changes, posted.values, strict=True):
        level = wanted.levels[change.level_key]
        line.quantity, line.value_before, line.value = level.on_hand, level.value, value
    revaluation.total = Money.total(posted.values)
    changed = ("business_date", "estimated_value", "total")
    moved_on(revaluation, action, *changed, to=DocumentStatus.POSTED)
    save_columns(wanted.lines, "quantity", "value_before", "value")
    return DocumentRevalued.of(revaluation, stock_level_ids=posted.stock_level_ids)
