"""Whether the book of goods agrees with itself; for how long goods last, what they cost, when they expire."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from jxc_graphql.books.accounts import queries as accounts
from jxc_graphql.books.accounts.roles import AccountRole
from jxc_graphql.books.goods import entries, layers
from jxc_graphql.books.goods.days import HELD
from jxc_graphql.books.goods.fitness import UNFIT
from jxc_graphql.books.goods.rules import totals
from jxc_graphql.books.goods.valuation import ON_THE_SHELVES
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Fixed, Money, Quantity, Ratio, UnitPrice, ratio
from jxc_graphql.office.documents.comparisons import Comparison, Difference, Grain, compare, of_lines

PACE_DAYS = 30
"""Over how many days up to today the pace of sales is taken."""

_NO_LOT = "CAST(NULL AS BIGINT)"
_LOT = "coalesce(' lot ' || lot.number, '')"
_SKU_AND_LOT = Grain(
    "sku_id, lot_id",
    f"sku.code || {_LOT}",
    "JOIN sku ON sku.id = found.sku_id LEFT JOIN lot ON lot.id = found.lot_id",
)
LEVEL = Grain(
    "sku_id, warehouse_id",
    "sku.code || ' @ ' || warehouse.code",
    "JOIN sku ON sku.id = found.sku_id JOIN warehouse ON warehouse.id = found.warehouse_id",
)
_PLACE = Grain(
    "sku_id, place_id, lot_id",
    f"sku.code || ' @ ' || coalesce(warehouse.code || ' ', '') || place.code || {_LOT}",
    "LEFT JOIN lot ON lot.id = found.lot_id JOIN sku ON sku.id = found.sku_id JOIN place ON place.id = found.place_id "
    "LEFT JOIN warehouse ON warehouse.id = place.warehouse_id",
)
_CLOSING = Grain(
    "period_id, sku_id, warehouse_id",
    "sku.code || ' @ ' || warehouse.code || ' on ' || period.ends_on",
    "JOIN sku ON sku.id = found.sku_id JOIN warehouse ON warehouse.id = found.warehouse_id "
    "JOIN period ON period.id = found.period_id",
)
_WAREHOUSE = Grain("warehouse_id", "warehouse.code", "JOIN warehouse ON warehouse.id = found.warehouse_id")
_PERIOD = Grain("id", "'period through ' || ends_on", "JOIN period ON period.id = found.id")
_LEGS = """(
    SELECT sku_id, to_place_id AS place_id, lot_id, quantity, value FROM stock_movement
    UNION ALL SELECT sku_id, from_place_id, lot_id, -quantity, -value FROM stock_movement) AS leg"""
_SHELVES = "kind IN ('STOCK', 'QUALITY', 'DAMAGED')"
_OURS = "kind IN ('STOCK', 'QUALITY', 'DAMAGED', 'TRANSIT', 'LENT')"
_BROUGHT = Grain("line_id", "'line ' || found.line_id", "")
_STILL_THEIRS = """FROM stock_movement JOIN place AS source ON source.id = from_place_id
    JOIN place AS target ON target.id = to_place_id AND (target.kind = 'CONSIGNED'
        OR (target.kind = 'SUPPLIER' AND source.kind = 'CONSIGNED'))"""
_CLAIMS = "FROM claim JOIN stock_level ON stock_level.id = claim.stock_level_id"
_LAYERS = "FROM cost_layer JOIN stock_level ON stock_level.id = cost_layer.stock_level_id WHERE cost_layer"
_MILLIONTHS = """
    SELECT sku_id, warehouse_id, whole * 1000000 + thousandths * 1000 + rest * 1000 / on_hand
        + CASE WHEN 2 * (rest * 1000 % on_hand) > on_hand
            OR (2 * (rest * 1000 % on_hand) = on_hand AND rest * 1000 / on_hand % 2 = 1) THEN 1 ELSE 0 END
    FROM (SELECT sku_id, warehouse_id, on_hand, value / on_hand AS whole,
            value % on_hand * 1000 / on_hand AS thousandths, value % on_hand * 1000 % on_hand AS rest
        FROM stock_level WHERE on_hand > 0) AS division"""
"""value × 10⁶ / on hand, rounded half-even: in two steps of a thousand, for the product does not fit 64 bits."""


def _level(column: str, where: str = "true") -> str:
    return f"SELECT sku_id, warehouse_id, {column} FROM stock_level WHERE {where}"


def _at_places(column: str, where: str) -> Comparison:
    quantities = "SELECT sku_id, warehouse_id, quantity FROM place_level JOIN place ON place.id = place_id"
    told = f"stock_level.{column} is the sum of its places"
    return Comparison(told, Quantity, LEVEL, f"{quantities} WHERE {where}", _level(column))


def _worth(column: str, where: str) -> Comparison:
    moved = f"SELECT sku_id, warehouse_id, value FROM {_LEGS} JOIN place ON place.id = place_id WHERE {where}"
    revalued = f"SELECT sku_id, warehouse_id, {column} FROM stock_revaluation"
    told = f"stock_level.{column} is what came in minus what went out"
    return Comparison(told, Money, LEVEL, f"{moved} UNION ALL {revalued}", _level(column))


def _entered(role: AccountRole, column: str) -> Comparison:
    levels = f"SELECT warehouse_id, {column} FROM stock_level"
    told = f"account_entry: {role} of a warehouse is what its stock_level.{column} says"
    return Comparison(told, Money, _WAREHOUSE, levels, accounts.entries_of(role, columns="entry.warehouse_id"))


def _moved_in_accounts() -> Comparison:
    roles = [role for role, _ in entries.REVALUED if role is not AccountRole.COST]
    legs = entries.LEGS.format("NULL", "stock_movement AS movement")
    ours = f"SELECT document_id, amount FROM ({legs}) AS leg WHERE warehouse_id IS NOT NULL AND {_OURS}"
    revalued = "SELECT document_id, value + in_transit_value + lent_value FROM stock_revaluation"
    told = "account_entry: what a document did to stock is what it moved and revalued"
    actual = accounts.entries_of(*roles, columns="entry.document_id", where="entry.source = 'GOODS'")
    return Comparison(told, Money, accounts.DOCUMENT, f"{ours} UNION ALL {revalued}", actual)


def _not_negative(column: str, kind: type[Fixed]) -> Comparison:
    at_least_zero = _level(f"CASE WHEN {column} < 0 THEN 0 ELSE {column} END")
    return Comparison(f"stock_level.{column} is not negative", kind, LEVEL, at_least_zero, _level(column))


COMPARISONS = (
    Comparison(
        "place_level.quantity is the sum of its movements", Quantity, _PLACE,
        f"SELECT sku_id, place_id, lot_id, quantity FROM {_LEGS}",
        "SELECT sku_id, place_id, lot_id, quantity FROM place_level",
    ),
    Comparison(
        "place_level.quantity over all places is zero", Quantity, _SKU_AND_LOT,
        f"SELECT id, {_NO_LOT}, 0 FROM sku", "SELECT sku_id, lot_id, quantity FROM place_level",
    ),
    Comparison(
        "place_level.quantity of a warehouse is not negative", Quantity, _PLACE,
        "SELECT sku_id, place_id, lot_id, CASE WHEN quantity < 0 AND warehouse_id IS NOT NULL THEN 0 ELSE quantity END "
        "FROM place_level JOIN place ON place.id = place_id",
        "SELECT sku_id, place_id, lot_id, quantity FROM place_level",
    ),
    Comparison(
        "place_level.quantity is the count of its serial numbers", Quantity, _PLACE,
        f"SELECT sku_id, place_id, {_NO_LOT}, 10000 FROM serial_number JOIN place ON place.id = place_id "
        "WHERE warehouse_id IS NOT NULL",
        "SELECT sku_id, place_id, lot_id, quantity FROM place_level JOIN place ON place.id = place_id "
        "JOIN sku ON sku.id = sku_id WHERE warehouse_id IS NOT NULL AND tracking = 'SERIAL'",
    ),
    _at_places("on_hand", _SHELVES),
    _at_places("sellable", "kind = 'STOCK'"),
    _at_places("quality", "kind = 'QUALITY'"),
    _at_places("damaged", "kind = 'DAMAGED'"),
    _at_places("in_transit", "kind = 'TRANSIT'"),
    _at_places("lent", "kind = 'LENT'"),
    _at_places("consigned", "kind = 'CONSIGNED'"),
    Comparison(
        "stock_level.consigned is what is left of its suppliers' goods", Quantity, LEVEL,
        "SELECT sku_id, warehouse_id, quantity FROM consigned_stock JOIN stock_level AS level "
        "ON level.id = stock_level_id",
        _level("consigned"),
    ),
    Comparison(
        "consigned_stock.quantity is what came, less what went", Quantity, _BROUGHT,
        "SELECT consignment_id AS line_id, quantity FROM stock_movement "
        "JOIN place ON place.id = to_place_id AND kind = 'CONSIGNED' "
        "UNION ALL SELECT consignment_id, -quantity FROM stock_movement "
        "JOIN place ON place.id = from_place_id AND kind = 'CONSIGNED'",
        "SELECT id, quantity FROM consigned_stock",
    ),
    Comparison(
        "stock_movement.value is nothing while goods are a supplier's", Money, _BROUGHT,
        f"SELECT line_id, 0 {_STILL_THEIRS}", f"SELECT line_id, value {_STILL_THEIRS}",
    ),
    Comparison(
        "stock_level.reserved is what is kept for its claims", Quantity, LEVEL,
        f"SELECT sku_id, warehouse_id, claim.reserved {_CLAIMS}", _level("reserved"),
    ),
    Comparison(
        "stock_level.waiting is what its claims ask for and have not got", Quantity, LEVEL,
        f"SELECT sku_id, warehouse_id, wanted - claim.reserved {_CLAIMS}", _level("waiting"),
    ),
    Comparison(
        "stock_level.unfit is what is blocked or expired at its stock places", Quantity, LEVEL, UNFIT, _level("unfit"),
    ),
    Comparison(
        "stock_level.available is sellable - unfit - reserved", Quantity, LEVEL,
        _level("sellable - unfit - reserved"), _level("available"),
    ),
    Comparison(
        "stock_level: nobody waits for what is available", Quantity, LEVEL,
        _level("0"),
        _level("CASE WHEN waiting < available THEN waiting ELSE available END", "waiting > 0 AND available > 0"),
    ),
    _worth("value", _SHELVES),
    _worth("in_transit_value", "kind = 'TRANSIT'"),
    _worth("lent_value", "kind = 'LENT'"),
    Comparison(
        "stock_level.value of no goods is zero", Money, LEVEL,
        _level("CASE WHEN on_hand = 0 THEN 0 ELSE value END"), _level("value"),
    ),
    Comparison(
        "stock_level.unit_cost is value / on_hand", UnitPrice, LEVEL,
        _MILLIONTHS, _level("unit_cost", "on_hand > 0"),
    ),
    Comparison(
        "stock_level.on_hand is the sum of its cost layers", Quantity, LEVEL,
        f"SELECT sku_id, warehouse_id, quantity {_LAYERS}.consignment_id = 0", _level("on_hand"),
    ),
    Comparison(
        "stock_level.in_transit is the sum of its cost layers", Quantity, LEVEL,
        f"SELECT sku_id, warehouse_id, quantity {_LAYERS}.consignment_id > 0", _level("in_transit"),
    ),
    Comparison(
        "stock_level.lent is the sum of its cost layers", Quantity, LEVEL,
        f"SELECT sku_id, warehouse_id, quantity {_LAYERS}.consignment_id < 0", _level("lent"),
    ),
    Comparison(
        "stock_level.value is the sum of its cost layers under FIFO", Money, LEVEL,
        f"SELECT sku_id, warehouse_id, coalesce(cost_layer.value, 0) {_LAYERS}.consignment_id = 0",
        _level("value", "valuation = 'FIFO'"),
    ),
    Comparison(
        "stock_level.in_transit_value is the sum of its cost layers", Money, LEVEL,
        f"SELECT sku_id, warehouse_id, cost_layer.value {_LAYERS}.consignment_id > 0", _level("in_transit_value"),
    ),
    Comparison(
        "stock_level.lent_value is the sum of its cost layers", Money, LEVEL,
        f"SELECT sku_id, warehouse_id, cost_layer.value {_LAYERS}.consignment_id < 0", _level("lent_value"),
    ),
    *(
        Comparison(
            f"stock_level.{name} is the sum of its days", kind, LEVEL,
            f"SELECT sku_id, warehouse_id, day.{column} FROM stock_day AS day "
            "JOIN stock_level ON stock_level.id = stock_level_id",
            _level(name),
        )
        for column, kind in HELD.items()
        for name in ["on_hand" if column == "quantity" else column]
    ),
    *(
        Comparison(
            f"closing_balance.{column} is the sum of the days of its period and before", kind, _CLOSING,
            f"SELECT period.id, sku_id, warehouse_id, day.{column} FROM period JOIN stock_day AS day "
            "ON day.business_date <= period.ends_on JOIN stock_level AS level ON level.id = day.stock_level_id "
            "WHERE period.status = 'CLOSED'",
            f"SELECT period_id, sku_id, warehouse_id, {column} FROM closing_balance",
        )
        for column, kind in HELD.items()
    ),
    *(
        _not_negative(column, Quantity)
        for column in ("on_hand", "sellable", "reserved", "available", "incoming", "in_transit", "lent", "consigned")
    ),
    *(_entered(role, column) for role, column in entries.REVALUED if role is not AccountRole.COST),
    _moved_in_accounts(),
    _not_negative("value", Money),
    _not_negative("in_transit_value", Money),
    _not_negative("lent_value", Money),
    Comparison(
        "period: nothing was posted into it after it was closed", Quantity, _PERIOD,
        "SELECT id, 0 FROM period",
        "SELECT period.id, quantity FROM stock_movement JOIN period ON period.id = ("
        "SELECT id FROM period WHERE status = 'CLOSED' AND ends_on >= business_date ORDER BY ends_on LIMIT 1) "
        "WHERE posted_at > closed_at",
    ),
)  # fmt: skip


def moved_for_lines(
    table: str,
    column: str,
    what: str = "is what was moved for it",
    *,
    moved: str | None = None,
    where: str = "",
    only: str = "",
) -> Comparison:
    """Whether lines of a kind of documents say what the book moved for them: `moved`, by default under the same name.

    `where`: of which movements of a `line`. `only`: the documents whose lines are moved, as SQL behind `WHERE`.
    """
    lines = f"{table}_line"
    if only:
        lines += f" WHERE {table}_id IN (SELECT id FROM {table} WHERE {only})"
    movements = f"FROM stock_movement AS movement JOIN {table} ON {table}.id = movement.document_id"
    if where:
        movements += f" JOIN {table}_line AS line ON line.id = movement.line_id WHERE {where}"
    moved = moved or column
    return Comparison(
        f"{table}_line.{column} {what}", Money if moved == "value" else Quantity, of_lines(table),
        f"SELECT movement.line_id, movement.{moved} {movements}", f"SELECT id, {column} FROM {lines}",
    )  # fmt: skip


async def differences() -> list[Difference]:
    """Compares everything the book keeps with what it follows from; `incoming` is purchasing's."""
    return await compare(COMPARISONS)


async def days_of_cover(call: Call, levels: Sequence[tuple[int, Quantity]]) -> list[Ratio | None]:
    """For how many days what is available of each level lasts at the pace of late; None where nothing was sold."""
    today = clock.day_of(call.at)
    rows = await db.fetch(
        f"""
        SELECT stock_level_id, CAST(SUM(sold - customer_returned) AS BIGINT) FROM {db.rows({"id": "bigint"})} AS asked
        JOIN stock_day ON stock_day.stock_level_id = asked.id
        WHERE business_date > ? AND business_date <= ? GROUP BY stock_level_id""",
        (db.json([level_id] for level_id, _ in levels), today - timedelta(days=PACE_DAYS), today),
    )
    sold = {level_id: int(quantity) for level_id, quantity in rows if quantity > 0}
    return [
        ratio(int(available) * PACE_DAYS, sold[level_id]) if level_id in sold else None
        for level_id, available in levels
    ]


async def unit_costs(warehouse_id: int, sku_ids: Collection[int]) -> dict[int, UnitPrice]:
    """What one unit costs of those of the SKUs that the warehouse has, or had; nothing is known of what was free."""
    rows = await db.fetch(
        f"SELECT sku_id, unit_cost FROM {db.rows({'id': 'bigint'})} AS asked "
        "JOIN stock_level ON stock_level.sku_id = asked.id WHERE warehouse_id = ?",
        (db.json([sku_id] for sku_id in sorted(set(sku_ids))), warehouse_id),
    )
    return {sku_id: UnitPrice(unit_cost) for sku_id, unit_cost in rows}


async def first_expiry(document_id: int, place_id: int) -> date | None:
    """The day on which the first of the lots expires that a document moved to a place; None where none does."""
    ((day,),) = await db.fetch(
        "SELECT MIN(lot.expires_on) FROM stock_movement AS movement JOIN lot ON lot.id = movement.lot_id "
        "WHERE document_id = ? AND to_place_id = ?",
        (document_id, place_id),
    )
    return None if day is None else db.day(day)


async def cost_of_oldest(taken: Sequence[tuple[int, Quantity]]) -> list[Money]:
    """What so much of stock levels that are valued first in, first out costs, if it left one after the other."""
    pools = await layers.pools(totals(((level_id, ON_THE_SHELVES), quantity) for level_id, quantity in taken))
    return [
        Money.total(portion.value for portion in pools[level_id, ON_THE_SHELVES].take(quantity))
        for level_id, quantity in taken
    ]
