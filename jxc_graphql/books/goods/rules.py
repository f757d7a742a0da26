"""What documents ask of the book of goods, and what is wrong with what they ask."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

import msgspec

from jxc_graphql.books.goods.picking import Consigned, repeated
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.fen import unit_of, whole_fen
from jxc_graphql.kit.numbers import Money, Quantity, RateOfExchange, Ratio
from jxc_graphql.kit.text import check_text
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.warehouses.places import PlaceKind

MAX_MOVES = 10_000
"""Moves that one document may make."""
SERIAL_LIMIT = 60
"""Characters of a serial number."""
MAX_SERIALS = 1_000
"""Pieces that one line of a document may name."""

SHELVES = frozenset({PlaceKind.STOCK, PlaceKind.QUALITY, PlaceKind.DAMAGED})
"""Goods at places of these kinds are in a warehouse; all others are away, or not ours."""

LevelKey = tuple[int, int]
"""SKU and warehouse."""
PlaceKey = tuple[int, int, int]
"""SKU, place and lot; 0 is no lot."""
Key = TypeVar("Key", bound=Hashable)


class ClaimKind(StrEnum):
    """Who asks for goods."""

    SALES_ORDER = "SALES_ORDER"
    """A line of a sales order (销售订单)."""
    TRANSFER = "TRANSFER"
    """A line of a transfer (调拨单)."""
    QUOTE = "QUOTE"
    """A line of a quote (报价单), as long as it is valid."""


class LostDemand(msgspec.Struct, frozen=True, kw_only=True):
    """What of a line that was ordered nobody will ship: so much of what was `ordered` for `typed` in its currency."""

    quantity: Quantity
    ordered: Quantity
    typed: Money
    tax_rate: Ratio
    prices_include_tax: bool
    exchange_rate: RateOfExchange
    base_places: int

    @property
    def net(self) -> Money:
        """What it would have come to, without tax, in the currency of the books."""
        whole = 10**Ratio.places
        taxed = whole + int(self.tax_rate) if self.prices_include_tax else whole
        steps = int(self.typed) * int(self.quantity) * int(self.exchange_rate) * whole
        return whole_fen(steps, int(self.ordered) * taxed * 10**RateOfExchange.places, unit_of(self.base_places))


class InsufficientStock(Reason, frozen=True, kw_only=True):
    """A document asks for more of a SKU than there is for it; both quantities are of the whole document."""

    sku_id: int
    sku: str
    lot_id: int | None = None
    place_id: int | None = None
    available: Quantity
    requested: Quantity


class NotThereThen(Reason, frozen=True, kw_only=True):
    """Goods that a late document takes were not all there on its day, or would be missed on one since."""

    sku_id: int
    sku: str
    business_date: date
    fits_on: date


class NothingToRevalueThen(Reason, frozen=True, kw_only=True):
    """On the day of a late revaluation, or on one since, there were no goods, or they would cost less than nothing.

    So it would be where goods came back late at a cost that they got since.
    """

    sku: str
    business_date: date
    """The day of the document (业务日期)."""
    fits_on: date
    """The first day under which it can be posted."""


class StockOutOfBounds(Reason, frozen=True, kw_only=True):
    """A quantity, value or unit cost of a SKU would pass what the books can hold."""

    sku: str


class NothingToRevalue(Reason, frozen=True, kw_only=True):
    """There are no goods on hand whose cost could change."""

    sku: str


class ValueBelowZero(Reason, frozen=True, kw_only=True):
    """Goods cannot cost less than nothing."""

    sku: str
    value: Money
    """What they cost now."""
    change: Money
    """By how much that was to change."""


class PlaceInactive(Reason, frozen=True, kw_only=True):
    """A bin that is out of use takes no goods."""

    place: str


class LotNotSellable(Reason, frozen=True, kw_only=True):
    """A lot that is blocked or expired goes to no customer and into no kit."""

    lot: str
    """The number of the lot."""
    expires_on: date | None
    """Its expiry date (到期日); null where that is not known."""
    is_blocked: bool
    """Whether it is blocked (冻结)."""


class SerialsRequired(Reason, frozen=True, kw_only=True):
    """Of a SKU that is tracked by serial number each piece is named, and there are only whole pieces."""

    sku: str
    quantity: Quantity
    """How many pieces there are."""
    given: int
    """How many were named."""


class SerialsNotKept(Reason, frozen=True, kw_only=True):
    """The SKU is not tracked by serial number."""

    sku: str


class SerialRepeated(Reason, frozen=True, kw_only=True):
    """A serial number stands twice in a document."""

    number: str


class SerialElsewhere(Reason, frozen=True, kw_only=True):
    """The piece with this serial number is not where the document takes it from."""

    number: str
    """The serial number."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Goods go from a place to a place.

    `warehouse_id`: the one whose shelves change; of goods in transit the sender's when they leave, the receiver's when
        they arrive; of goods that go from a supplier to a customer without lying with us (直运) the one that trades.
    `or_bins`: from that place, or from any bin of its kind in the warehouse.
    `value`: what goods from outside are worth; None says at the level's present cost, which is how goods leave. Goods
        that never lie with us have one.
    `lot_id`: None takes of whichever lot expires first, where goods leave a place of ours; it is no lot for goods that
        come from outside.
    `serials`: the number of each piece, where the SKU is tracked by serial number.
    `consignment_id`: the line in whose name goods are away: of a transfer in transit, of a loan `valuation.lent_by` it;
        of a supplier's goods the line that brought them.
    `origin_on`: the day on which the company first had goods from outside, by default the document's business date.
    `brings`: of goods that a supplier gives us on consignment, whose they are and what they will cost.
    `of_line_id`: the line with which the goods once came, where they go back to the supplier or come back from anybody.
        They leave out of its layers, and out of the oldest ones once these are used up: under FIFO at what these cost,
        under the moving average at a part of what the line costs now, at most all that the level is worth, which they
        take where nothing stays. Those that come back become a layer of it again.
    `path`: leads to the input that asked for the quantity.
    """

    sku_id: int
    warehouse_id: int
    from_place_id: int
    to_place_id: int
    quantity: Quantity
    line_id: int
    or_bins: bool = False
    value: Money | None = None
    lot_id: int | None = None
    serials: tuple[str, ...] = ()
    consignment_id: int = 0
    origin_on: date | None = None
    brings: Consigned | None = None
    of_line_id: int | None = None
    path: Path = ()

    @property
    def level_key(self) -> LevelKey:
        """The level whose goods it takes or brings."""
        return self.sku_id, self.warehouse_id


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a move for which place, lot and pieces are settled: it becomes one movement."""

    index: int
    """Which of the document's moves."""
    move: Move
    from_place_id: int
    lot_id: int | None
    quantity: Quantity
    serials: tuple[str, ...] = ()
    consigned: Consigned | None = None
    """Of a supplier's goods those that it takes, as they were before."""

    @property
    def consignment_id(self) -> int:
        """The line in whose name goods are away, or a supplier's."""
        return self.consigned.line_id if self.consigned else self.move.consignment_id

    @property
    def source(self) -> PlaceKey:
        """The place level it takes from."""
        return self.move.sku_id, self.from_place_id, self.lot_id or 0

    @property
    def target(self) -> PlaceKey:
        """The place level it adds to."""
        return self.move.sku_id, self.move.to_place_id, self.lot_id or 0


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """So much of a SKU shall be kept in a warehouse for an owner, such as a line of a sales order.

    Who has the lower `priority` is served first; then to whom the goods were promised for an earlier day.
    """

    owner_id: int
    document_id: int
    kind: ClaimKind
    sku_id: int
    warehouse_id: int
    quantity: Quantity
    priority: int = 0
    promised_on: date = date.max
    lasts_through: date = date.max
    """The last day on which it asks for anything: the day of the books that follows gives it up."""
    approved_at: datetime | None = None
    """When it was approved whose claim is renewed."""

    @property
    def level_key(self) -> LevelKey:
        """The level whose goods it asks for."""
        return self.sku_id, self.warehouse_id

    @property
    def turn(self) -> tuple[int, date, int]:
        """Who is served first among wishes of one moment."""
        return self.priority, self.promised_on, self.owner_id


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """So much more (or, below zero, less) of a SKU is on its way to a warehouse."""

    sku_id: int
    warehouse_id: int
    quantity: Quantity

    @property
    def level_key(self) -> LevelKey:
        """The level whose incoming goods it changes."""
        return self.sku_id, self.warehouse_id


def check_serials(
    moves: Sequence[Move], tracking: Mapping[int, SkuTracking], codes: Mapping[int, str]
) -> Iterator[Reason]:
    """Whether each move names its pieces where its SKU is tracked by serial number, and nowhere else."""
    named = [(move.sku_id, number) for move in moves for number in move.serials]
    twice = repeated(named)
    for move in moves:
        code, given = codes[move.sku_id], len(move.serials)
        if tracking[move.sku_id] is not SkuTracking.SERIAL:
            if given:
                yield SerialsNotKept(path=move.path, sku=code)
            continue
        if int(move.quantity) != given * 10**Quantity.places:
            yield SerialsRequired(path=move.path, sku=code, quantity=move.quantity, given=given)
        for number in move.serials:
            yield from check_text(move.path, number, limit=SERIAL_LIMIT, required=True)
            if (move.sku_id, number) in twice:
                yield SerialRepeated(path=move.path, number=number[:SERIAL_LIMIT])


def totals(quantities: Iterable[tuple[Key, Quantity]]) -> dict[Key, Quantity]:
    """The sum of the quantities of each key."""
    sums: dict[Key, Quantity] = {}
    for key, quantity in quantities:
        sums[key] = sums.get(key, Quantity(0)) + quantity
    return sums
