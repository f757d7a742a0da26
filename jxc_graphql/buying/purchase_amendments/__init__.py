"""Purchase amendments (采购订单变更): what is to be otherwise in a purchase order that is binding.

Words: amendment 订单变更, to apply 生效 = the order says it from now on, the rest 余量 = what is outstanding of a line.

Tables: `purchase_amendment`, `purchase_amendment_line`: lines that are new, that change, or whose rest is given up.

    DRAFT ──submit──▸ SUBMITTED ──approve──▸ APPLIED
    SUBMITTED ──reject──▸ REJECTED
    SUBMITTED ──withdraw──▸ DRAFT
    DRAFT, SUBMITTED ──cancel──▸ CANCELLED

Always true:
- an order has one amendment at most that is neither applied nor given up, and binds as it is until then;
- no line is left with less than came of it, and one of which something came keeps its price, tax and discount: what
  else is wanted is a line of its own, and the rest of the first is given up;
- when it is applied all of that is checked again under the order's lock, and an order that says something else since
  is not amended (`StaleAmendment`);
- who must agree is asked anew, for the order as it would be (`office.approvals`).

Doors: `facts`.
"""
