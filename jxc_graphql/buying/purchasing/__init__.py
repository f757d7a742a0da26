"""Purchasing (采购): what we order from suppliers.

Words: purchase order 采购订单, outstanding 未到 = ordered − received − cancelled, free goods 赠品 = a line at price 0.

Tables: `purchase_order`, `purchase_order_line`. What arrives is told by `receiving`, which takes hold of an order with
`operations.order_to_receive` and counts on it with `operations.count_arrivals`, and, where something that came goes
back and is to come again, with `operations.count_back`. What was given up before that stays given up; what is to come
for goods that went back is paid for already, and not given up. A binding order is changed by an amendment
(`purchase_amendments`), which takes hold of it with `operations.order_to_amend`.

    DRAFT ──submit──▸ SUBMITTED ──approve──▸ APPROVED ──receive──▸ PARTIALLY_RECEIVED ──receive──▸ RECEIVED
    APPROVED ──receive──▸ RECEIVED
    APPROVED, PARTIALLY_RECEIVED ──receive──▸ CLOSED
    APPROVED ──amend──▸ CANCELLED
    PARTIALLY_RECEIVED ──amend──▸ RECEIVED
    PARTIALLY_RECEIVED ──amend──▸ CLOSED
    SUBMITTED ──reject──▸ DRAFT
    SUBMITTED ──withdraw──▸ DRAFT
    APPROVED ──unapprove──▸ DRAFT
    DRAFT, SUBMITTED, APPROVED ──cancel──▸ CANCELLED
    PARTIALLY_RECEIVED ──cancel──▸ CLOSED
    PARTIALLY_RECEIVED ──close──▸ CLOSED
    RECEIVED, CLOSED ──reopen──▸ PARTIALLY_RECEIVED
    RECEIVED, PARTIALLY_RECEIVED, CLOSED ──reopen──▸ APPROVED

Always true:
- received + to be replaced + cancelled never exceeds ordered; received counts accepted and rejected goods alike;
- an order of which nothing is outstanding is received, or closed where part of it was cancelled;
- a line comes to what was typed, less its discount and its part of the order's, with tax by its code; the order is the
  sum of its lines (`office.documents.amounts`);
- `incoming` of a stock level is what the open lines of approved orders still bring.

Doors: `facts`, `models`, `operations`, `queries`.
"""
