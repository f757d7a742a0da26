"""Visits are drafted and handed in; all else is their declaration."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Annotated

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Reason, UnknownId, reject_if
from jxc_graphql.kit.numbers import Money, Quantity, check_positive
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.documents.changing import locked_with_lines, made_out, opened
from jxc_graphql.office.documents.facts import (
    DocumentApproved,
    DocumentCancelled,
    DocumentCreated,
    DocumentRejected,
    DocumentSubmitted,
    DocumentUpdated,
)
from jxc_graphql.office.documents.lines import SkuInactive, lines_of
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.redrafting import EVERY_LINE, LineChange, redrafted, redrawn
from jxc_graphql.office.documents.rules import check_line_count, check_note
from jxc_graphql.office.documents.states import DocumentAction as Do
from jxc_graphql.office.documents.steps import step
from tests.made_up.models import STATES, Visit, VisitLine


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """Goods to show."""

    sku_id: int
    """What."""
    quantity: Quantity
    """How many are shown."""


@posting(STATES[Do.UPDATE])
async def create_visit(
    call: Call, *, warehouse_id: int, cost: Money, lines: Annotated[Sequence[Shown], "What; 1 to 500."], note: str = ""
) -> DocumentCreated[Visit]:
    """Drafts a visit (新建拜访单)."""
    visit = made_out(Visit, call, business_date(call), warehouse_id=warehouse_id, cost=cost, note=note)
    (drawn, wrong), _ = await db.together(_drawn(visit, lines), warehouses.usable_warehouse(call, warehouse_id))
    reject_if([*check_note(note), *wrong])
    await opened(visit, drawn)
    return DocumentCreated.of(visit)


@posting(STATES[Do.UPDATE])
async def update_visit(
    call: Call,
    *,
    visit_id: int,
    lines: Annotated[Change[Sequence[LineChange[Shown]]], EVERY_LINE] = UNSET,
    note: Change[str | None] = UNSET,
    expected_version: int | None = None,
) -> DocumentUpdated[Visit]:
    """Changes what is given of a draft (修改拜访单)."""
    visit, before = await locked_with_lines((Visit, VisitLine), call, visit_id, Do.UPDATE, expected_version)
    was = [(line, Shown(sku_id=line.sku_id, quantity=line.quantity)) for line in before.values()]
    return await redrafted(visit, await redrawn(was, lines, partial(_drawn, visit), also=check_note(note)), note=note)


async def _drawn(visit: Visit, asked: Sequence[Shown]) -> tuple[list[VisitLine], list[Reason]]:
    known = await catalog.skus({one.sku_id for one in asked})
    wrong = [*check_line_count(len(asked), 500), *_check_goods(asked, known)]
    return lines_of(VisitLine, asked, visit_id=visit.id), wrong


def _check_goods(lines: Sequence[Shown], known: dict[int, catalog.KnownSku]) -> Iterator[Reason]:
    for index, one in enumerate(lines):
        path, sku = ("lines", index, "sku_id"), known.get(one.sku_id)
        yield from check_positive(one.quantity, ("lines", index, "quantity"))
        if sku is None:
            yield UnknownId(path=path, kind="Sku")
        elif not sku.is_active:
            yield SkuInactive(path=path, sku=sku.code)


submit_visit = step(DocumentSubmitted[Visit])
approve_visit = step(DocumentApproved[Visit])
reject_visit = step(DocumentRejected[Visit])
cancel_visit = step(DocumentCancelled[Visit])
