"""Reversals (冲销, 红冲): what a posted document put into the books is taken back by a document of its own.

    POSTED ──reverse──▸ REVERSED

    class Shipment(DocumentHeader, PartOfOrder):
        states = reversible()

    class ShipmentReversal(DocumentHeader, PartOfOrder):
        '''Shipment reversal (出库冲销): …'''

        shipment = fields.OneToOneField("models.Shipment", …)        one takes it back, and once

    @posting(Shipment.states[DocumentAction.REVERSE])
    async def reverse_shipment(call, *, shipment_id, note, …) -> ShipmentReversed:
        _, (shipment, lines) = await db.together(door.hold_open(), to_reverse((Shipment, ShipmentLine), call, …))
        reject_if([*problems, *check_day(shipment, day)])
        …                                                                           the books, the order
        await taken_back(shipment, reversal, reversal_lines)

A reversal counts for today, or another open day, never for the day of what it takes back: that stays as it was posted,
and says that it is reversed. Whatever goes back of a line, by a reversal or a return, is counted there and never more
than came, or left.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TypeVar

from tortoise.models import Model

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Path, Reason, Rejected
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.changing import add_to_columns, locked_with_lines, moved_on, opened
from jxc_graphql.office.documents.models import DocumentHeader, DocumentLine, LinkKind
from jxc_graphql.office.documents.states import Action, DocumentAction, DocumentStatus, Note, States

D = TypeVar("D", bound=DocumentHeader)
L = TypeVar("L", bound=DocumentLine)


class AlreadyReversed(Reason, frozen=True, kw_only=True):
    """A document is taken back once."""

    document_id: int
    """What took it back."""


class ReversedTooEarly(Reason, frozen=True, kw_only=True):
    """Nothing is taken back before the day on which it was posted."""

    posted_on: date


class NothingLeft(Reason, frozen=True, kw_only=True):
    """Nothing is left of a document that could be taken back."""


class OverReturn(Reason, frozen=True, kw_only=True):
    """More is to go back of a line than is left of what came, or left, with it."""

    moved: Quantity
    """How much came, or left."""
    returned: Quantity
    """How much of it went back already."""
    left: Quantity
    """How much may go back."""
    asked: Quantity
    """How much is to go back, over all lines of the input."""


def reverse() -> Action:
    """What is done with a posted document that is taken back."""
    return Action(
        by=Permission.REVERSE_DOCUMENTS,
        ways={DocumentStatus.POSTED: {DocumentStatus.REVERSED}},
        note=Note.REQUIRED,
        moves_goods=True,
    )


def reversible() -> States:
    """The life of documents that are posted when they are made, and can be taken back."""
    return States({DocumentAction.REVERSE: reverse()})


async def to_reverse(
    kinds: tuple[type[D], type[L]], call: Call, document_id: int, expected_version: int | None, *, note: str
) -> tuple[D, dict[int, L]]:
    """A posted document and its lines, kept from others until the transaction ends, to be taken back.

    Raises as `changing.locked` does, and `AlreadyReversed`.
    """
    action = DocumentAction.REVERSE
    try:
        return await locked_with_lines(kinds, call, document_id, action, expected_version, note=note)
    except Rejected as refused:
        if (by := await _taken_back_by(document_id)) is None:
            raise
        raise Rejected(AlreadyReversed(path=refused.reasons[0].path, document_id=by)) from None


def check_day(document: DocumentHeader, day: date) -> Iterator[Reason]:
    """Whether a document is taken back on its day or later."""
    if day < document.business_date:
        yield ReversedTooEarly(path=("business_date",), posted_on=document.business_date)


def check_left(moved: Quantity, returned: Quantity, asked: Quantity, path: Path) -> Iterator[Reason]:
    """Whether there is so much left of a line that may go back."""
    if asked > (left := moved - returned):
        yield OverReturn(path=path, moved=moved, returned=returned, left=left, asked=asked)


async def taken_back(document: DocumentHeader, by: DocumentHeader, lines: Iterable[Model]) -> None:
    """Writes the document that takes another one back, with its lines, and that this is done."""
    moved_on(document, DocumentAction.REVERSE)
    await opened(by, lines, out_of=[document.id], link=LinkKind.REVERSAL)


def counted_back(kind: type[DocumentLine], back: Mapping[int, Quantity]) -> None:
    """Counts on lines of a kind what goes back of each, by their ids."""
    add_to_columns(kind, {line_id: (quantity,) for line_id, quantity in back.items()}, "quantity_returned")


async def _taken_back_by(document_id: int) -> int | None:
    rows = await db.fetch(
        f"SELECT target_id FROM document_link WHERE source_id = ? AND kind = '{LinkKind.REVERSAL}'", (document_id,)
    )
    return next((by for (by,) in rows), None)
