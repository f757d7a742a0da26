"""What documents, alerts and sample data ask about goods and warehouses, and whether the book agrees with itself."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

import msgspec

from jxc_graphql.documents.queries import Comparison, Difference, Grain, compare
from jxc_graphql.documents.rules import OutOfScope, UnknownId
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Path, Rejected
from jxc_graphql.kit.numbers import Fixed, Money, Quantity, UnitPrice
from jxc_graphql.stock import models
from jxc_graphql.stock.rules import WarehouseInactive


class KnownWarehouse(msgspec.Struct, frozen=True, kw_only=True):
    """A warehouse as documents need it."""

    id: int
    code: str
    name: str
    is_active: bool
    stock_place_id: int
    quality_place_id: int
    damaged_place_id: int


async def usable_warehouse(call: Call, warehouse_id: int, path: Path = ("warehouse_id",)) -> KnownWarehouse:
    """The warehouse, for a new document of this caller.

    Raises `NotFound` (UnknownId) or `Rejected` (OutOfScope, WarehouseInactive) with the path.
    """
    known = await warehouse(warehouse_id)
    if known is None:
        raise NotFound(UnknownId(path=path, kind="Warehouse"))
    if not call.sees(warehouse_id):
        raise Rejected(OutOfScope(path=path))
    if not known.is_active:
        raise Rejected(WarehouseInactive(path=path, warehouse=known.code))
    return known


async def warehouse(warehouse_id: int) -> KnownWarehouse | None:
    """The warehouse with this id."""
    row = await models.Warehouse.get_or_none(id=warehouse_id).values(*KnownWarehouse.__struct_fields__)
    return KnownWarehouse(**row) if row else None


_SKU = Grain("sku_id", "sku.code", "JOIN sku ON sku.id = found.sku_id")
LEVEL = Grain(
    "sku_id, warehouse_id",
    "sku.code || ' @ ' || warehouse.code",
    "JOIN sku ON sku.id = found.sku_id JOIN warehouse ON warehouse.id = found.warehouse_id",
)
_PLACE = Grain(
    "sku_id, place_id",
    "sku.code || ' @ ' || coalesce(warehouse.code || ' ', '') || place.kind",
    "JOIN sku ON sku.id = found.sku_id JOIN place ON place.id = found.place_id "
    "LEFT JOIN warehouse ON warehouse.id = place.warehouse_id",
)
_BALANCE = Grain("id", "opening_balance.number", "JOIN opening_balance ON opening_balance.id = found.id")
_BALANCE_LINE = Grain(
    "id",
    "opening_balance.number || ' line ' || line.line_no",
    "JOIN opening_balance_line AS line ON line.id = found.id "
    "JOIN opening_balance ON opening_balance.id = line.opening_balance_id",
)

_PERIOD = Grain("id", "'period through ' || ends_on", "JOIN period ON period.id = found.id")
_LEGS = """(
    SELECT sku_id, to_place_id AS place_id, quantity, value FROM stock_movement
    UNION ALL SELECT sku_id, from_place_id, -quantity, -value FROM stock_movement) AS leg"""
_AT_PLACES = "SELECT sku_id, warehouse_id, quantity FROM place_level JOIN place ON place.id = place_id"
_MILLIONTHS = """
    SELECT sku_id, warehouse_id, whole * 1000000 + thousandths * 1000 + rest * 1000 / on_hand
        + CASE WHEN 2 * (rest * 1000 % on_hand) > on_hand
            OR (2 * (rest * 1000 % on_hand) = on_hand AND rest * 1000 / on_hand % 2 = 1) THEN 1 ELSE 0 END
    FROM (SELECT sku_id, warehouse_id, on_hand, value / on_hand AS whole,
            value % on_hand * 1000 / on_hand AS thousandths, value % on_hand * 1000 % on_hand AS rest
        FROM stock_level WHERE on_hand > 0) AS division"""
"""value × 10⁶ / on hand, rounded half-even: in two steps of a thousand, for the product does not fit 64 bits."""


def _level(column: str) -> str:
    return f"SELECT sku_id, warehouse_id, {column} FROM stock_level"


def _not_negative(column: str, kind: type[Fixed]) -> Comparison:
    at_least_zero = _level(f"CASE WHEN {column} < 0 THEN 0 ELSE {column} END")
    return Comparison(f"stock_level.{column} is not negative", kind, LEVEL, at_least_zero, _level(column))


_COMPARISONS = (
    Comparison(
        "place_level.quantity is the sum of its movements", Quantity, _PLACE,
        f"SELECT sku_id, place_id, quantity FROM {_LEGS}", "SELECT sku_id, place_id, quantity FROM place_level",
    ),
    Comparison(
        "place_level.quantity over all places is zero", Quantity, _SKU,
        "SELECT id, 0 FROM sku", "SELECT sku_id, quantity FROM place_level",
    ),
    Comparison(
        "place_level.quantity of a warehouse is not negative", Quantity, _PLACE,
        "SELECT sku_id, place_id, CASE WHEN quantity < 0 AND warehouse_id IS NOT NULL THEN 0 ELSE quantity END "
        "FROM place_level JOIN place ON place.id = place_id",
        "SELECT sku_id, place_id, quantity FROM place_level",
    ),
    Comparison(
        "stock_level.on_hand is the sum of its places", Quantity, LEVEL,
        f"{_AT_PLACES} WHERE warehouse_id IS NOT NULL", _level("on_hand"),
    ),
    Comparison(
        "stock_level.sellable is what is at its stock place", Quantity, LEVEL,
        f"{_AT_PLACES} WHERE kind = 'STOCK'", _level("sellable"),
    ),
    Comparison(
        "stock_level.reserved is the sum of its reservations", Quantity, LEVEL,
        "SELECT sku_id, warehouse_id, quantity FROM reservation "
        "JOIN stock_level ON stock_level.id = reservation.stock_level_id",
        _level("reserved"),
    ),
    Comparison(
        "stock_level.available is sellable - reserved", Quantity, LEVEL,
        _level("sellable - reserved"), _level("available"),
    ),
    Comparison(
        "stock_level.value is what came in minus what went out", Money, LEVEL,
        f"SELECT sku_id, warehouse_id, value FROM {_LEGS} JOIN place ON place.id = place_id "
        "WHERE warehouse_id IS NOT NULL",
        _level("value"),
    ),
    Comparison(
        "stock_level.value of no goods is zero", Money, LEVEL,
        _level("CASE WHEN on_hand = 0 THEN 0 ELSE value END"), _level("value"),
    ),
    Comparison("stock_level.unit_cost is value / on_hand", UnitPrice, LEVEL, _MILLIONTHS, _level("unit_cost")),
    *(_not_negative(column, Quantity) for column in ("on_hand", "sellable", "reserved", "available", "incoming")),
    _not_negative("value", Money),
    Comparison(
        "period: nothing was posted into it after it was closed", Quantity, _PERIOD,
        "SELECT id, 0 FROM period",
        "SELECT period.id, quantity FROM stock_movement JOIN period ON period.id = ("
        "SELECT id FROM period WHERE status = 'CLOSED' AND ends_on >= business_date ORDER BY ends_on LIMIT 1) "
        "WHERE posted_at > closed_at",
    ),
    Comparison(
        "opening_balance.total is the sum of its lines", Money, _BALANCE,
        "SELECT opening_balance_id, value FROM opening_balance_line", "SELECT id, total FROM opening_balance",
    ),
    Comparison(
        "opening_balance_line.quantity is what was moved for it", Quantity, _BALANCE_LINE,
        "SELECT line_id, movement.quantity FROM stock_movement AS movement "
        "JOIN opening_balance ON opening_balance.id = movement.document_id",
        "SELECT id, quantity FROM opening_balance_line",
    ),
    Comparison(
        "opening_balance_line.value is what was moved for it", Money, _BALANCE_LINE,
        "SELECT line_id, movement.value FROM stock_movement AS movement "
        "JOIN opening_balance ON opening_balance.id = movement.document_id",
        "SELECT id, value FROM opening_balance_line",
    ),
)  # fmt: skip


async def differences() -> list[Difference]:
    """Compares everything the book keeps with what it follows from; `incoming` is purchasing's."""
    return await compare(_COMPARISONS)
