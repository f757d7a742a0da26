"""Whether what purchasing keeps agrees with its receipts and with the book of goods."""
# ruff: noqa: S608  (statements are made of our own names)

from jxc_graphql.documents.queries import Comparison, Difference, Grain, compare
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.stock.queries import LEVEL

_ORDER = Grain("id", "purchase_order.number", "JOIN purchase_order ON purchase_order.id = found.id")
_LINE = Grain(
    "id",
    "purchase_order.number || ' line ' || line.line_no",
    "JOIN purchase_order_line AS line ON line.id = found.id "
    "JOIN purchase_order ON purchase_order.id = line.purchase_order_id",
)
_RECEIPT = Grain("id", "goods_receipt.number", "JOIN goods_receipt ON goods_receipt.id = found.id")
_RECEIPT_LINE = Grain(
    "id",
    "goods_receipt.number || ' line ' || line.line_no",
    "JOIN goods_receipt_line AS line ON line.id = found.id "
    "JOIN goods_receipt ON goods_receipt.id = line.goods_receipt_id",
)
_MOVED = (
    "FROM stock_movement AS movement JOIN goods_receipt ON goods_receipt.id = movement.document_id "
    "JOIN warehouse ON warehouse.id = goods_receipt.warehouse_id"
)
_PROGRESS = """
    SELECT purchase_order_id AS id, SUM(quantity) AS ordered, SUM(quantity_received) AS received,
        SUM(quantity_cancelled) AS cancelled
    FROM purchase_order_line GROUP BY purchase_order_id"""
_FITTING_STATUS = """CASE
    WHEN cancelled > 0 AND received > 0 THEN status = 'CLOSED'
    WHEN cancelled > 0 THEN status = 'CANCELLED'
    WHEN received = ordered THEN status = 'RECEIVED'
    WHEN received > 0 THEN status = 'PARTIALLY_RECEIVED'
    ELSE status IN ('DRAFT', 'SUBMITTED', 'APPROVED') END"""

COMPARISONS = (
    Comparison(
        "purchase_order.total is the sum of its lines", Money, _ORDER,
        "SELECT purchase_order_id, amount FROM purchase_order_line", "SELECT id, total FROM purchase_order",
    ),
    Comparison(
        "purchase_order.status agrees with its lines", Quantity, _ORDER,
        "SELECT id, 0 FROM purchase_order",
        f"SELECT purchase_order.id, CASE WHEN {_FITTING_STATUS} THEN 0 ELSE 1 END "
        f"FROM purchase_order JOIN ({_PROGRESS}) AS progress ON progress.id = purchase_order.id",
    ),
    Comparison(
        "purchase_order_line.quantity_received is what its receipts brought", Quantity, _LINE,
        "SELECT purchase_order_line_id, quantity_accepted + quantity_rejected FROM goods_receipt_line",
        "SELECT id, quantity_received FROM purchase_order_line",
    ),
    Comparison(
        "purchase_order_line.quantity_rejected is what its receipts rejected", Quantity, _LINE,
        "SELECT purchase_order_line_id, quantity_rejected FROM goods_receipt_line",
        "SELECT id, quantity_rejected FROM purchase_order_line",
    ),
    Comparison(
        "purchase_order_line.quantity is not less than received and cancelled", Quantity, _LINE,
        "SELECT id, 0 FROM purchase_order_line",
        "SELECT id, quantity_received + quantity_cancelled - quantity FROM purchase_order_line "
        "WHERE quantity_received + quantity_cancelled > quantity",
    ),
    Comparison(
        "purchase_order_line.amount is the value of its receipts when all is received", Money, _LINE,
        "SELECT line.id, value FROM purchase_order_line AS line JOIN goods_receipt_line AS receipt_line "
        "ON receipt_line.purchase_order_line_id = line.id WHERE quantity_received = quantity",
        "SELECT id, amount FROM purchase_order_line WHERE quantity_received = quantity",
    ),
    Comparison(
        "goods_receipt.total is the sum of its lines", Money, _RECEIPT,
        "SELECT goods_receipt_id, value FROM goods_receipt_line", "SELECT id, total FROM goods_receipt",
    ),
    Comparison(
        "goods_receipt_line.quantity_accepted was moved to stock", Quantity, _RECEIPT_LINE,
        f"SELECT line_id, movement.quantity {_MOVED} WHERE to_place_id = stock_place_id",
        "SELECT id, quantity_accepted FROM goods_receipt_line",
    ),
    Comparison(
        "goods_receipt_line.quantity_rejected was moved to the damaged place", Quantity, _RECEIPT_LINE,
        f"SELECT line_id, movement.quantity {_MOVED} WHERE to_place_id = damaged_place_id",
        "SELECT id, quantity_rejected FROM goods_receipt_line",
    ),
    Comparison(
        "goods_receipt_line.value is what was moved for it", Money, _RECEIPT_LINE,
        f"SELECT line_id, movement.value {_MOVED}", "SELECT id, value FROM goods_receipt_line",
    ),
    Comparison(
        "stock_level.incoming is what approved orders still bring", Quantity, LEVEL,
        "SELECT sku_id, warehouse_id, quantity - quantity_received - quantity_cancelled "
        "FROM purchase_order_line AS line JOIN purchase_order ON purchase_order.id = line.purchase_order_id "
        "WHERE status IN ('APPROVED', 'PARTIALLY_RECEIVED')",
        "SELECT sku_id, warehouse_id, incoming FROM stock_level",
        repairs="stock_level.incoming",
    ),
)  # fmt: skip


async def differences() -> list[Difference]:
    """Compares orders with their receipts, receipts with the book of goods, and `incoming` with the orders."""
    return await compare(COMPARISONS)
