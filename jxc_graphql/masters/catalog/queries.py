"""What documents, stock and sample data ask about goods."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import rules, scans
from jxc_graphql.masters.catalog.gs1 import Element, Problem
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.taxes import queries as taxes
from jxc_graphql.masters.taxes.queries import KnownTaxCode
from jxc_graphql.office.auth.permissions import Permission

_IN_ANOTHER_CASE = 1_000
"""The place of codes that are compared without their case: behind all others."""


class KnownSku(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU as documents need it; `units` are the other units with numerator and denominator.

    Goods of a SKU without `shelf_life_days` do not expire by themselves.
    """

    id: int
    code: str
    name: str
    unit: str
    tracking: SkuTracking
    shelf_life_days: int | None
    is_active: bool
    units: dict[str, tuple[int, int]]
    tax_code: KnownTaxCode | None = None
    """How its product is taxed where nobody says otherwise."""

    def in_base(self, unit: str | None, quantity: Quantity, path: Path = ()) -> Quantity | Reason:
        """A quantity in the base unit, exactly, or why it cannot be; None as unit means the base unit."""
        return rules.in_base(self.unit, self.units, unit, quantity, path)


async def skus(sku_ids: Collection[int]) -> dict[int, KnownSku]:
    """Those of the SKUs that exist, by id; one statement however many."""
    rows = await db.fetch(
        f"""
        SELECT sku.id, sku.code, sku.name, sku.unit, sku.tracking, sku.shelf_life_days, sku.is_active,
               sku_unit.name, sku_unit.numerator, sku_unit.denominator, {taxes.COLUMNS}
        FROM {db.rows({"id": "bigint"})} AS asked
        JOIN sku ON sku.id = asked.id JOIN product ON product.id = sku.product_id
        LEFT JOIN tax_code ON tax_code.id = product.tax_code_id
        LEFT JOIN sku_unit ON sku_unit.sku_id = sku.id
        """,
        (db.json([[sku_id] for sku_id in set(sku_ids)]),),
    )
    found: dict[int, KnownSku] = {}
    for sku_id, code, name, unit, tracking, shelf_life_days, is_active, other, numerator, denominator, *tax in rows:
        sku = found.get(sku_id)
        if sku is None:
            sku = found[sku_id] = KnownSku(
                id=sku_id,
                code=code,
                name=name,
                unit=unit,
                tracking=SkuTracking(tracking),
                shelf_life_days=shelf_life_days,
                is_active=bool(is_active),
                units={},
                tax_code=taxes.known(tax),
            )
        if other is not None:
            sku.units[other] = (numerator, denominator)
    return found


def still_used(goods: Mapping[int, KnownSku], there: Collection[int]) -> dict[int, KnownSku]:
    """SKUs as they are for what has some of them already, which may stay on it though they are deactivated."""
    return {
        sku_id: msgspec.structs.replace(one, is_active=True) if sku_id in there else one
        for sku_id, one in goods.items()
    }


async def skus_of_units(unit_ids: Collection[int]) -> dict[int, int]:
    """The SKUs of those of the units that exist, by unit; one statement however many."""
    rows = await db.fetch(
        f"SELECT sku_unit.id, sku_id FROM {db.rows({'id': 'bigint'})} AS asked JOIN sku_unit ON sku_unit.id = asked.id",
        (db.json([[unit_id] for unit_id in set(unit_ids)]),),
    )
    return dict(rows)


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan stands for: one `unit` of a SKU, which is numerator / denominator base units.

    `quantity` is the same as a quantity of base units, None where it is no exact one; `total_quantity` is what all
    items or units that the label counts are in base units. The rest is what a GS1 label says beside; whether there is
    such a lot or serial number is for others to know.
    """

    sku_id: int
    unit: str
    numerator: int
    denominator: int
    quantity: Quantity | None
    total_quantity: Quantity | None = None
    lot_number: str | None = None
    serial_number: str | None = None
    produced_on: date | None = None
    expires_on: date | None = None
    expires_at: datetime | None = None
    content_gtin: str | None = None
    variable_count: int | None = None
    contained_count: int | None = None
    net_weight: Quantity | None = None
    price: Money | None = None
    elements: tuple[Element, ...] = ()
    problems: tuple[Problem, ...] = ()


async def scan(call: Call, code: str) -> Scan | None:
    """The SKU that a scanned code is a barcode of, or else its code; None for neither. Requires SEE_CATALOG."""
    call.require(Permission.SEE_CATALOG)
    return (await scan_all(call, [code])).get(code)


async def scan_all(call: Call, codes: Collection[str]) -> dict[str, Scan]:
    """What scanned codes stand for, those of nothing left out; one statement however many.

    A code in another case is taken for what it is if only one SKU has it.
    """
    readings = [(code, scans.read(code, clock.day_of(call.at))) for code in sorted(set(codes))]
    barcodes = [(at, *one) for at, (_, reading) in enumerate(readings) for one in enumerate(reading.barcodes)]
    plain = [
        (at, place, code)
        for at, (_, reading) in enumerate(readings)
        for place, code in enumerate(reading.codes, len(reading.barcodes))
    ]
    folded = [
        (at, _IN_ANOTHER_CASE, code.lower()) for at, (_, reading) in enumerate(readings) for code in reading.codes
    ]
    asked = db.rows({"at": "bigint", "place": "bigint", "code": "text"})
    rows = await db.fetch(
        f"""
        SELECT found.at, found.place, sku.id, sku.unit, found.unit, sku_unit.numerator, sku_unit.denominator
        FROM (
            SELECT asked.at, asked.place, barcode.sku_id, barcode.unit
            FROM {asked} AS asked JOIN barcode ON barcode.code = asked.code
            UNION ALL
            SELECT asked.at, asked.place, sku.id, sku.unit FROM {asked} AS asked JOIN sku ON sku.code = asked.code
            UNION ALL
            SELECT asked.at, asked.place, barcode.sku_id, barcode.unit
            FROM {asked} AS asked JOIN barcode ON lower(barcode.code) = asked.code
            UNION ALL
            SELECT asked.at, asked.place, sku.id, sku.unit
            FROM {asked} AS asked JOIN sku ON lower(sku.code) = asked.code
        ) AS found
        JOIN sku ON sku.id = found.sku_id
        LEFT JOIN sku_unit ON sku_unit.sku_id = sku.id AND sku_unit.name = found.unit
        ORDER BY found.at, found.place
        """,
        (db.json(barcodes), db.json(plain), db.json(folded), db.json(folded)),
    )
    found: dict[str, Scan] = {}
    for at, of_one in groupby(rows, key=itemgetter(0)):
        (_, place, *first), *others = of_one
        if place < _IN_ANOTHER_CASE or all(other[2] == first[0] for other in others):
            code, reading = readings[at]
            found[code] = _scan(reading, first)
    return found


def _scan(reading: scans.Reading, row: Sequence[Any]) -> Scan:
    sku_id, base_unit, unit, numerator, denominator = row
    ratio = numerator or 1, denominator or 1

    def in_base(count: int | None, of: str) -> Quantity | None:
        found = None if count is None else rules.in_base(base_unit, {unit: ratio}, of, Quantity.of(count), ())
        return found if isinstance(found, Quantity) else None

    items = in_base(reading.variable_count, base_unit)
    return Scan(
        sku_id=sku_id,
        unit=unit,
        numerator=ratio[0],
        denominator=ratio[1],
        quantity=in_base(1, unit),
        total_quantity=in_base(reading.contained_count, unit) if items is None else items,
        **{name: getattr(reading, name) for name in scans.Reading.__struct_fields__ if name in Scan.__struct_fields__},
    )
