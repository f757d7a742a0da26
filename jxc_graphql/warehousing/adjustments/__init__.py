"""Adjustments (库存调整): goods that come or go without being bought, sold, moved or counted, with a reason.

Words: adjustment 库存调整单, gain 盘盈 (quantity above 0), loss 盘亏 (below 0), reason 原因, write-off 报废 (what is
lost is scrapped).

Tables: `adjustment`, `adjustment_line`.

    DRAFT ──post──▸ POSTED
    DRAFT ──post──▸ SUBMITTED ──approve──▸ POSTED
    SUBMITTED ──reject──▸ DRAFT
    SUBMITTED ──withdraw──▸ DRAFT
    DRAFT, SUBMITTED ──cancel──▸ CANCELLED

It is submitted when it is worth more than the threshold (免审额度).

The reason says in which direction goods may go, and where they come from or go to: count differences (`VARIANCE`),
scrap (`SCRAP`), or, of damaged goods that are kept, the damaged place of the warehouse. Losses leave at what they cost.
Gains come in at the unit cost that is given, else at the present cost, else at that of the last goods.

Always true:
- an adjustment is worth what its gains and losses are worth together, neither set off against the other, at the cost
  that was true under the locks when it was posted; nobody posts more than the threshold who may not approve it;
- a loss is stronger than a promise: it takes goods that are kept for orders too, and the last in turn give back;
- a posted line is what was moved for it, in quantity and value, and the total is the sum of the lines.
"""
