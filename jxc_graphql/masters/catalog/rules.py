"""What is right for products, SKUs, units and barcodes; quantities are exact or refused."""

from collections.abc import Iterator, Mapping, Sequence

from jxc_graphql.kit.changes import Change
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.numbers import LIMIT, Quantity, out_of_bounds
from jxc_graphql.kit.text import check_text
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.catalog.units import Label, Unit

CODE_LIMIT = 40
NAME_LIMIT = 200
BRAND_LIMIT = 100
DESCRIPTION_LIMIT = 2000
UNIT_LIMIT = 20
BARCODE_LIMIT = 60
SHELF_LIFE_MOST_DAYS = 36_500
RATIO_MOST = 1_000_000
UNITS_LIMIT = 20
BARCODES_LIMIT = 50


class InexactUnit(Reason, frozen=True, kw_only=True):
    """A quantity in another unit is no exact quantity of base units."""

    unit: str
    base_unit: str
    numerator: int
    denominator: int


class UnknownUnit(Reason, frozen=True, kw_only=True):
    """The SKU has no such unit."""

    unit: str


class DuplicateUnit(Reason, frozen=True, kw_only=True):
    """A unit is named twice, or it is the base unit."""

    unit: str


class RatioOutOfBounds(Reason, frozen=True, kw_only=True):
    """Numerator and denominator of a unit are from 1 to `most`."""

    most: int


class TooManyUnits(Reason, frozen=True, kw_only=True):
    """A SKU has at most `limit` other units."""

    limit: int


class TooManyBarcodes(Reason, frozen=True, kw_only=True):
    """A SKU has at most `limit` barcodes."""

    limit: int


class DuplicateBarcode(Reason, frozen=True, kw_only=True):
    """A barcode is named twice."""

    barcode: str


class BarcodeTaken(Reason, frozen=True, kw_only=True):
    """A barcode belongs to another SKU."""

    barcode: str


class ShelfLifeWithoutLots(Reason, frozen=True, kw_only=True):
    """Only a SKU that is tracked by lot has a shelf life."""


class ShelfLifeOutOfBounds(Reason, frozen=True, kw_only=True):
    """A shelf life is from 1 to `most` days."""

    most: int


class ProductInactive(Reason, frozen=True, kw_only=True):
    """The product is deactivated."""


def in_base(
    base_unit: str, units: Mapping[str, tuple[int, int]], unit: str | None, quantity: Quantity, path: Path
) -> Quantity | Reason:
    """A quantity in the base unit, exactly, or why it cannot be; None as unit means the base unit."""
    if unit is None or unit == base_unit:
        return quantity
    if unit not in units:
        return UnknownUnit(path=path, unit=unit[:UNIT_LIMIT])
    numerator, denominator = units[unit]
    steps, rest = divmod(int(quantity) * numerator, denominator)
    if rest:
        return InexactUnit(path=path, unit=unit, base_unit=base_unit, numerator=numerator, denominator=denominator)
    return Quantity(steps) if abs(steps) <= LIMIT else out_of_bounds(Quantity, path)


def check_product(
    code: Change[str], name: Change[str], brand: Change[str | None], description: Change[str | None]
) -> Iterator[Reason]:
    """What is wrong with a product's texts."""
    yield from check_named(code, name)
    yield from check_text(("brand",), brand, limit=BRAND_LIMIT)
    yield from check_text(("description",), description, limit=DESCRIPTION_LIMIT)


def check_named(code: Change[str], name: Change[str]) -> Iterator[Reason]:
    """What is wrong with the code and the name of a product or SKU."""
    yield from check_text(("code",), code, limit=CODE_LIMIT, required=True)
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)


def check_activation(is_active: bool, *, product_active: bool) -> Iterator[Reason]:
    """Whether a SKU would be active without its product."""
    if is_active and not product_active:
        yield ProductInactive(path=("is_active",))


def check_base_unit(unit: str) -> Iterator[Reason]:
    """What is wrong with the unit in which a SKU is counted."""
    yield from check_text(("unit",), unit, limit=UNIT_LIMIT, required=True)


def check_shelf_life(tracking: SkuTracking, days: int | None) -> Iterator[Reason]:
    """Whether goods that are told apart in this way can be good for so many days; None says that they do not expire."""
    if days is None:
        return
    if tracking is not SkuTracking.LOT:
        yield ShelfLifeWithoutLots(path=("shelf_life_days",))
    if not 1 <= days <= SHELF_LIFE_MOST_DAYS:
        yield ShelfLifeOutOfBounds(path=("shelf_life_days",), most=SHELF_LIFE_MOST_DAYS)


def check_units(base_unit: str, units: Sequence[Unit]) -> Iterator[Reason]:
    """What is wrong with the other units of a SKU."""
    if len(units) > UNITS_LIMIT:
        yield TooManyUnits(path=("units",), limit=UNITS_LIMIT)
        return
    seen = {base_unit}
    for index, unit in enumerate(units):
        path = ("units", index)
        yield from check_text((*path, "name"), unit.name, limit=UNIT_LIMIT, required=True)
        if unit.name in seen:
            yield DuplicateUnit(path=(*path, "name"), unit=unit.name[:UNIT_LIMIT])
        seen.add(unit.name)
        for part in ("numerator", "denominator"):
            if not 1 <= getattr(unit, part) <= RATIO_MOST:
                yield RatioOutOfBounds(path=(*path, part), most=RATIO_MOST)


def check_barcodes(base_unit: str, units: Sequence[Unit], barcodes: Sequence[Label]) -> Iterator[Reason]:
    """What is wrong with the barcodes of a SKU, apart from being taken."""
    if len(barcodes) > BARCODES_LIMIT:
        yield TooManyBarcodes(path=("barcodes",), limit=BARCODES_LIMIT)
        return
    names = {base_unit, None, *(unit.name for unit in units)}
    seen: set[str] = set()
    for index, barcode in enumerate(barcodes):
        path = ("barcodes", index)
        yield from check_text((*path, "code"), barcode.code, limit=BARCODE_LIMIT, required=True)
        if barcode.code in seen:
            yield DuplicateBarcode(path=(*path, "code"), barcode=barcode.code[:BARCODE_LIMIT])
        seen.add(barcode.code)
        if barcode.unit not in names:
            yield UnknownUnit(path=(*path, "unit"), unit=str(barcode.unit)[:UNIT_LIMIT])
