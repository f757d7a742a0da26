"""What counters write down: how it is read, which line it is of, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from jxc_graphql.books.goods.ledger import SerialRepeated, SerialsNotKept, SerialsRequired
from jxc_graphql.kit.errors import Path, Reason, Required, UnknownId
from jxc_graphql.kit.numbers import LIMIT, Quantity, out_of_bounds
from jxc_graphql.kit.text import check_text
from jxc_graphql.kit.versions import StaleVersion
from jxc_graphql.masters.catalog.queries import KnownSku, Scan
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots.labels import LotLabel, LotRequired
from jxc_graphql.masters.warehouses.queries import KnownPlace
from jxc_graphql.office.documents.rules import EmptyDocument, TooManyLines
from jxc_graphql.warehousing.stocktakes.models import CountMode
from jxc_graphql.warehousing.stocktakes.rules import MAX_COUNTS, check_place

SERIAL_LIMIT = 60
MAX_SERIALS = 10_000
"""Serial numbers that one call may name."""

Goods = tuple[int, int, int]
"""SKU, place and lot; 0 is no lot."""


class GoodsNotNamed(Reason, frozen=True, kw_only=True):
    """A count names what was counted in exactly one way: the line, the SKU, or a scanned code."""


class UnknownCode(Reason, frozen=True, kw_only=True):
    """No SKU has this code or barcode, or no place of the warehouse has it."""

    unknown: str


class LabelUnclear(Reason, frozen=True, kw_only=True):
    """A scanned label says something of lot, dates or serial number that cannot be; they are to be typed."""

    identifier: str
    data: str


class CountRepeated(Reason, frozen=True, kw_only=True):
    """A line stands twice among counts of which each is to replace what was counted before."""

    first: int
    """Where it stands first."""


class LineOfAnotherSheet(Reason, frozen=True, kw_only=True):
    """The line is not on the sheet that the count was written on."""

    sheet_no: int | None


class AskedCount(msgspec.Struct, frozen=True, kw_only=True):
    """How much was counted of a line, a SKU, or whatever bears a scanned code: name exactly one of these."""

    line_id: int | None = None
    """A line."""
    sku_id: int | None = None
    """A SKU."""
    code: str | None = None
    """The code of a SKU, or a barcode (条码), which says the unit too."""
    place_id: int | None = None
    """Where, unless the line says it; by default the warehouse's stock place."""
    place: str | None = None
    """The same by its code."""
    lot: LotLabel | None = None
    """Of which lot (批次), where the SKU is tracked by lot and no line says it; created where there is none."""
    quantity: Quantity | None = None
    """How much, 0 or more; may be left out where pieces are named."""
    unit: str | None = None
    """The unit of the quantity; by default that of the barcode, else the base unit."""
    serials: tuple[str, ...] = ()
    """The serial number of each piece (序列号), of SKUs that have them."""
    expected_version: int | None = None
    """The version of the line you have seen; when somebody counted it since, nothing is done."""


class KnownLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line, kept from others while counts are written down."""

    id: int
    goods: Goods
    sheet_id: int | None
    sheet_no: int | None
    round: int
    version: int


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """Whatever the counts of one call name, as far as it exists."""

    warehouse_id: int
    stock_place_id: int
    lines: Mapping[int, Goods]
    skus: Mapping[int, KnownSku]
    codes: Mapping[str, Scan]
    places: Mapping[int, KnownPlace]
    place_codes: Mapping[str, int]


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """One count, read: so much of a SKU in its base unit, at a place, of a lot that its label or its line tells."""

    index: int
    sku: KnownSku
    place_id: int
    lot_id: int
    lot: LotLabel | None
    quantity: Quantity
    serials: tuple[str, ...]
    expected_version: int | None

    @property
    def path(self) -> Path:
        """Where it stands in the input."""
        return "counts", self.index

    @property
    def goods(self) -> Goods:
        """What was counted."""
        return self.sku.id, self.place_id, self.lot_id


def check_amount(asked: Sequence[AskedCount]) -> Iterator[Reason]:
    """Whether there are counts, and not too many."""
    if not asked:
        yield EmptyDocument(path=("counts",))
    if len(asked) > MAX_COUNTS:
        yield TooManyLines(path=("counts",), lines=len(asked), limit=MAX_COUNTS)
    serials = sum(len(one.serials) for one in asked)
    if serials > MAX_SERIALS:
        yield TooManyLines(path=("counts",), lines=serials, limit=MAX_SERIALS)


def read(asked: Sequence[AskedCount], known: Surroundings) -> tuple[list[Count], list[Reason]]:
    """The counts, and everything that is wrong with them at sight, count by count."""
    counts: list[Count] = []
    problems: list[Reason] = []
    for index, typed in enumerate(asked):
        path = ("counts", index)
        if unclear := _unclear(typed, known, path):
            problems.append(unclear)
            continue
        one = _completed(typed, known)
        found = _goods(one, known, path)
        if isinstance(found, Reason):
            problems.append(found)
            continue
        sku, unit, goods = found
        place_id = goods[1] if goods else _place(one, known, path)
        quantity = _quantity(one, sku, unit, path)
        wrong = [part for part in (place_id, quantity) if isinstance(part, Reason)]
        wrong += _serials(one, sku, quantity, path)
        if goods is None and one.lot is None and sku.tracking is SkuTracking.LOT:
            wrong.append(LotRequired(path=(*path, "lot"), sku=sku.code, sku_id=sku.id))
        problems += wrong
        if not wrong:
            assert isinstance(place_id, int)
            assert isinstance(quantity, Quantity)
            counts.append(
                Count(
                    index=index,
                    sku=sku,
                    place_id=place_id,
                    lot_id=goods[2] if goods else 0,
                    lot=None if goods else one.lot,
                    quantity=quantity,
                    serials=tuple(number.strip() for number in one.serials),
                    expected_version=one.expected_version,
                )
            )
    return counts, [*problems, *_repeated_serials(counts)]


def _unclear(one: AskedCount, known: Surroundings, path: Path) -> LabelUnclear | None:
    """What cannot be read of a label of goods whose lot or serial number it alone would tell."""
    scan = known.codes.get(one.code or "")
    if scan is None or not scan.problems:
        return None
    tracking = known.skus[scan.sku_id].tracking
    is_told = tracking is SkuTracking.NONE or (one.lot if tracking is SkuTracking.LOT else one.serials)
    first = scan.problems[0]
    return None if is_told else LabelUnclear(path=(*path, "code"), identifier=first.identifier, data=first.data)


def _completed(one: AskedCount, known: Surroundings) -> AskedCount:
    """The count with lot and serial number where a scanned label says them and nothing else does."""
    scan = known.codes.get(one.code or "")
    if scan is None:
        return one
    tracking = known.skus[scan.sku_id].tracking
    if tracking is SkuTracking.LOT and scan.lot_number and one.lot is None:
        return msgspec.structs.replace(one, lot=LotLabel(scan.lot_number, scan.produced_on, scan.expires_on))
    if tracking is SkuTracking.SERIAL and scan.serial_number and not one.serials:
        return msgspec.structs.replace(one, serials=(scan.serial_number,))
    return one


def _goods(one: AskedCount, known: Surroundings, path: Path) -> tuple[KnownSku, str | None, Goods | None] | Reason:
    """The SKU, the unit of the quantity, and what was counted where a line says it all."""
    if sum(name is not None for name in (one.line_id, one.sku_id, one.code)) != 1:
        return GoodsNotNamed(path=path)
    if one.line_id is not None:
        goods = known.lines.get(one.line_id)
        if goods is None:
            return UnknownId(path=(*path, "line_id"), kind="StocktakeLine")
        return known.skus[goods[0]], one.unit, goods
    if one.code is not None:
        match = known.codes.get(one.code)
        if match is None:
            return UnknownCode(path=(*path, "code"), unknown=one.code[:SERIAL_LIMIT])
        return known.skus[match.sku_id], one.unit or match.unit, None
    sku = known.skus.get(one.sku_id or 0)
    return (sku, one.unit, None) if sku else UnknownId(path=(*path, "sku_id"), kind="Sku")


def _place(one: AskedCount, known: Surroundings, path: Path) -> int | Reason:
    if one.place is not None and one.place_id is None:
        place_id = known.place_codes.get(one.place.strip())
        if place_id is None:
            return UnknownCode(path=(*path, "place"), unknown=one.place[:SERIAL_LIMIT])
    else:
        place_id = one.place_id or known.stock_place_id
    name = "place" if one.place_id is None else "place_id"
    place = known.places.get(place_id)
    if place is None:
        return UnknownId(path=(*path, name), kind="Place")
    return next(check_place(place, known.warehouse_id, (*path, name)), place_id)


def _quantity(one: AskedCount, sku: KnownSku, unit: str | None, path: Path) -> Quantity | Reason:
    if one.quantity is None:
        if sku.tracking is SkuTracking.SERIAL:
            return Quantity.of(len(one.serials))
        return Required(path=(*path, "quantity"))
    if one.quantity < 0:
        return out_of_bounds(Quantity, (*path, "quantity"), least=0)
    return sku.in_base(unit, one.quantity, (*path, "unit" if one.unit else "quantity"))


def _serials(one: AskedCount, sku: KnownSku, quantity: Quantity | Reason, path: Path) -> Iterator[Reason]:
    if sku.tracking is not SkuTracking.SERIAL:
        if one.serials:
            yield SerialsNotKept(path=(*path, "serials"), sku=sku.code)
        return
    if isinstance(quantity, Quantity) and quantity != Quantity.of(len(one.serials)):
        yield SerialsRequired(path=(*path, "serials"), sku=sku.code, quantity=quantity, given=len(one.serials))
    for index, number in enumerate(one.serials):
        yield from check_text((*path, "serials", index), number, limit=SERIAL_LIMIT, required=True)


def _repeated_serials(counts: Sequence[Count]) -> Iterator[Reason]:
    seen: set[tuple[int, str]] = set()
    for count in counts:
        for index, number in enumerate(count.serials):
            if (count.sku.id, number) in seen:
                yield SerialRepeated(path=(*count.path, "serials", index), number=number)
            seen.add((count.sku.id, number))


def check_lines(
    counts: Sequence[Count], lines: Mapping[Goods, KnownLine], *, sheet_id: int | None, mode: CountMode
) -> Iterator[Reason]:
    """Whether each count fits its line as it is now."""
    first: dict[Goods, int] = {}
    for count in counts:
        line = lines[count.goods]
        if count.expected_version not in (None, line.version):
            assert count.expected_version is not None
            path = (*count.path, "expected_version")
            yield StaleVersion(path=path, current=line.version, expected=count.expected_version)
        if sheet_id is not None and line.sheet_id != sheet_id:
            yield LineOfAnotherSheet(path=count.path, sheet_no=line.sheet_no)
        if mode is CountMode.REPLACE and count.goods in first:
            yield CountRepeated(path=count.path, first=first[count.goods])
        first.setdefault(count.goods, count.index)


def totals(counts: Sequence[Count]) -> dict[Goods, Quantity]:
    """How much was counted of what, over all counts."""
    sums: dict[Goods, int] = {}
    for count in counts:
        sums[count.goods] = sums.get(count.goods, 0) + int(count.quantity)
    return {goods: Quantity(quantity) for goods, quantity in sums.items()}


def check_totals(counts: Sequence[Count]) -> Iterator[Reason]:
    """Whether what was counted fits the books."""
    sums = totals(counts)
    for count in counts:
        if sums[count.goods] > LIMIT:
            yield out_of_bounds(Quantity, (*count.path, "quantity"), least=0)
