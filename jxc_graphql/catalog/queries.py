"""What documents, stock and sample data ask about goods."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection

import msgspec

from jxc_graphql.auth.permissions import Permission
from jxc_graphql.catalog import rules
from jxc_graphql.catalog.tracking import SkuTracking
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.kit.text import printable


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


class BarcodeMatch(msgspec.Struct, frozen=True, kw_only=True):
    """What a barcode stands for."""

    sku_id: int
    unit: str


async def sku_by_barcode(call: Call, code: str) -> BarcodeMatch | None:
    """The SKU with this barcode and the unit that the label is on; requires SEE_CATALOG."""
    call.require(Permission.SEE_CATALOG)
    if not printable(code):
        return None
    rows = await db.fetch("SELECT sku_id, unit FROM barcode WHERE code = ?", (code.strip(),))
    return BarcodeMatch(sku_id=rows[0][0], unit=rows[0][1]) if rows else None


async def by_codes(codes: Collection[str]) -> dict[str, BarcodeMatch]:
    """What scanned codes stand for, codes of SKUs before barcodes, those without a meaning left out; one statement."""
    asked = sorted({code for code in codes if printable(code)})
    if not asked:
        return {}
    rows = await db.fetch(
        f"""
        SELECT asked.code, coalesce(sku.id, barcode.sku_id), coalesce(sku.unit, barcode.unit)
        FROM {db.rows({"code": "text"})} AS asked
        LEFT JOIN sku ON sku.code = asked.code LEFT JOIN barcode ON barcode.code = asked.code
        WHERE sku.id IS NOT NULL OR barcode.id IS NOT NULL""",
        (db.json((code,) for code in asked),),
    )
    return {code: BarcodeMatch(sku_id=sku_id, unit=unit) for code, sku_id, unit in rows}
