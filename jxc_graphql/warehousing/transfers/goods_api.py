"""What clients do with the goods of transfers: reserve them by approving, send them, receive them, account for them."""

from datetime import date

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.gql.declare import Id, input_type, mutation, payload, user_error
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.warehouses.api import Place
from jxc_graphql.masters.warehouses.places import PlaceKind
from jxc_graphql.warehousing.transfers import consignments, facts, operations, rules, transit
from jxc_graphql.warehousing.transfers.api import Transfer, TransferLine, TransferReceipt
from jxc_graphql.warehousing.transfers.models import TransferDiscrepancyReason


@input_type
class ApprovedLineInput:
    """How much of a line is approved."""

    transfer_line_id: Id[TransferLine]
    """The line."""
    quantity: Quantity
    """How much, in the base unit; at most what was asked for, 0 turns the line down."""

    def approved(self) -> rules.ApprovedLine:
        """The line as the operation takes it."""
        return rules.ApprovedLine(transfer_line_id=self.transfer_line_id, quantity=self.quantity)


@input_type
class ApproveTransferInput:
    """Which transfer to approve, and how much of it."""

    id: Id[Transfer]
    """A transfer that was handed in."""
    lines: list[ApprovedLineInput] | None = None
    """Lines of which less is approved than was asked for; at most 500. All others are approved as they are."""
    expected_version: int | None = None
    """The version you have seen; when it has changed since, nothing is done."""


@payload
class ApproveTransferPayload:
    """The transfer that became binding."""

    transfer: Transfer | None
    """The transfer."""
    stock_levels: list[StockLevel]
    """The levels at the source of which goods are kept for it."""


@mutation(ApproveTransferPayload)
async def approve_transfer(call: Call, input: ApproveTransferInput) -> facts.TransferApproved:
    """Approves a transfer (审核调拨单) and reserves its goods at the source: all that is approved, or nothing."""
    return await operations.approve_transfer(
        call,
        transfer_id=input.id,
        lines=[line.approved() for line in input.lines or ()],
        expected_version=input.expected_version,
    )


@input_type
class SentLineInput:
    """What is sent of a line; a line that leaves from several bins or of several lots is named once for each."""

    transfer_line_id: Id[TransferLine]
    """The line."""
    quantity: Quantity
    """How much, in the base unit; all of a line together at most what was approved."""
    place_id: Id[Place] | None = None
    """The bin (库位) it is taken from, or the stock place itself; by default from wherever it lies."""
    lot_number: str | None = None
    """The lot (批号) it is of; by default the one that expires first (先到期先出)."""
    serials: list[str] | None = None
    """The serial number (序列号) of each piece, for SKUs that are tracked by them; at most 1,000."""

    def sent(self) -> rules.SentLine:
        """The line as the operation takes it."""
        return rules.SentLine(**vars(self) | {"serials": tuple(self.serials or ())})


@input_type
class DispatchTransferInput:
    """What leaves of a transfer."""

    id: Id[Transfer]
    """An approved transfer."""
    lines: list[SentLineInput] | None = None
    """What leaves, 1 to 2,000 lines; by default all that was approved. What is not sent is given up."""
    business_date: date | None = None
    """The day it counts for (业务日期), today by default; a past day needs a permission and an open period."""
    expected_version: int | None = None
    """The version you have seen; when it has changed since, nothing is done."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the goods are sent once (幂等键)."""


@payload
class DispatchTransferPayload:
    """What was sent, and what it changed."""

    transfer: Transfer | None
    """The transfer."""
    stock_levels: list[StockLevel]
    """The levels of both warehouses that it changed."""


@mutation(DispatchTransferPayload)
async def dispatch_transfer(call: Call, input: DispatchTransferInput) -> facts.TransferDispatched:
    """Sends the goods of a transfer on their way (调拨出库); what was approved and is not sent is free again."""
    return await transit.dispatch_transfer(
        call,
        transfer_id=input.id,
        lines=None if input.lines is None else [line.sent() for line in input.lines],
        expected_version=input.expected_version,
    )


@input_type
class ArrivedLineInput:
    """What arrived of a line; a line that came to several places or of several lots is named once for each."""

    transfer_line_id: Id[TransferLine]
    """The line."""
    quantity_accepted: Quantity
    """How much is good (合格), in the base unit."""
    quantity_damaged: Quantity | None = None
    """How much goes to the damaged place (破损), in the base unit; by default 0."""
    place_id: Id[Place] | None = None
    """Where good goods are put: a stock or quality place or bin of the destination; by default its stock place."""
    lot_number: str | None = None
    """The lot (批号) it is of; by default, of the lots that were sent, the one that expires first."""
    serials: list[str] | None = None
    """The serial number (序列号) of each good piece, for SKUs that are tracked by them; at most 1,000."""
    damaged_serials: list[str] | None = None
    """The serial number of each damaged piece; at most 1,000."""

    def arrived(self) -> consignments.ArrivedLine:
        """The line as the operation takes it."""
        pieces = {"serials": tuple(self.serials or ()), "damaged_serials": tuple(self.damaged_serials or ())}
        damaged = self.quantity_damaged or Quantity(0)
        return consignments.ArrivedLine(**vars(self) | pieces | {"quantity_damaged": damaged})


@input_type
class ReceiveTransferInput:
    """What arrived of a transfer."""

    transfer_id: Id[Transfer]
    """A transfer of which goods are in transit."""
    lines: list[ArrivedLineInput]
    """What arrived; 1 to 2,000 lines."""
    business_date: date | None = None
    """The day it counts for (业务日期), today by default; a past day needs a permission and an open period."""
    note: str = ""
    """Remark (备注)."""
    expected_version: int | None = None
    """The version of the transfer you have seen; when it has changed since, nothing is done."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the goods are received once (幂等键)."""


@payload
class ReceiveTransferPayload:
    """What was received, and what it changed."""

    transfer_receipt: TransferReceipt | None
    """The receipt."""
    transfer: Transfer | None
    """The transfer."""
    stock_levels: list[StockLevel]
    """The levels that it changed."""


@mutation(ReceiveTransferPayload)
async def receive_transfer(call: Call, input: ReceiveTransferInput) -> facts.TransferReceived:
    """Receives goods of a transfer (调拨入库), in parts if need be; never more than is in transit."""
    return await transit.receive_transfer(
        call,
        transfer_id=input.transfer_id,
        lines=[line.arrived() for line in input.lines],
        note=input.note,
        expected_version=input.expected_version,
    )


@input_type
class MissingLineInput:
    """What is missing of a line for one reason."""

    transfer_line_id: Id[TransferLine]
    """The line."""
    quantity: Quantity
    """How much, in the base unit."""
    reason: TransferDiscrepancyReason
    """Why."""
    lot_number: str | None = None
    """The lot (批号) it is of; by default, of the lots that were sent, the one that expires first."""
    serials: list[str] | None = None
    """The serial number (序列号) of each missing piece, for SKUs that are tracked by them; at most 1,000."""

    def missing(self) -> consignments.MissingLine:
        """The line as the operation takes it."""
        return consignments.MissingLine(**vars(self) | {"serials": tuple(self.serials or ())})


@input_type
class CloseTransferShortInput:
    """Why what is still in transit will not arrive."""

    id: Id[Transfer]
    """A transfer of which goods are in transit."""
    reason: TransferDiscrepancyReason
    """Why; for all that `lines` do not name."""
    lines: list[MissingLineInput] | None = None
    """Goods that are missing for a reason of their own; at most 2,000 lines."""
    business_date: date | None = None
    """The day it counts for (业务日期), today by default; a past day needs a permission and an open period."""
    note: str = ""
    """What happened; it appears in the timeline. Required for the reason OTHER."""
    expected_version: int | None = None
    """The version you have seen; when it has changed since, nothing is done."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the transfer is closed once (幂等键)."""


@payload
class CloseTransferShortPayload:
    """The transfer that was closed, and what it changed."""

    transfer: Transfer | None
    """The transfer."""
    stock_levels: list[StockLevel]
    """The levels that it changed."""


@mutation(CloseTransferShortPayload)
async def close_transfer_short(call: Call, input: CloseTransferShortInput) -> facts.TransferClosed:
    """Closes a transfer of which goods are missing (差异关闭): they are written off, or are back at the source."""
    return await transit.close_transfer_short(
        call,
        transfer_id=input.id,
        reason=input.reason,
        lines=[line.missing() for line in input.lines or ()],
        note=input.note,
        expected_version=input.expected_version,
    )


@user_error(rules.TransferShortage)
class TransferShortageError:
    """There is less at the source than is to be approved (可用不足)."""

    transfer_line: TransferLine | None
    """A line for which there is not enough."""
    sku: Sku | None
    """Of what."""
    available: Quantity
    """How much there is for all lines with the SKU (可用)."""
    requested: Quantity
    """How much all these lines together are to get."""


@user_error(rules.MoreThanAsked)
class MoreThanAskedError:
    """More is to be approved of a line than was asked for."""

    asked: Quantity
    """How much was asked for."""
    approved: Quantity
    """How much is to be approved."""


@user_error(rules.MoreThanApproved)
class MoreThanApprovedError:
    """More is to be sent of a line than was approved."""

    approved: Quantity
    """How much was approved."""
    requested: Quantity
    """How much is to be sent, over all lines of the input."""


@user_error(rules.PlaceUnfit)
class PlaceUnfitError:
    """Goods of a transfer leave from where goods are sold, and arrive there or where they are inspected."""

    place: str
    """The code of the place."""
    kind: PlaceKind
    """Its kind."""


@user_error(consignments.MoreThanInTransit)
class MoreThanInTransitError:
    """More is said to have arrived, or to be missing, than is in transit of the line."""

    in_transit: Quantity
    """How much is in transit (在途)."""
    given: Quantity
    """How much is said to have arrived or to be missing, over all lines of the input."""


@user_error(consignments.LotNotInTransit)
class LotNotInTransitError:
    """Of this lot there is less in transit of the line, or nothing."""

    lot: str
    """The number of the lot (批号)."""
    in_transit: Quantity
    """How much of it is in transit."""
    given: Quantity
    """How much is said to have arrived or to be missing."""


@user_error(consignments.SerialNotInTransit)
class SerialNotInTransitError:
    """The piece with this serial number is not on its way with this line."""

    number: str
    """The serial number (序列号)."""
