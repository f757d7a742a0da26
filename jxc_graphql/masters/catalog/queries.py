"""What documents, stock and sample data ask about goods."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection
from datetime import date

import msgspec

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog import rules, scans
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.office.auth.permissions import Permission


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

    def in_base(self, unit: str | None, quantity: Quantity, path: Path = ()) -> Quantity | Reason:
        """A quantity in the base unit, exactly, or why it cannot be; None as unit means the base unit."""
        return rules.in_base(self.unit, self.units, unit, quantity, path)


async def skus(sku_ids: Collection[int]) -> dict[int, KnownSku]:
    """Those of the SKUs that exist, by id; one statement however many."""
    rows = await db.fetch(
        f"""
        SELECT sku.id, sku.code, sku.name, sku.unit, sku.tracking, sku.shelf_life_days, sku.is_active,
               sku_unit.name, sku_unit.numerator, sku_unit.denominator
        FROM {db.rows({"id": "bigint"})} AS asked
        JOIN sku ON sku.id = asked.id
        LEFT JOIN sku_unit ON sku_unit.sku_id = sku.id
        """,
        (db.json([[sku_id] for sku_id in set(sku_ids)]),),
    )
    found: dict[int, KnownSku] = {}
    for sku_id, code, name, unit, tracking, shelf_life_days, is_active, other, numerator, denominator in rows:
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
            )
        if other is not None:
            sku.units[other] = (numerator, denominator)
    return found


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan stands for: one `unit` of a SKU, which is numerator / denominator base units.

    `quantity` is the same as a quantity of base units, None where it is no exact one. The rest is what a GS1 label says
    beside; whether there is such a lot or serial number is for others to know.
    """

    sku_id: int
    unit: str
    numerator: int
    denominator: int
    quantity: Quantity | None
    lot_number: str | None = None
    serial_number: str | None = None
    produced_on: date | None = None
    expires_on: date | None = None


async def scan(call: Call, code: str) -> Scan | None:
    """The SKU that a scanned code is a barcode of, or else its code; None for neither. Requires SEE_CATALOG."""
    call.require(Permission.SEE_CATALOG)
    return (await scan_all(call, [code])).get(code)


async def scan_all(call: Call, codes: Collection[str]) -> dict[str, Scan]:
    """What scanned codes stand for, those of nothing left out; one statement however many."""
    readings = [(code, scans.read(code, clock.day_of(call.at))) for code in sorted(set(codes))]
    barcodes = [(at, *one) for at, (_, reading) in enumerate(readings) for one in enumerate(reading.barcodes)]
    plain = [(at, len(reading.barcodes), reading.code) for at, (_, reading) in enumerate(readings)]
    asked = db.rows({"at": "bigint", "place": "bigint", "code": "text"})
    rows = await db.fetch(
        f"""
        SELECT found.at, sku.id, sku.unit, found.unit, sku_unit.numerator, sku_unit.denominator
        FROM (
            SELECT asked.at, asked.place, barcode.sku_id, barcode.unit
            FROM {asked} AS asked JOIN barcode ON barcode.code = asked.code
            UNION ALL
            SELECT asked.at, asked.place, sku.id, sku.unit FROM {asked} AS asked JOIN sku ON sku.code = asked.code
        ) AS found
        JOIN sku ON sku.id = found.sku_id
        LEFT JOIN sku_unit ON sku_unit.sku_id = sku.id AND sku_unit.name = found.unit
        ORDER BY found.at, found.place
        """,
        (db.json(barcodes), db.json(plain)),
    )
    found: dict[str, Scan] = {}
    for at, sku_id, base_unit, unit, *ratio in rows:
        code, reading = readings[at]
        if code not in found:
            found[code] = _scan(reading, sku_id, base_unit, unit, (ratio[0] or 1, ratio[1] or 1))
    return found


def _scan(reading: scans.Reading, sku_id: int, base_unit: str, unit: str, ratio: tuple[int, int]) -> Scan:
    one = rules.in_base(base_unit, {unit: ratio}, unit, Quantity.of(1), ())
    return Scan(
        sku_id=sku_id,
        unit=unit,
        numerator=ratio[0],
        denominator=ratio[1],
        quantity=one if isinstance(one, Quantity) else None,
        lot_number=reading.lot_number,
        serial_number=reading.serial_number,
        produced_on=reading.produced_on,
        expires_on=reading.expires_on,
    )
