"""Purchase requests (请购): what somebody needs, before anybody says from whom it is bought.

Words
    purchase request 请购单     what a warehouse needs by a day, and why: by hand, for stock that runs low, by a plan,
                               or for what a sales order waits for (缺货)
    needed on 需求日期          the day by which it is needed; a line may say another one
    suggested supplier 建议供应商   from whom a line might be bought; else who is preferred for it (首选)
    ordered 已下单              how much of a line is on purchase orders

Tables: `purchase_request`, `purchase_request_line`; `purchase_request_order`, how much of a line is on which order.

    DRAFT ──submit──▸ SUBMITTED ──approve──▸ APPROVED ──order──▸ PARTIALLY_ORDERED ──order──▸ ORDERED
    APPROVED ──order──▸ ORDERED
    SUBMITTED ──reject──▸ DRAFT
    SUBMITTED ──withdraw──▸ DRAFT
    APPROVED ──unapprove──▸ DRAFT
    DRAFT, SUBMITTED, APPROVED ──cancel──▸ CANCELLED
    PARTIALLY_ORDERED ──cancel──▸ CLOSED
    PARTIALLY_ORDERED ──close──▸ CLOSED
    ORDERED, CLOSED ──reopen──▸ PARTIALLY_ORDERED
    PARTIALLY_ORDERED, ORDERED, CLOSED ──reopen──▸ APPROVED

Ordering a request (`orderPurchaseRequest`), in parts if need be, drafts one purchase order for each supplier and day,
at the prices that he asks or that are told; they are submitted and approved as any others. What is handed over to an
order is counted on the line whatever becomes of that draft; an order that is cancelled, by hand or by an amendment,
gives it back in the same transaction. An order that is closed after part of it came does not: its buyer said that the
rest is not to come.

Always true, and compared by `queries.COMPARISONS`
    Of no line more is ordered and cancelled than was asked for, and what is ordered says `purchase_request_order`.
    Where a request stands follows from its lines.

Doors: `models`, `operations`, `ordering`, `rules`.
"""
