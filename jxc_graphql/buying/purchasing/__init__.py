"""Purchasing (采购): what we order from suppliers.

Words: purchase order 采购订单, outstanding 未到 = ordered − received − cancelled, free goods 赠品 = a line at price 0.

Tables: `purchase_order`, `purchase_order_line`. What arrives is told by `receiving`, which takes hold of an order with
`operations.order_to_receive` and counts on it with `operations.count_arrivals`.

    DRAFT ──submit──▸ SUBMITTED ──approve──▸ APPROVED ──receive──▸ PARTIALLY_RECEIVED ──receive──▸ RECEIVED
    APPROVED ──receive──▸ RECEIVED
    SUBMITTED ──reject──▸ DRAFT
    DRAFT, SUBMITTED, APPROVED ──cancel──▸ CANCELLED
    PARTIALLY_RECEIVED ──cancel──▸ CLOSED

Always true:
- received + cancelled never exceeds ordered; received counts accepted and rejected goods alike;
- `incoming` of a stock level is what the open lines of approved orders still bring.

Doors: `operations`, `queries`.
"""
