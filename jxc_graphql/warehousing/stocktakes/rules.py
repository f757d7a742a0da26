"""What is allowed in stocktakes, and what follows from it."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from jxc_graphql.books.goods.ledger import InsufficientStock, Move, VirtualPlace
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import Money, Quantity, check_not_negative
from jxc_graphql.kit.text import check_text
from jxc_graphql.masters.warehouses.places import PlaceKind
from jxc_graphql.masters.warehouses.queries import KnownPlace, KnownWarehouse
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.documents.states import DocumentStatus
from jxc_graphql.warehousing.stocktakes.models import MANAGE_STOCKTAKES

MAX_LINES = 50_000
"""Lines that one stocktake may have; a larger warehouse is counted in several."""
MAX_COUNTS = 10_000
"""Counts that can be written down in one call."""
MAX_VARIANCES = 10_000
"""Movements that one stocktake may post."""
MAX_SCOPE = 1_000
"""Categories, places and SKUs, each, that a plan may name."""
MAX_SHEETS = 100
MAX_RECOUNTS = 10_000
"""Lines that can be named to be counted again."""
NAME_LIMIT = 60

COUNTED_KINDS = frozenset({PlaceKind.STOCK, PlaceKind.QUALITY, PlaceKind.DAMAGED})
"""Goods at places of these kinds can be counted; others are on the way, or not ours."""
UNDER_WAY = (DocumentStatus.COUNTING, DocumentStatus.SUBMITTED, DocumentStatus.APPROVED)
"""Stocktakes whose lines no other stocktake may have."""


class PlaceNotCounted(Reason, frozen=True, kw_only=True):
    """Goods on the way cannot be counted."""

    place: str


class GoodsUnderCount(Reason, frozen=True, kw_only=True):
    """Another stocktake that is under way has these goods."""

    stocktake_id: int
    stocktake: str
    """Its number."""
    sku: str
    place: str
    """The code of the place."""


class SheetsInUse(Reason, frozen=True, kw_only=True):
    """Counts were written down on the sheets already."""


class PartsOrRanges(Reason, frozen=True, kw_only=True):
    """Sheets are made either of equal parts or of ranges of places."""


class RangeEmpty(Reason, frozen=True, kw_only=True):
    """No line lies in this range of places that an earlier sheet has not taken."""


class LinesNotCounted(Reason, frozen=True, kw_only=True):
    """Lines were not counted, and nobody says what that means."""

    lines: int
    """How many."""


class NothingToRecount(Reason, frozen=True, kw_only=True):
    """No line is named that was counted, and none varies so much."""


class ApprovalRequired(Reason, frozen=True, kw_only=True):
    """The variances are worth more than may be posted without an approval."""


class ShortageNotCovered(Reason, frozen=True, kw_only=True):
    """More is missing than is there: the rest has left since the line was counted."""

    sku_id: int
    sku: str
    lot_id: int | None
    place_id: int | None
    missing: Quantity
    available: Quantity


class SerialNotHere(Reason, frozen=True, kw_only=True):
    """The books have the piece with this serial number in another warehouse, or on its way."""

    number: str


class CountScope(msgspec.Struct, frozen=True, kw_only=True):
    """What a stocktake is about: all goods of the warehouse, narrowed by whatever is named."""

    category_ids: tuple[int, ...] = ()
    place_ids: tuple[int, ...] = ()
    sku_ids: tuple[int, ...] = ()


class WantedSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet to make."""

    name: str = ""
    """Name (名称), at most 60 characters."""
    counter_id: int | None = None
    """Who is to count it (盘点人); null for whoever comes."""
    from_place: str | None = None
    """The code of the first place it covers."""
    to_place: str | None = None
    """The code of the last place it covers."""

    def has(self, code: str) -> bool:
        """Whether a place lies in its range."""
        return (self.from_place or "") <= code and (self.to_place is None or code <= self.to_place)


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A line as far as its variance is known: what was counted, less what the books said then; and what it is worth."""

    line_id: int
    variance: Quantity
    value: Money


class Varying(msgspec.Struct, frozen=True, kw_only=True):
    """A line that is to be posted."""

    line_id: int
    line_no: int
    sku_id: int
    place_id: int
    lot_id: int | None
    variance: Quantity
    is_serial: bool

    @property
    def path(self) -> Path:
        """Where it stands."""
        return "lines", self.line_no - 1


class CountedPiece(msgspec.Struct, frozen=True, kw_only=True):
    """A piece that was found or is missing; `shelf_id` is the place of this warehouse where the books have it now."""

    line_id: int
    sku_id: int
    number: str
    is_missing: bool
    shelf_id: int | None


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """A movement, the line whose goods grow by it, and the line whose goods shrink."""

    move: Move
    to_line_id: int | None
    from_line_id: int | None


def book_quantity_seen(call: Call, quantity: Quantity | None, is_blind: bool) -> Quantity | None:
    """What a viewer sees of what the books say: nothing in a blind count, unless the viewer manages it."""
    return None if is_blind and MANAGE_STOCKTAKES not in call.permissions else quantity


def net_value(surplus: Money | None, shortage: Money | None) -> Money | None:
    """By how much the stock becomes worth more."""
    return None if surplus is None or shortage is None else surplus - shortage


def check_scope(
    scope: CountScope,
    categories: Collection[int],
    places: Mapping[int, KnownPlace],
    skus: Collection[int],
    warehouse_id: int,
) -> Iterator[Reason]:
    """What is wrong with what a plan names of what exists."""
    for kind, name, ids, known in (
        ("Category", "category_ids", scope.category_ids, categories),
        ("Place", "place_ids", scope.place_ids, places),
        ("Sku", "sku_ids", scope.sku_ids, skus),
    ):
        for index, one in enumerate(ids):
            if one not in known:
                yield UnknownId(path=(name, index), kind=kind)
    for index, place_id in enumerate(scope.place_ids):
        if place := places.get(place_id):
            yield from check_place(place, warehouse_id, ("place_ids", index))


def check_place(place: KnownPlace, warehouse_id: int, path: Path) -> Iterator[Reason]:
    """Whether goods at a place can be counted in a warehouse."""
    if place.warehouse_id != warehouse_id:
        yield UnknownId(path=path, kind="Place")
    elif place.kind not in COUNTED_KINDS:
        yield PlaceNotCounted(path=path, place=place.code)


def check_plan(note: str, approval_limit: Money) -> Iterator[Reason]:
    """What is wrong with the note and the limit of a plan."""
    yield from check_note(note)
    yield from check_not_negative(approval_limit, ("approval_limit",))


def check_sheets(sheets: Sequence[WantedSheet], counters: Collection[int]) -> Iterator[Reason]:
    """What is wrong with the sheets that are asked for; `counters` are the users that exist."""
    ranges = [sheet.from_place is not None or sheet.to_place is not None for sheet in sheets]
    if any(ranges) and not all(ranges):
        yield PartsOrRanges(path=("sheets",))
    for index, sheet in enumerate(sheets):
        path = ("sheets", index)
        yield from check_text((*path, "name"), sheet.name, limit=NAME_LIMIT)
        if sheet.counter_id is not None and sheet.counter_id not in counters:
            yield UnknownId(path=(*path, "counter_id"), kind="User")


def parts(lines: int, count: int) -> list[tuple[int, int]]:
    """The first and last line of each of so many equal parts, in order; the last of no lines is before the first."""
    return [(lines * part // count + 1, lines * (part + 1) // count) for part in range(count)]


def to_recount(
    counted: Sequence[Counted],
    *,
    line_ids: frozenset[int],
    min_quantity: Quantity | None,
    min_value: Money | None,
) -> list[int]:
    """The lines that are named, and those whose variance is at least so much or worth so much, either way."""
    return [
        one.line_id
        for one in counted
        if one.line_id in line_ids
        or (min_quantity is not None and one.variance and abs(one.variance) >= min_quantity)
        or (min_value is not None and one.value and abs(one.value) >= min_value)
    ]


def totals(values: Sequence[Money]) -> tuple[Money, Money]:
    """Surplus and shortage, both as positive values."""
    surplus = Money.total(value for value in values if value > 0)
    return surplus, surplus - Money.total(values)


def corrections(
    lines: Sequence[Varying], pieces: Sequence[CountedPiece], warehouse: KnownWarehouse
) -> list[Correction]:
    """The movements that make the books say what was counted: what was found first, so that it can cover what is kept.

    A piece that the books have on another shelf of the warehouse comes from there, so that it keeps its cost.
    """
    by_id = {line.line_id: line for line in lines}
    plain = [_plain(line, warehouse.id) for line in lines if line.variance and not line.is_serial]
    moved = _moved_pieces(by_id, pieces, warehouse.id)
    return sorted([*plain, *moved], key=lambda one: one.to_line_id is None)


def _plain(line: Varying, warehouse_id: int) -> Correction:
    found = line.variance > 0
    source, target = (VirtualPlace.VARIANCE, line.place_id) if found else (line.place_id, VirtualPlace.VARIANCE)
    move = Move(
        sku_id=line.sku_id,
        warehouse_id=warehouse_id,
        from_place_id=source,
        to_place_id=target,
        quantity=abs(line.variance),
        line_id=line.line_id,
        lot_id=line.lot_id,
        path=line.path,
    )
    return Correction(
        move=move, to_line_id=line.line_id if found else None, from_line_id=None if found else line.line_id
    )


def _moved_pieces(
    lines: Mapping[int, Varying], pieces: Sequence[CountedPiece], warehouse_id: int
) -> Iterator[Correction]:
    """One movement for all pieces of a line that go the same way."""
    missing_at = {(piece.sku_id, piece.number): piece.line_id for piece in pieces if piece.is_missing}
    elsewhere = {(piece.sku_id, piece.number) for piece in pieces if not piece.is_missing}
    ways: dict[tuple[int | None, int | None, int, int], list[str]] = {}
    for piece in pieces:
        key, line = (piece.sku_id, piece.number), lines[piece.line_id]
        if not piece.is_missing:
            source = VirtualPlace.VARIANCE if piece.shelf_id in (None, line.place_id) else piece.shelf_id
            ways.setdefault((line.line_id, missing_at.get(key), source, line.place_id), []).append(piece.number)
        elif key not in elsewhere:
            ways.setdefault((None, line.line_id, line.place_id, VirtualPlace.VARIANCE), []).append(piece.number)
    for (to_line_id, from_line_id, source, target), numbers in ways.items():
        named = to_line_id or from_line_id
        assert named
        yield Correction(
            move=Move(
                sku_id=lines[named].sku_id,
                warehouse_id=warehouse_id,
                from_place_id=source,
                to_place_id=target,
                quantity=Quantity.of(len(numbers)),
                line_id=named,
                serials=tuple(sorted(numbers)),
                path=lines[named].path,
            ),
            to_line_id=to_line_id,
            from_line_id=from_line_id,
        )


def values_by_line(done: Sequence[Correction], values: Sequence[Money]) -> dict[int, Money]:
    """By how much the value of each line's goods changed."""
    changed: dict[int, Money] = {}
    for correction, value in zip(done, values, strict=True):
        for line_id, change in ((correction.to_line_id, value), (correction.from_line_id, -value)):
            if line_id is not None:
                changed[line_id] = changed.get(line_id, Money(0)) + change
    return changed


def explained(reasons: Sequence[Reason]) -> list[Reason]:
    """What the ledger refused, said in the words of a count."""
    return [
        ShortageNotCovered(
            path=one.path,
            sku_id=one.sku_id,
            sku=one.sku,
            lot_id=one.lot_id,
            place_id=one.place_id,
            missing=one.requested,
            available=one.available,
        )
        if isinstance(one, InsufficientStock)
        else one
        for one in reasons
    ]
