"""Sales (销售): what customers order, and what is kept for them.

Words: sales order 销售订单, reserved 预留 = kept for a line, backorder 欠货 = outstanding and not reserved,
outstanding 未发 = ordered − shipped − cancelled, list price 标价 = what a price list gave.

Tables: `sales_order`, `sales_order_line`. What leaves is told by `shipping`, which takes hold of an order with
`operations.order_to_ship` and counts on it with `operations.count_departures`, and, where a shipment is taken back,
with `operations.count_back`. What was given up before that stays given up. A binding order is changed by an amendment
(`sales_amendments`), which takes hold of it with `operations.order_to_amend`.

    DRAFT ──submit──▸ SUBMITTED ──approve──▸ APPROVED ──ship──▸ PARTIALLY_SHIPPED ──ship──▸ SHIPPED
    DRAFT ──approve──▸ APPROVED ──ship──▸ SHIPPED
    APPROVED, PARTIALLY_SHIPPED ──ship──▸ CLOSED
    APPROVED ──amend──▸ CANCELLED
    PARTIALLY_SHIPPED ──amend──▸ SHIPPED
    PARTIALLY_SHIPPED ──amend──▸ CLOSED
    SUBMITTED ──reject──▸ DRAFT
    SUBMITTED ──withdraw──▸ DRAFT
    APPROVED ──unapprove──▸ DRAFT
    DRAFT, SUBMITTED, APPROVED ──cancel──▸ CANCELLED
    PARTIALLY_SHIPPED ──cancel──▸ CLOSED
    PARTIALLY_SHIPPED ──close──▸ CLOSED
    SHIPPED, CLOSED ──reopen──▸ PARTIALLY_SHIPPED
    SHIPPED, PARTIALLY_SHIPPED, CLOSED ──reopen──▸ APPROVED

Always true:
- shipped + cancelled never exceeds ordered;
- an order of which nothing is outstanding is shipped, or closed where part of it was cancelled;
- a line comes to what was typed, less its discount and its part of the order's, with tax by its code; the order is the
  sum of its lines (`office.documents.amounts`);
- a line that leaves its price out has the one that `pricing` gives, with what promotions take off in its discount; in a
  draft it follows the rules until a price is typed over it, and a copy asks them anew;
- a line of a binding order claims what of it is outstanding; what is reserved of it says that claim (`books.goods`);
- approval reserves what is available and leaves the rest as a backorder; goods that come free go to whoever was
  approved first, and are taken back from whoever was approved last.

Doors: `exchanges`, `exposure`, `models`, `named`, `operations`, `queries`,
`quoted`, `rules`.
"""
