"""What runs low and is not asked for yet."""
# ruff: noqa: S608  (statements are made of our own names)

from collections.abc import Sequence

from jxc_graphql.buying.requests.rules import NeededGoods
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.auth.permissions import Dimension

_ASKED = """
    SELECT line.sku_id, line.quantity - line.quantity_ordered - line.quantity_cancelled AS quantity
    FROM purchase_request AS document JOIN purchase_request_line AS line ON line.purchase_request_id = document.id
    WHERE document.warehouse_id = ? AND document.status IN ('DRAFT', 'SUBMITTED', 'APPROVED', 'PARTIALLY_ORDERED')
    UNION ALL SELECT line.sku_id, line.quantity
    FROM purchase_order AS document JOIN purchase_order_line AS line ON line.purchase_order_id = document.id
    WHERE document.warehouse_id = ? AND document.status IN ('DRAFT', 'SUBMITTED')"""
"""What alerts do not count: of what is only asked for, nothing is on its way."""
_LOW = "alert.kind = 'LOW' AND alert.status IN ('OPEN', 'ACKNOWLEDGED') AND alert.suggested_quantity > 0"


async def warehouses_of(call: Call) -> dict[str, int]:
    """The warehouses in use where a caller works, by code."""
    rows = await db.fetch("SELECT code, id FROM warehouse WHERE is_active")
    return {code: warehouse_id for code, warehouse_id in rows if call.sees(Dimension.WAREHOUSE, warehouse_id)}


async def needed_goods(warehouse_id: int, most: int) -> Sequence[NeededGoods]:
    """What a warehouse needs beyond what is asked for, by SKU code; from whom the alert says, if he may still sell."""
    rows = await db.fetch(
        f"""
        WITH asked AS (SELECT sku_id, SUM(quantity) AS quantity FROM ({_ASKED}) AS every_one GROUP BY sku_id)
        SELECT sku.id, CAST(alert.suggested_quantity - coalesce(asked.quantity, 0) AS BIGINT), supplier.id
        FROM stock_alert AS alert JOIN sku ON sku.id = alert.sku_id AND sku.is_active
        LEFT JOIN supplier ON supplier.id = alert.supplier_id AND supplier.is_active
        LEFT JOIN asked ON asked.sku_id = alert.sku_id
        WHERE alert.warehouse_id = ? AND {_LOW} AND alert.suggested_quantity > coalesce(asked.quantity, 0)
        ORDER BY sku.code LIMIT {most:d}""",
        (warehouse_id,) * 3,
    )
    return [
        NeededGoods(sku_id=sku_id, quantity=Quantity(quantity), supplier_id=supplier_id)
        for sku_id, quantity, supplier_id in rows
    ]
