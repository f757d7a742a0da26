"""Goods on their way: what is done with a transfer from the moment in which they leave until all of them are told of.

A number is taken last, and the levels of both warehouses are taken hold of in one go (see `operations.hold_levels`).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated

from jxc_graphql.books import door
from jxc_graphql.books.door import Move, Posting
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.numbers import Money
from jxc_graphql.kit.text import printable
from jxc_graphql.masters.lots import queries as lots
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.masters.warehouses.places import PlaceKind
from jxc_graphql.masters.warehouses.queries import KnownPlace, KnownWarehouse
from jxc_graphql.office.documents.changing import locked_with_lines, made_out, moved_on, opened, save_columns
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus
from jxc_graphql.warehousing.transfers import consignments, queries, rules
from jxc_graphql.warehousing.transfers.consignments import ArrivedLine, MissingLine
from jxc_graphql.warehousing.transfers.facts import TransferClosed, TransferDispatched, TransferReceived
from jxc_graphql.warehousing.transfers.models import (
    STATES,
    Transfer,
    TransferDiscrepancy,
    TransferDiscrepancyReason,
    TransferLine,
    TransferReceipt,
    TransferReceiptLine,
)
from jxc_graphql.warehousing.transfers.rules import SentLine

Lines = Mapping[int, TransferLine]


@posting(STATES[DocumentAction.DISPATCH])
async def dispatch_transfer(
    call: Call,
    *,
    transfer_id: int,
    lines: Annotated[
        Sequence[SentLine] | None,
        "What leaves, 1 to 2,000 lines; by default all that was approved. What is not sent is given up.",
    ] = None,
    expected_version: int | None = None,
) -> TransferDispatched:
    """Sends the goods of a transfer on their way (调拨出库); what was approved and is not sent is free again.

    Raises `Rejected` with what is wrong with its day and its lines, a `MoreThanApproved` for each of which more is to
    leave, or with an `InsufficientStock` where a place or lot that is named has less.
    """
    _, (transfer, approved) = await db.together(
        door.hold_open(),
        locked_with_lines((Transfer, TransferLine), call, transfer_id, DocumentAction.DISPATCH, expected_version),
    )
    (day, problems), (source, destination), (places, known) = await db.together(
        door.posting_date(call), _warehouses(transfer), _named(approved, lines or ())
    )
    kind = PlaceKind(transfer.goods)
    wrong = [] if lines is None else [*rules.check_dispatch(approved, lines, places, known, source, kind=kind)]
    leaving = [] if wrong else rules.departures(approved, lines, known)
    reject_if([*problems, *wrong])
    posted = await door.post(
        Posting(
            call=call,
            document_id=transfer.id,
            business_date=day,
            moves=rules.moves_of_dispatch(leaving, source, destination, kind),
            uses=dict.fromkeys(approved if kind is PlaceKind.STOCK else ()),
            besides={(line.sku_id, where.id) for line in approved.values() for where in (source, destination)},
        )
    )
    for one, value in zip(leaving, posted.values, strict=True):
        one.line.quantity_dispatched += one.quantity
        one.line.cost += value
    save_columns([*approved.values()], "quantity_dispatched", "cost")
    transfer.cost = Money.total(posted.values)
    transfer.dispatched_at, transfer.dispatched_on, transfer.dispatched_by_id = call.at, day, call.actor_id
    sent = ("dispatched_at", "dispatched_on", "dispatched_by_id", "cost")
    moved_on(transfer, DocumentAction.DISPATCH, *sent)
    return TransferDispatched(transfer_id=transfer.id, stock_level_ids=posted.stock_level_ids)


@posting(STATES[DocumentAction.RECEIVE])
async def receive_transfer(
    call: Call,
    *,
    transfer_id: Annotated[int, "A transfer of which goods are in transit."],
    lines: Annotated[Sequence[ArrivedLine], "What arrived; 1 to 2,000 lines."],
    note: str = "",
    expected_version: int | None = None,
) -> TransferReceived:
    """Receives goods of a transfer (调拨入库), in parts if need be; never more than is in transit.

    Accepted goods go to a place, damaged ones are set apart. Raises `Rejected` with what is wrong with its day and its
    lines, a `MoreThanInTransit` for each of which more came than is on its way, and what does not fit the lots and
    pieces that were sent.
    """
    path = ("transfer_id",)
    _, (transfer, sent) = await db.together(
        door.hold_open(),
        locked_with_lines(
            (Transfer, TransferLine), call, transfer_id, DocumentAction.RECEIVE, expected_version, path=path
        ),
    )
    lines = consignments.as_they_are(lines, transfer.goods)
    (day, problems), (_, destination), places, on_its_way, pieces = await db.together(
        door.posting_date(call),
        _warehouses(transfer),
        warehouses.places_of({one.place_id for one in lines if one.place_id is not None}),
        queries.lots_in_transit(sent),
        queries.pieces_in_transit(sent),
    )
    problems += consignments.check_day(day, transfer.dispatched_on)
    problems += consignments.check_receipt(sent, lines, places, destination)
    problems += consignments.check_in_transit(sent, lines, on_its_way, pieces)
    reject_if([*problems, *check_note(note)])
    receipt = made_out(TransferReceipt, call, day, transfer_id=transfer.id, warehouse_id=destination.id, note=note)
    usual_place = destination.place_of(PlaceKind(transfer.goods))
    arrived = consignments.lines_of_receipt(receipt.id, sent, lines, usual_place)
    moves = consignments.moves_of_receipt(arrived, lines, on_its_way, destination)
    posted = await door.post(Posting(call=call, document_id=receipt.id, business_date=day, moves=moves))
    _add_values(arrived, moves, posted.values)
    _count_arrivals(transfer, sent, lines)
    receipt.total = Money.total(line.value for line in arrived)
    await opened(receipt, arrived, out_of=[transfer.id])
    return TransferReceived(
        transfer_id=transfer.id, transfer_receipt_id=receipt.id, stock_level_ids=posted.stock_level_ids
    )


@posting(STATES[DocumentAction.CLOSE])
async def close_transfer_short(
    call: Call,
    *,
    transfer_id: int,
    reason: Annotated[TransferDiscrepancyReason, "Why; for all that `lines` do not name."],
    lines: Annotated[
        Sequence[MissingLine], "Goods that are missing for a reason of their own; at most 2,000 lines."
    ] = (),
    note: Annotated[str, "What happened; it appears in the timeline. Required for the reason OTHER."] = "",
    expected_version: int | None = None,
) -> TransferClosed:
    """Closes a transfer of which goods are missing (差异关闭): they are written off, or are back at the source.

    What is in transit goes where its reason puts it, at its cost.
    """
    _, (transfer, sent) = await db.together(
        door.hold_open(),
        locked_with_lines((Transfer, TransferLine), call, transfer_id, DocumentAction.CLOSE, expected_version),
    )
    (day, problems), (source, destination), on_its_way, pieces = await db.together(
        door.posting_date(call),
        _warehouses(transfer),
        queries.lots_in_transit(sent),
        queries.pieces_in_transit(sent),
    )
    problems += consignments.check_day(day, transfer.dispatched_on)
    problems += consignments.check_missing(sent, lines, reason, note)
    reject_if([*problems, *consignments.check_in_transit(sent, lines, on_its_way, pieces)])
    missing = consignments.all_missing(sent, lines, reason, pieces)
    kept = consignments.discrepancies(transfer.id, sent, missing)
    kind = PlaceKind(transfer.goods)
    moves = consignments.moves_of_discrepancies(kept, missing, on_its_way, source, destination, kind=kind)
    posted = await door.post(Posting(call=call, document_id=transfer.id, business_date=day, moves=moves))
    _add_values(kept, moves, posted.values)
    for one in missing:
        sent[one.transfer_line_id].quantity_missing += one.quantity
    save_columns([*sent.values()], "quantity_missing")
    await TransferDiscrepancy.bulk_create(kept)
    moved_on(transfer, DocumentAction.CLOSE)
    return TransferClosed(transfer_id=transfer.id, note=note, stock_level_ids=posted.stock_level_ids)


async def _warehouses(transfer: Transfer) -> tuple[KnownWarehouse, KnownWarehouse]:
    known = await warehouses.warehouses([transfer.from_warehouse_id, transfer.to_warehouse_id])
    return known[transfer.from_warehouse_id], known[transfer.to_warehouse_id]


async def _named(approved: Lines, sent: Sequence[SentLine]) -> tuple[dict[int, KnownPlace], dict[tuple[int, str], int]]:
    """The places that the input names, and the lots, by SKU and number, as far as they are known."""
    numbers = {
        (approved[one.transfer_line_id].sku_id, one.lot_number)
        for one in sent
        if one.transfer_line_id in approved and one.lot_number is not None and printable(one.lot_number)
    }
    places, found = await db.together(
        warehouses.places_of({one.place_id for one in sent if one.place_id is not None}), lots.by_number(numbers)
    )
    return places, {key: lot.id for key, lot in found.items()}


def _count_arrivals(transfer: Transfer, sent: Lines, arrived: Sequence[ArrivedLine]) -> None:
    """Counts what came on the transfer's lines, and moves the transfer on."""
    for one in arrived:
        sent[one.transfer_line_id].quantity_received += one.quantity
        sent[one.transfer_line_id].quantity_damaged += one.quantity_damaged
    save_columns([*sent.values()], "quantity_received", "quantity_damaged")
    open_still = any(map(rules.in_transit, sent.values()))
    status = DocumentStatus.PARTIALLY_RECEIVED if open_still else DocumentStatus.RECEIVED
    moved_on(transfer, DocumentAction.RECEIVE, to=status)


def _add_values(
    rows: Collection[TransferReceiptLine] | Collection[TransferDiscrepancy],
    moves: Sequence[Move],
    values: Sequence[Money],
) -> None:
    """Says of each row what the goods of its moves cost."""
    by_id = {row.id: row for row in rows}
    for move, value in zip(moves, values, strict=True):
        by_id[move.line_id].value += value
