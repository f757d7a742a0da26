"""Prices of suppliers, stock limits, and opening balances with lots and serial numbers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from jxc_graphql.exchange.imports.cells import CellStays, CellUnknownCode, SentRow, given
from jxc_graphql.exchange.imports.taking import Done, TakenRows, by_row, is_so, referred
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import AskedPrice
from jxc_graphql.warehousing.limits.operations import WantedLimit, set_stock_limits
from jxc_graphql.warehousing.openings import operations as openings
from jxc_graphql.warehousing.openings.operations import OpeningLine

_TERMS = ("unit_price", "unit_id", "minimum_quantity", "pack_quantity", "lead_time_days", "is_preferred")
_LIMIT = ("limit", "clear_above", "target", "upper", "ends_on")


def _quantity(row: SentRow) -> Any:
    return lambda column: row.fixed(column, Quantity)


async def supplier_price(call: Call, row: SentRow) -> Done:
    """What a supplier asks for a SKU."""
    supplier_id = await referred(row, "supplier", "supplier", "Supplier")
    sku_id = await referred(row, "sku", "sku", "Sku")
    asked = given(row, minimum_quantity=_quantity(row), pack_quantity=_quantity(row))
    asked |= given(row, lead_time_days=row.integer, is_preferred=row.yes)
    asked["unit_price"] = row.fixed("unit_price", UnitPrice)
    if row.has("unit"):
        asked["unit_id"] = await unit_of(row, sku_id)
    known = await db.fetch(
        f"SELECT {', '.join(_TERMS)} FROM supplier_price WHERE supplier_id = ? AND sku_id = ?",  # noqa: S608
        (supplier_id, sku_id),
    )
    if known and is_so(dict(zip(_TERMS, known[0], strict=True)), asked):
        return Done.UNCHANGED
    await partners.set_supplier_prices(call, supplier_id=supplier_id, prices=[AskedPrice(sku_id=sku_id, **asked)])
    return Done.UPDATED if known else Done.CREATED


async def unit_of(row: SentRow, sku_id: int) -> int | None:
    """The id of another unit of a SKU; None for its base unit."""
    name = row.read_text("unit")
    ((base,),) = await db.fetch("SELECT unit FROM sku WHERE id = ?", (sku_id,))
    found = await db.fetch("SELECT id FROM sku_unit WHERE sku_id = ? AND name = ?", (sku_id, name))
    if not found and name != base:
        raise Rejected(CellUnknownCode(cell=row.at("unit"), kind="SkuUnit", text=name[:60]))
    return int(found[0][0]) if found else None


async def stock_limit(call: Call, row: SentRow) -> Done:
    """When there is too little of a SKU in a warehouse, and what to fill it up to."""
    sku_id = await referred(row, "sku", "sku", "Sku")
    warehouse_id = await referred(row, "warehouse", "warehouse", "Warehouse")
    asked = given(row, **dict.fromkeys(_LIMIT[1:4], _quantity(row)), ends_on=row.on_day)
    asked["limit"] = row.fixed("limit", Quantity)
    starts_on = row.on_day("starts_on") if row.has("starts_on") else None
    found = await db.fetch(
        f"SELECT starts_on, {', '.join(f'{chr(34)}{name}{chr(34)}' for name in _LIMIT)} FROM stock_limit "  # noqa: S608
        "WHERE sku_id = ? AND warehouse_id = ?",
        (sku_id, warehouse_id),
    )
    known = [one for one in found if (one[0] and db.day(one[0])) == starts_on and _of_season(one, starts_on, asked)]
    if known and is_so(_days(dict(zip(_LIMIT, known[0][1:], strict=True))), asked):
        return Done.UNCHANGED
    wanted = WantedLimit(sku_id=sku_id, warehouse_id=warehouse_id, starts_on=starts_on, **asked)
    await set_stock_limits(call, limits=[wanted])
    return Done.UPDATED if known else Done.CREATED


def _of_season(row: Sequence[Any], starts_on: date | None, asked: dict[str, Any]) -> bool:
    return starts_on is not None or bool(row[-1]) == ("ends_on" in asked)


def _days(known: dict[str, Any]) -> dict[str, Any]:
    return {**known, "ends_on": known["ends_on"] and db.day(known["ends_on"])}


async def opening_balances(call: Call, rows: Sequence[SentRow]) -> TakenRows:
    """What there was before the books: a document for each warehouse and day; what is in one already stays as it is.

    A line is known again by its warehouse, day, SKU, place and lot, or by its serial numbers; it is refused where a
    balance has it with another quantity, since nothing that is posted changes.
    """
    taken, groups = TakenRows(done={}, refused={}), dict[tuple[int, date], list[tuple[SentRow, OpeningLine]]]()
    for row in rows:
        try:
            warehouse_id = await referred(row, "warehouse", "warehouse", "Warehouse")
            day, line = row.on_day("business_date"), await _line(row, warehouse_id)
            if await _is_posted(row, warehouse_id, day, line):
                taken.done[row.number] = Done.UNCHANGED
            else:
                groups.setdefault((warehouse_id, day), []).append((row, line))
        except Rejected as refusal:
            taken.refused[row.number] = list(refusal.reasons)
    for (warehouse_id, day), lines in groups.items():
        try:
            await openings.post_opening_balance(
                call, warehouse_id=warehouse_id, business_date=day, lines=[line for _, line in lines]
            )
            taken.done.update({row.number: Done.CREATED for row, _ in lines})
        except Rejected as refusal:
            taken.refused.update(by_row([row for row, _ in lines], refusal))
    return taken


async def _line(row: SentRow, warehouse_id: int) -> OpeningLine:
    label = given(row, produced_on=row.on_day, expires_on=row.on_day)
    place_id = await _place(row, warehouse_id) if row.has("place") else None
    return OpeningLine(
        sku_id=await referred(row, "sku", "sku", "Sku"),
        quantity=row.fixed("quantity", Quantity),
        unit_cost=row.fixed("unit_cost", UnitPrice),
        place_id=place_id,
        lot=LotLabel(row.read_text("lot"), **label) if row.has("lot") else None,
        serials=row.read_texts("serials") if row.has("serials") else (),
        origin_on=row.on_day("origin_on") if row.has("origin_on") else None,
    )


async def _place(row: SentRow, warehouse_id: int) -> int:
    code = row.read_text("place")
    found = await db.fetch("SELECT id FROM place WHERE warehouse_id = ? AND code = ?", (warehouse_id, code))
    if not found:
        raise Rejected(CellUnknownCode(cell=row.at("place"), kind="Bin", text=code[:60]))
    return int(found[0][0])


async def _is_posted(row: SentRow, warehouse_id: int, day: date, line: OpeningLine) -> bool:
    """Whether a balance has the line already; raises `Rejected` where one has it otherwise."""
    if line.serials:
        pieces = f"SELECT number FROM {db.rows({'number': 'text'})} AS asked"  # noqa: S608
        found = await db.fetch(
            f"SELECT count(*) FROM serial_number WHERE sku_id = ? AND number IN ({pieces})",  # noqa: S608
            (line.sku_id, db.json([one] for one in line.serials)),
        )
        return bool(found[0][0] == len(line.serials))
    known = await db.fetch(
        "SELECT line.quantity FROM opening_balance_line AS line JOIN opening_balance AS balance"
        " ON balance.id = line.opening_balance_id JOIN warehouse ON warehouse.id = balance.warehouse_id"
        " LEFT JOIN lot ON lot.id = line.lot_id WHERE balance.warehouse_id = ? AND balance.business_date = ?"
        " AND line.sku_id = ? AND line.place_id = coalesce(?, warehouse.stock_place_id)"
        " AND coalesce(lot.number, '') = ?",
        (warehouse_id, day, line.sku_id, line.place_id, line.lot.number if line.lot else ""),
    )
    if known and int(line.quantity) not in {quantity for (quantity,) in known}:
        raise Rejected(CellStays(cell=row.at("quantity")))
    return bool(known)
