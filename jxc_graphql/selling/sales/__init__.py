"""Sales (销售): what customers order, and what is kept for them.

Words: sales order 销售订单, reserved 预留 = kept for a line, backorder 欠货 = outstanding and not reserved,
outstanding 未发 = ordered − shipped − cancelled.

Tables: `sales_order`, `sales_order_line`. What leaves is told by `shipping`, which takes hold of an order with
`operations.order_to_ship` and counts on it with `operations.count_departures`.

    DRAFT ──submit──▸ SUBMITTED ──approve──▸ APPROVED ──ship──▸ PARTIALLY_SHIPPED ──ship──▸ SHIPPED
    DRAFT ──approve──▸ APPROVED ──ship──▸ SHIPPED
    SUBMITTED ──reject──▸ DRAFT
    DRAFT, SUBMITTED, APPROVED ──cancel──▸ CANCELLED
    PARTIALLY_SHIPPED ──cancel──▸ CLOSED

Always true:
- shipped + cancelled never exceeds ordered;
- a line of a binding order claims what of it is outstanding; what is reserved of it says that claim (`books.goods`);
- approval reserves what is available and leaves the rest as a backorder; goods that come free go to whoever was
  approved first, and are taken back from whoever was approved last.

Doors: `operations`, `queries`.
"""
