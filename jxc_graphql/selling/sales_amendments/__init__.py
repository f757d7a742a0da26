"""Sales amendments (销售订单变更): what is to be otherwise in a sales order that is binding.

Words: amendment 订单变更, to apply 生效 = the order says it from now on, the rest 余量 = what is outstanding of a line.

Tables: `sales_amendment`, `sales_amendment_line`: lines that are new, that change, or whose rest is given up.

    DRAFT ──submit──▸ SUBMITTED ──approve──▸ APPLIED
    SUBMITTED ──reject──▸ REJECTED
    SUBMITTED ──withdraw──▸ DRAFT
    DRAFT, SUBMITTED ──cancel──▸ CANCELLED

Always true:
- an order has one amendment at most that is neither applied nor given up, and binds as it is until then;
- no line is left with less than left of it, and one of which something left keeps its price, tax and discount: what
  else is wanted is a line of its own, and the rest of the first is given up;
- who wants less frees what was kept for it at once; who wants no more than is available keeps his turn, and who wants
  more than that stands behind all others, so that nothing is taken from them: what is wanted besides may be a line of
  its own;
- when it is applied all of that is checked again under the order's lock, and an order that says something else since
  is not amended (`StaleAmendment`);
- who must agree is asked anew, for the order as it would be (`office.approvals`): by what would be taken off, earned
  and below minimum prices (`sales.named.Bargain`), as it was when the amendment was drafted.
"""
