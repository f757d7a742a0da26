"""What can be done with transfers until they are approved, or given up; `transit` has what follows."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Annotated

from jxc_graphql.books.goods import ledger
from jxc_graphql.books.goods.facts import DocumentUnapproved
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Reason, reject_if
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents import lines as order_lines
from jxc_graphql.office.documents.changing import locked, locked_with_lines, made_out, moved_on, opened, save_columns
from jxc_graphql.office.documents.facts import (
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
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.office.documents.steps import step
from jxc_graphql.warehousing.transfers import rules
from jxc_graphql.warehousing.transfers.facts import TransferApproved, TransferCancelled
from jxc_graphql.warehousing.transfers.models import STATES, Transfer, TransferGoods, TransferLine
from jxc_graphql.warehousing.transfers.rules import ApprovedLine, AskedGoods


@posting(STATES[DocumentAction.UPDATE])
async def create_transfer(
    call: Call,
    *,
    from_warehouse_id: Annotated[int, "The source (调出仓)."],
    to_warehouse_id: Annotated[int, "The destination (调入仓), another one; it may be out of your scope."],
    lines: Annotated[Sequence[AskedGoods], "What; 1 to 500 lines."],
    goods: Annotated[
        TransferGoods, "Which goods it carries (良品, 待检, 次品); those that may be sold unless said otherwise."
    ] = TransferGoods.STOCK,
    expected_on: date | None = None,
    note: str = "",
) -> DocumentCreated[Transfer]:
    """Drafts a transfer (新建调拨单); nothing is kept for it until it is approved.

    It leads out of a warehouse of the caller's into any other. Raises `Rejected` with everything that is wrong with it.
    """
    route = {"from_warehouse_id": from_warehouse_id, "to_warehouse_id": to_warehouse_id}
    transfer = await _drafted(call, route, "from_warehouse_id", lines, goods=goods, expected_on=expected_on, note=note)
    return DocumentCreated.of(transfer)


@posting(STATES[DocumentAction.SUBMIT])
async def ask_for_transfer(
    call: Call, *, from_warehouse_id: int, to_warehouse_id: int, lines: Sequence[AskedGoods], note: str = ""
) -> DocumentSubmitted[Transfer]:
    """Drafts a transfer into a warehouse of the caller's and hands it in: the source, whosever it is, decides."""
    route = {"from_warehouse_id": from_warehouse_id, "to_warehouse_id": to_warehouse_id}
    transfer = await _drafted(call, route, "to_warehouse_id", lines, goods=TransferGoods.STOCK, note=note)
    journal.record(DocumentCreated.of(transfer), call)
    moved_on(transfer, DocumentAction.SUBMIT)
    return DocumentSubmitted.of(transfer)


@posting(STATES[DocumentAction.UPDATE])
async def update_transfer(
    call: Call,
    *,
    transfer_id: int,
    lines: Annotated[Change[Sequence[LineChange[AskedGoods]]], EVERY_LINE] = UNSET,
    expected_on: Change[date | None] = UNSET,
    note: Change[str | None] = UNSET,
    expected_version: int | None = None,
) -> DocumentUpdated[Transfer]:
    """Changes what is given of a draft (修改调拨单).

    Raises `Rejected` with everything that is wrong with it.
    """
    transfer, before = await locked_with_lines(
        (Transfer, TransferLine), call, transfer_id, DocumentAction.UPDATE, expected_version
    )
    was = [(line, rules.asked_of(line)) for line in before.values()]
    drawn = await redrawn(was, lines, partial(_drawn, transfer), also=check_note(note))
    return await redrafted(transfer, drawn, expected_on=expected_on, note=note)


submit_transfer = step(DocumentSubmitted[Transfer])


@posting(STATES[DocumentAction.APPROVE])
async def approve_transfer(
    call: Call,
    *,
    transfer_id: int,
    lines: Annotated[
        Sequence[ApprovedLine],
        "Lines of which less is approved than was asked for; at most 500. All others are approved as they are.",
    ] = (),
    expected_version: int | None = None,
) -> TransferApproved:
    """Approves a transfer (审核调拨单) and reserves its goods at the source: all that is approved, or nothing.

    That is as much as was asked for, or as `lines` say, which may be less. Only goods that may be sold are reserved; of
    others what is there when they leave is sent. Raises `Rejected` with a `TransferShortage` for every line of a SKU of
    which there is not enough for all of them.
    """
    (transfer, asked), _ = await db.together(
        locked_with_lines((Transfer, TransferLine), call, transfer_id, DocumentAction.APPROVE, expected_version),
        ledger.wishes_of(call, Transfer, transfer_id),
    )
    reject_if(rules.check_approval(asked, lines))
    for line_id, quantity in rules.quantities_approved(asked, lines).items():
        asked[line_id].quantity_approved = quantity
    wanted = [line for line in asked.values() if line.quantity_approved and transfer.goods is TransferGoods.STOCK]
    wishes = [
        ledger.Wish(
            owner_id=line.id,
            document_id=transfer.id,
            kind=ledger.ClaimKind.TRANSFER,
            sku_id=line.sku_id,
            warehouse_id=transfer.from_warehouse_id,
            quantity=line.quantity_approved,
        )
        for line in wanted
    ]
    claimed = await ledger.claim(call, wishes)
    if any(claimed.got[wish.owner_id] < wish.quantity for wish in wishes):
        known = await catalog.skus({line.sku_id for line in asked.values()})
        reject_if(rules.shortages(asked, claimed.got, lines, {sku.id: sku.code for sku in known.values()}))
    save_columns([*asked.values()], "quantity_approved")
    moved_on(transfer, DocumentAction.APPROVE)
    return TransferApproved(transfer_id=transfer.id, stock_level_ids=claimed.stock_level_ids)


reject_transfer = step(DocumentRejected[Transfer])
withdraw_transfer = step(DocumentWithdrawn[Transfer])


@posting(STATES[DocumentAction.UNAPPROVE])
async def unapprove_transfer(
    call: Call, *, transfer_id: int, note: str = "", expected_version: int | None = None
) -> DocumentUnapproved[Transfer]:
    """Makes a transfer a draft again of which nothing left yet (反审核调拨单), and frees what was kept for it."""
    kinds = (Transfer, TransferLine)
    (transfer, lines), level_ids = await db.together(
        locked_with_lines(kinds, call, transfer_id, DocumentAction.UNAPPROVE, expected_version, note=note),
        ledger.release(call, [transfer_id], whose="document_id"),
    )
    for line in lines.values():
        line.quantity_approved = Quantity(0)
    save_columns([*lines.values()], "quantity_approved")
    moved_on(transfer, DocumentAction.UNAPPROVE)
    return DocumentUnapproved.of(transfer, stock_level_ids=level_ids, note=note)


@posting(STATES[DocumentAction.CANCEL])
async def cancel_transfer(call: Call, *, transfer_id: int, expected_version: int | None = None) -> TransferCancelled:
    """Gives a transfer up before anything left (作废调拨单), and frees what was kept for it."""
    transfer, level_ids = await db.together(
        locked(Transfer, call, transfer_id, DocumentAction.CANCEL, expected_version),
        ledger.release(call, [transfer_id], whose="document_id"),
    )
    moved_on(transfer, DocumentAction.CANCEL)
    return TransferCancelled(transfer_id=transfer.id, stock_level_ids=level_ids)


async def _drafted(
    call: Call,
    route: Mapping[str, int],
    own: str,
    lines: Sequence[AskedGoods],
    *,
    goods: TransferGoods,
    expected_on: date | None = None,
    note: str,
) -> Transfer:
    """A draft with its lines: both ends are open, the `own` one is the caller's, the other is one that he knows of."""
    transfer = made_out(
        Transfer, call, business_date(call), **route, goods=goods, expected_on=expected_on, note=note, cost=Money(0)
    )
    (drawn, problems), known, _ = await db.together(
        _drawn(transfer, lines), warehouses.warehouses([*route.values()]), company.settled()
    )
    problems += await company.check_not_before(expected_on=expected_on)
    reject_if([*rules.check_route(**route), *problems, *check_note(note)])
    in_scope = {route[own]} if Permission.SEE_SHARED_STOCK in call.permissions else None
    asked = [(warehouse_id, (name,)) for name, warehouse_id in route.items()]
    warehouses.check_usable(call, known, asked, in_scope=in_scope)
    await opened(transfer, drawn)
    return transfer


async def _drawn(transfer: Transfer, asked: Sequence[AskedGoods]) -> tuple[list[TransferLine], list[Reason]]:
    """The lines of a transfer that asks for this, and everything that is wrong with them."""
    known = await catalog.skus({line.sku_id for line in asked})
    priced, problems = order_lines.price([line.line for line in asked], known, also_inactive=True)
    counts = (f"quantity_{what}" for what in ("approved", "dispatched", "received", "damaged", "missing"))
    nothing_yet = dict.fromkeys(counts, Quantity(0))
    return lines_of(TransferLine, priced, transfer_id=transfer.id, cost=Money(0), **nothing_yet), problems
