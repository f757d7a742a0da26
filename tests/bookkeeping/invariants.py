"""What must hold in the tables after every step; each statement finds the rows in which it does not."""

from typing import Any

from jxc_graphql.kit import db

_SHELVES = "kind IN ('STOCK', 'QUALITY', 'DAMAGED')"

_OWNED = """
    SELECT sku_id, business_date, quantity, value FROM stock_movement JOIN place ON place.id = from_place_id
    WHERE place.warehouse_id IS NULL OR kind = 'CONSIGNED'
    UNION ALL SELECT sku_id, business_date, -quantity, -value FROM stock_movement JOIN place ON place.id = to_place_id
    WHERE place.warehouse_id IS NULL OR kind = 'CONSIGNED'
    UNION ALL SELECT sku_id, business_date, 0, value + in_transit_value + lent_value FROM stock_revaluation"""
"""What came into the company and left it, wherever it was put."""
_OWNED_BY_DAY = f"""
    SELECT sku_id, business_date, day.quantity + day.in_transit + day.lent AS quantity,
        day.value + day.in_transit_value + day.lent_value AS value
    FROM stock_day AS day JOIN stock_level ON stock_level.id = stock_level_id
    UNION ALL SELECT sku_id, business_date, -quantity, -value FROM ({_OWNED}) AS came"""
_CAME = ("opened", "received", "customer_returned", "assembled", "found", "transferred_in")
_WENT = ("sold", "supplier_returned", "used", "missing", "scrapped", "transferred_out")


def _net(of: str) -> str:
    return f"({' + '.join(f'{way}{of}' for way in _CAME)} - {' - '.join(f'{way}{of}' for way in _WENT)})"


_BROKEN_WHERE = {
    "over all places a SKU, and a lot, comes to zero": """
        SELECT sku_id, lot_id, SUM(quantity) FROM place_level GROUP BY sku_id, lot_id HAVING SUM(quantity) <> 0""",
    "what is at a place is what came minus what went": """
        SELECT sku_id, place_id, lot_id, SUM(change) FROM (
            SELECT sku_id, place_id, lot_id, quantity AS change FROM place_level
            UNION ALL SELECT sku_id, to_place_id, lot_id, -quantity FROM stock_movement
            UNION ALL SELECT sku_id, from_place_id, lot_id, quantity FROM stock_movement) AS every
        GROUP BY sku_id, place_id, lot_id HAVING SUM(change) <> 0""",
    "a level is the sum of its movements": f"""
        SELECT sku_id, warehouse_id, SUM(on_hand), SUM(in_transit), SUM(lent) FROM (
            SELECT sku_id, warehouse_id, on_hand, in_transit, lent FROM stock_level
            UNION ALL SELECT sku_id, place.warehouse_id, CASE WHEN {_SHELVES} THEN -quantity ELSE 0 END,
                CASE WHEN kind = 'TRANSIT' THEN -quantity ELSE 0 END,
                CASE WHEN kind = 'LENT' THEN -quantity ELSE 0 END
            FROM stock_movement JOIN place ON place.id = to_place_id WHERE place.warehouse_id IS NOT NULL
            UNION ALL SELECT sku_id, place.warehouse_id, CASE WHEN {_SHELVES} THEN quantity ELSE 0 END,
                CASE WHEN kind = 'TRANSIT' THEN quantity ELSE 0 END,
                CASE WHEN kind = 'LENT' THEN quantity ELSE 0 END
            FROM stock_movement JOIN place ON place.id = from_place_id WHERE place.warehouse_id IS NOT NULL) AS every
        GROUP BY sku_id, warehouse_id HAVING SUM(on_hand) <> 0 OR SUM(in_transit) <> 0 OR SUM(lent) <> 0""",
    "cost layers hold what is on hand, in transit and lent": """
        SELECT level.id, level.on_hand, level.in_transit, level.lent FROM stock_level AS level
        WHERE on_hand <> (SELECT coalesce(SUM(quantity), 0) FROM cost_layer
                WHERE stock_level_id = level.id AND consignment_id = 0)
            OR in_transit <> (SELECT coalesce(SUM(quantity), 0) FROM cost_layer
                WHERE stock_level_id = level.id AND consignment_id > 0)
            OR lent <> (SELECT coalesce(SUM(quantity), 0) FROM cost_layer
                WHERE stock_level_id = level.id AND consignment_id < 0)""",
    "first in first out, value is that of the layers; so it is in transit and of what is lent": """
        SELECT level.id, level.value, level.in_transit_value, level.lent_value FROM stock_level AS level
        WHERE in_transit_value <> (SELECT coalesce(SUM(value), 0) FROM cost_layer
                WHERE stock_level_id = level.id AND consignment_id > 0)
            OR lent_value <> (SELECT coalesce(SUM(value), 0) FROM cost_layer
                WHERE stock_level_id = level.id AND consignment_id < 0)
            OR (valuation = 'FIFO' AND value <> (SELECT coalesce(SUM(value), 0) FROM cost_layer
                WHERE stock_level_id = level.id AND consignment_id = 0))
            OR (valuation <> 'FIFO' AND EXISTS (SELECT 1 FROM cost_layer
                WHERE stock_level_id = level.id AND consignment_id = 0 AND value IS NOT NULL AND quantity > 0))""",
    "no goods are worth nothing": """
        SELECT id, value, in_transit_value FROM stock_level WHERE (on_hand = 0 AND value <> 0)
            OR (in_transit = 0 AND in_transit_value <> 0) OR (lent = 0 AND lent_value <> 0)
        UNION ALL SELECT id, quantity, value FROM cost_layer WHERE quantity = 0 AND value <> 0""",
    "nothing is negative": """
        SELECT 'level', id FROM stock_level WHERE on_hand < 0 OR sellable < 0 OR quality < 0 OR damaged < 0
            OR reserved < 0 OR available < 0 OR incoming < 0 OR in_transit < 0 OR lent < 0 OR value < 0
            OR in_transit_value < 0 OR lent_value < 0
        UNION ALL SELECT 'place', place_level.id FROM place_level JOIN place ON place.id = place_id
            WHERE quantity < 0 AND warehouse_id IS NOT NULL
        UNION ALL SELECT 'layer', id FROM cost_layer WHERE quantity < 0 OR value < 0
        UNION ALL SELECT 'level', id FROM stock_level WHERE unfit < 0 OR waiting < 0
        UNION ALL SELECT 'claim', owner_id FROM claim WHERE reserved < 0 OR wanted <= 0
        UNION ALL SELECT 'movement', id FROM stock_movement WHERE quantity <= 0 OR value < 0""",
    **{
        f"no day of the past is below zero {where}, or has a value without goods": f"""
        SELECT stock_level_id, business_date, quantity, value FROM (
            SELECT stock_level_id, business_date,
                SUM(SUM({quantity})) OVER (PARTITION BY stock_level_id ORDER BY business_date) AS quantity,
                SUM(SUM({value})) OVER (PARTITION BY stock_level_id ORDER BY business_date) AS value
            FROM stock_day GROUP BY stock_level_id, business_date) AS held
        WHERE quantity < 0 OR value < 0 OR (quantity = 0 AND value <> 0)"""
        for where, quantity, value in (
            ("on the shelves", "quantity", "value"),
            ("in transit", "in_transit", "in_transit_value"),
            ("with partners", "lent", "lent_value"),
        )
    },
    "what is on hand, in transit and lent at the end of a day is what the company had": f"""
        SELECT sku_id, business_date, quantity, value FROM (
            SELECT sku_id, business_date,
                SUM(SUM(quantity)) OVER (PARTITION BY sku_id ORDER BY business_date) AS quantity,
                SUM(SUM(value)) OVER (PARTITION BY sku_id ORDER BY business_date) AS value
            FROM ({_OWNED_BY_DAY}) AS change GROUP BY sku_id, business_date) AS found
        WHERE quantity <> 0 OR value <> 0""",
    "what a level has changed by what came, what went and what was revalued": f"""
        SELECT id, quantity + in_transit + lent, value + in_transit_value + lent_value FROM stock_day
        WHERE quantity + in_transit + lent <> {_net("")}
            OR value + in_transit_value + lent_value <> {_net("_value")} + revalued""",
    "what periods closed with, on hand, in transit and lent, is what the company had": f"""
        SELECT period_id, sku_id, SUM(quantity), SUM(value) FROM (
            SELECT period_id, sku_id, quantity + in_transit + lent AS quantity,
                value + in_transit_value + lent_value AS value
            FROM closing_balance JOIN period ON period.id = period_id AND status = 'CLOSED'
            UNION ALL SELECT period.id, sku_id, -quantity, -value FROM ({_OWNED}) AS came JOIN period
                ON came.business_date <= period.ends_on AND period.status = 'CLOSED'
                AND EXISTS (SELECT 1 FROM closing_balance WHERE period_id = period.id)) AS every
        GROUP BY period_id, sku_id HAVING SUM(quantity) <> 0 OR SUM(value) <> 0""",
    "no place, and no lot at it, was ever short at the end of a day": """
        SELECT sku_id, place_id, lot_id, business_date, quantity FROM (
            SELECT sku_id, place_id, lot_id, business_date, SUM(SUM(quantity)) OVER (
                PARTITION BY sku_id, place_id, lot_id ORDER BY business_date) AS quantity
            FROM (SELECT sku_id, to_place_id AS place_id, lot_id, business_date, quantity FROM stock_movement
                UNION ALL SELECT sku_id, from_place_id, lot_id, business_date, -quantity FROM stock_movement) AS leg
            GROUP BY sku_id, place_id, lot_id, business_date) AS held
        JOIN place ON place.id = place_id WHERE quantity < 0 AND warehouse_id IS NOT NULL""",
    "a piece was at one place at a time": """
        SELECT serial_id, business_date, quantity FROM (
            SELECT serial_id, place_id, business_date, SUM(SUM(quantity)) OVER (
                PARTITION BY serial_id, place_id ORDER BY business_date) AS quantity
            FROM (SELECT serial_id, to_place_id AS place_id, business_date, 1 AS quantity
                    FROM serial_movement JOIN stock_movement ON stock_movement.id = movement_id
                UNION ALL SELECT serial_id, from_place_id, business_date, -1
                    FROM serial_movement JOIN stock_movement ON stock_movement.id = movement_id) AS leg
            GROUP BY serial_id, place_id, business_date) AS held
        JOIN place ON place.id = place_id WHERE quantity NOT IN (0, 1) AND warehouse_id IS NOT NULL""",
    "what is reserved is kept for claims, and what is waited for is asked by them": """
        SELECT level.id, reserved FROM stock_level AS level
        WHERE reserved <> (SELECT coalesce(SUM(reserved), 0) FROM claim WHERE stock_level_id = level.id)
            OR waiting <> (SELECT coalesce(SUM(wanted - reserved), 0) FROM claim WHERE stock_level_id = level.id)""",
    "available is what is good and kept for nobody": """
        SELECT level.id, level.available, level.unfit FROM stock_level AS level
        WHERE available <> sellable - unfit - reserved OR sellable - unfit <> (
            SELECT coalesce(SUM(quantity), 0) FROM place_level JOIN place ON place.id = place_id
            LEFT JOIN lot ON lot.id = lot_id
            WHERE place_level.sku_id = level.sku_id AND warehouse_id = level.warehouse_id AND kind = 'STOCK'
                AND (lot_id IS NULL OR NOT is_blocked
                    AND (expires_on IS NULL OR expires_on >= (SELECT day FROM book_day))))""",
    "nobody overtakes who waited": """
        SELECT later.owner_id, earlier.owner_id FROM claim AS later
        JOIN claim AS earlier ON earlier.stock_level_id = later.stock_level_id
        JOIN stock_level AS level ON level.id = later.stock_level_id
        WHERE earlier.reserved < earlier.wanted AND (level.available > 0 OR later.reserved > 0
            AND (earlier.approved_at, earlier.owner_id) < (later.approved_at, later.owner_id))""",
    "a day of the books begins once": """
        SELECT subject_id, COUNT(*) FROM journal WHERE name = 'GoodsExpired' GROUP BY subject_id HAVING COUNT(*) > 1""",
    "orders ask for what is outstanding of them": """
        SELECT line.id, claim.wanted FROM sales_order_line AS line
        JOIN sales_order AS document ON document.id = sales_order_id LEFT JOIN claim ON claim.owner_id = line.id
        WHERE coalesce(claim.wanted, 0) <> CASE WHEN document.status IN ('APPROVED', 'PARTIALLY_SHIPPED')
            THEN quantity - quantity_shipped - quantity_cancelled ELSE 0 END""",
    "a partner has what was lent, less what came back, was sold, used and lost: in quantity, and in what it cost": """
        SELECT line.id, SUM(quantity), SUM(cost) FROM (
            SELECT id, quantity_lent - quantity_returned - quantity_sold - quantity_used - quantity_lost AS quantity,
                0 AS cost
                FROM loan_line
            UNION ALL SELECT id, 0, cost FROM loan_line
            UNION ALL SELECT -consignment_id, CASE kind WHEN 'LENT' THEN -quantity ELSE quantity END,
                CASE kind WHEN 'LENT' THEN -value ELSE 0 END
                FROM stock_movement JOIN place ON place.id = to_place_id WHERE consignment_id < 0) AS line
        GROUP BY line.id HAVING SUM(quantity) <> 0 OR SUM(cost) <> 0""",
    "what is lent is worth what it cost when it left, less what went on, and what was charged since": """
        SELECT sku_id, warehouse_id, SUM(value) FROM (
            SELECT sku_id, warehouse_id, -lent_value AS value FROM stock_level
            UNION ALL SELECT sku_id, place.warehouse_id, value
                FROM stock_movement JOIN place ON place.id = to_place_id AND kind = 'LENT'
            UNION ALL SELECT sku_id, place.warehouse_id, -value
                FROM stock_movement JOIN place ON place.id = from_place_id AND kind = 'LENT'
            UNION ALL SELECT sku_id, warehouse_id, lent_value FROM stock_revaluation) AS every
        GROUP BY sku_id, warehouse_id HAVING SUM(value) <> 0""",
    "goods are with partners where loans say so": """
        SELECT sku_id, warehouse_id, SUM(quantity) FROM (
            SELECT sku_id, warehouse_id, lent AS quantity FROM stock_level
            UNION ALL SELECT sku_id, warehouse_id,
                -(quantity_lent - quantity_returned - quantity_sold - quantity_used - quantity_lost)
                FROM loan_line JOIN loan ON loan.id = loan_id) AS every
        GROUP BY sku_id, warehouse_id HAVING SUM(quantity) <> 0""",
    "what is a supplier's is here as its lines say, and is worth nothing": """
        SELECT sku_id, warehouse_id, SUM(quantity), SUM(value) FROM (
            SELECT sku_id, warehouse_id, consigned AS quantity, 0 AS value FROM stock_level
            UNION ALL SELECT sku_id, warehouse_id, -quantity, 0 FROM place_level
                JOIN place ON place.id = place_id AND kind = 'CONSIGNED'
            UNION ALL SELECT sku_id, warehouse_id, 0, value FROM stock_movement
                WHERE to_place_id IN (SELECT id FROM place WHERE kind = 'CONSIGNED')
            UNION ALL SELECT sku_id, warehouse_id, 0, value FROM stock_movement WHERE to_place_id = 1
                AND from_place_id IN (SELECT id FROM place WHERE kind = 'CONSIGNED')) AS every
        GROUP BY sku_id, warehouse_id HAVING SUM(quantity) <> 0 OR SUM(value) <> 0""",
    "what a supplier brought is there, went back, or became ours": """
        SELECT id, SUM(quantity) FROM (
            SELECT id, quantity FROM consigned_stock UNION ALL SELECT id, -quantity FROM consignment_receipt_line
            UNION ALL SELECT consignment_id, movement.quantity FROM stock_movement AS movement
                JOIN place ON place.id = from_place_id AND kind = 'CONSIGNED') AS every
        GROUP BY id HAVING SUM(quantity) <> 0""",
    "a supplier's goods cost their price when they are ours, give or take a fen a time": """
        SELECT movement.id, value, movement.quantity, unit_price FROM stock_movement AS movement
        JOIN place ON place.id = from_place_id AND kind = 'CONSIGNED'
        JOIN consigned_stock AS one ON one.id = consignment_id
        WHERE to_place_id <> 1 AND ABS(value * 1000000 - movement.quantity * unit_price) > 100 * 1000000""",
    "of no line of a receipt goes more back than it brought, and it says how much": """
        SELECT line.id, quantity_returned, back.quantity FROM goods_receipt_line AS line JOIN (
            SELECT of_line_id AS id, SUM(CASE to_place_id WHEN 1 THEN quantity ELSE -quantity END) AS quantity
            FROM stock_movement WHERE 1 IN (from_place_id, to_place_id) GROUP BY of_line_id) AS back
            ON back.id = line.id
        WHERE quantity_returned <> back.quantity
            OR back.quantity > quantity_accepted + quantity_rejected + quantity_uninspected""",
    "what is to be replaced went back for that, and did not come again": """
        SELECT id, SUM(quantity) FROM (
            SELECT id, quantity_to_replace AS quantity FROM purchase_order_line
            UNION ALL SELECT came.purchase_order_line_id, -back.quantity FROM supplier_return_line AS back
                JOIN supplier_return AS document ON document.id = supplier_return_id AND status = 'POSTED'
                    AND resolution = 'REPLACE' JOIN goods_receipt_line AS came ON came.id = goods_receipt_line_id
            UNION ALL SELECT purchase_order_line_id, quantity_accepted + quantity_rejected + quantity_uninspected
                FROM goods_receipt_line WHERE is_replacement
            UNION ALL SELECT came.purchase_order_line_id, -back.quantity FROM goods_receipt_reversal_line AS back
                JOIN goods_receipt_line AS came ON came.id = goods_receipt_line_id AND is_replacement) AS every
        GROUP BY id HAVING SUM(quantity) <> 0""",
    "suppliers are owed for all that came and is paid for, and owe what went back for credit": """
        SELECT document_id, SUM(amount) FROM (
            SELECT document_id, amount FROM due WHERE document_id IN (SELECT id FROM goods_receipt
                UNION ALL SELECT id FROM goods_receipt_reversal UNION ALL SELECT id FROM supplier_return
                UNION ALL SELECT id FROM supplier_return_reversal)
            UNION ALL SELECT goods_receipt_id, gross FROM goods_receipt_line WHERE NOT is_replacement
            UNION ALL SELECT goods_receipt_reversal_id, -back.gross FROM goods_receipt_reversal_line AS back
                JOIN goods_receipt_line AS came ON came.id = goods_receipt_line_id AND NOT is_replacement
            UNION ALL SELECT supplier_return_id, -line.gross FROM supplier_return_line AS line
                JOIN supplier_return AS document ON document.id = supplier_return_id
                    AND status IN ('POSTED', 'REVERSED') AND resolution = 'CREDIT'
            UNION ALL SELECT back.id, line.gross FROM supplier_return_reversal_line AS line
                JOIN supplier_return_reversal AS back ON back.id = supplier_return_reversal_id
                JOIN supplier_return AS document ON document.id = back.supplier_return_id
                    AND resolution = 'CREDIT') AS every
        GROUP BY document_id HAVING SUM(amount) <> 0""",
    "nothing was posted into a period while it was closed": """
        SELECT movement.id, period.id FROM stock_movement AS movement JOIN period
            ON movement.business_date <= period.ends_on AND movement.posted_at > period.closed_at
            AND (period.reopened_at IS NULL OR movement.posted_at < period.reopened_at)
        UNION ALL SELECT revaluation.id, period.id FROM stock_revaluation AS revaluation JOIN period
            ON revaluation.business_date <= period.ends_on AND revaluation.posted_at > period.closed_at
            AND (period.reopened_at IS NULL OR revaluation.posted_at < period.reopened_at)""",
    "a piece is where its last movement brought it, and is one": """
        SELECT serial.id, serial.place_id FROM serial_number AS serial
        WHERE place_id <> (SELECT to_place_id FROM stock_movement WHERE id = (
            SELECT MAX(movement_id) FROM serial_movement WHERE serial_id = serial.id))
        UNION ALL SELECT level.id, level.quantity FROM place_level AS level JOIN place ON place.id = level.place_id
            JOIN sku ON sku.id = level.sku_id AND sku.tracking = 'SERIAL'
        WHERE place.warehouse_id IS NOT NULL AND quantity <> 10000 * (SELECT COUNT(*) FROM serial_number AS serial
            WHERE serial.sku_id = level.sku_id AND serial.place_id = level.place_id)""",
}


_EVERY = " UNION ALL ".join(
    f"SELECT {n}, COUNT(*) FROM ({statement}) AS found HAVING COUNT(*) > 0"
    for n, statement in enumerate(_BROKEN_WHERE.values())
)


async def broken() -> list[tuple[str, list[tuple[Any, ...]]]]:
    """What does not hold, and in which rows."""
    every = list(_BROKEN_WHERE.items())
    return [(every[n][0], await db.fetch(every[n][1])) for n, _ in await db.fetch(_EVERY)]


async def tables() -> tuple[str, ...]:
    """The names of all tables."""
    listed = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
        "postgres": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
    }
    return tuple(name for (name,) in await db.fetch(listed[db.dialect()]))
