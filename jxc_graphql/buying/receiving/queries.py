"""What came of an order so far, and whether what receiving keeps agrees with the orders and the book of goods."""
# ruff: noqa: S608  (statements are made of our own names)

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.documents.comparisons import Comparison, Grain, of_lines, total_of_lines

_ORDER_LINE = of_lines("purchase_order")
_LINE = of_lines("goods_receipt")
_LINE_AND_LOT = Grain("id, lot_id", _LINE.name, _LINE.joins)
_MOVED = (
    "FROM stock_movement AS movement JOIN goods_receipt_line AS line ON line.id = movement.line_id "
    "JOIN goods_receipt ON goods_receipt.id = movement.document_id "
    "JOIN warehouse ON warehouse.id = goods_receipt.warehouse_id"
)


def _moved(column: str, where: str, place: str) -> Comparison:
    return Comparison(
        f"goods_receipt_line.{column} was moved to {place}", Quantity, _LINE,
        f"SELECT line.id, movement.quantity {_MOVED} WHERE movement.to_place_id = {where}",
        f"SELECT id, {column} FROM goods_receipt_line",
    )  # fmt: skip


async def paid(purchase_order_id: int) -> dict[int, Money]:
    """What the goods cost that came of each line of an order, of which something came; the order is locked."""
    rows = await db.fetch(
        "SELECT line.id, CAST(SUM(came.value) AS BIGINT) FROM purchase_order_line AS line "
        "JOIN goods_receipt_line AS came ON came.purchase_order_line_id = line.id "
        "WHERE line.purchase_order_id = ? GROUP BY line.id",
        (purchase_order_id,),
    )
    return {line_id: Money(value) for line_id, value in rows}


COMPARISONS = (
    Comparison(
        "purchase_order_line.quantity_received is what its receipts brought", Quantity, _ORDER_LINE,
        "SELECT purchase_order_line_id, quantity_accepted + quantity_rejected + quantity_uninspected "
        "FROM goods_receipt_line",
        "SELECT id, quantity_received FROM purchase_order_line",
    ),
    Comparison(
        "purchase_order_line.quantity_rejected is what its receipts rejected", Quantity, _ORDER_LINE,
        "SELECT purchase_order_line_id, quantity_rejected FROM goods_receipt_line",
        "SELECT id, quantity_rejected FROM purchase_order_line",
    ),
    Comparison(
        "purchase_order_line.amount is the value of its receipts when all is received", Money, _ORDER_LINE,
        "SELECT line.id, value FROM purchase_order_line AS line JOIN goods_receipt_line AS receipt_line "
        "ON receipt_line.purchase_order_line_id = line.id WHERE quantity_received = quantity",
        "SELECT id, amount FROM purchase_order_line WHERE quantity_received = quantity",
    ),
    total_of_lines("goods_receipt"),
    _moved("quantity_accepted", "line.place_id", "its stock place"),
    _moved("quantity_rejected", "damaged_place_id", "the damaged place"),
    _moved("quantity_uninspected", "quality_place_id", "the quality place"),
    Comparison(
        "goods_receipt_line.lot is that of what was moved for it", Quantity, _LINE_AND_LOT,
        f"SELECT DISTINCT line.id, movement.lot_id, 10000 {_MOVED}", "SELECT id, lot_id, 10000 FROM goods_receipt_line",
    ),
    Comparison(
        "goods_receipt_line.value is what was moved for it", Money, _LINE,
        f"SELECT line.id, movement.value {_MOVED}", "SELECT id, value FROM goods_receipt_line",
    ),
)  # fmt: skip
