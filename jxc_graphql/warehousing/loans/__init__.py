"""Loans (借出): goods of ours with a customer or supplier, who brings them back, buys, uses or loses them.

Words: loan 借出单, lent 借出 = with the partner, loan return 归还单, due 应还日期, overdue 逾期; purpose 借出用途:
    LOAN            to be brought back
    CONSIGNMENT     寄售: with a customer, the consignee, who sells them and buys what he sold
    PROCESSING      委外加工: with a supplier, the processor, who makes other goods of them; see `processing`
Whatever for, they are ours and worth what they cost, and move by the same operations.

Tables: `loan`, `loan_line`, `loan_return`, `loan_return_line`.

    DRAFT ──approve──▸ LENT ──return──▸ PARTIALLY_RETURNED ──return──▸ RETURNED
    LENT ──return──▸ RETURNED
    LENT ──sell──▸ PARTIALLY_RETURNED ──sell──▸ CLOSED
    LENT ──sell──▸ CLOSED
    PARTIALLY_RETURNED ──return──▸ CLOSED
    LENT ──receive──▸ PARTIALLY_RETURNED ──receive──▸ CLOSED
    LENT ──receive──▸ CLOSED
    LENT, PARTIALLY_RETURNED ──close──▸ CLOSED
    DRAFT ──cancel──▸ CANCELLED

Approving lends: the goods go from the stock places of the warehouse to its lent place, first expired, first out where
no lot is named. There they are ours and keep their cost and age, but are neither on hand nor to be promised. What comes
back comes with its lots and pieces, at the cost at which it left, to any place where goods lie. What a customer keeps
is sold by an approved order of his: it leaves with an ordinary shipment, which is made out of the order and the loan.
What a processor used comes back as what he made of it.
Closing says why the rest will not come: lost (count difference) or broken (scrap).

A loan is overdue while goods of it are with the partner after the day on which they were due; `alerts` tells of it, SKU
by SKU, from the first review of that day on until all are told of.

A loan is seen by who sees its warehouse and its partner; one to a supplier has to do with no customer, and the reverse.

Goods that we borrow (借入) are their owner's and lie apart from ours, as those on consignment do: see `consignments`.

Read `rules` first, then `operations` (up to the approval), then `endings` (from there on).

Doors: `models`, `operations`, `queries`, `rules`.

Always true:
- returned + sold + used + lost ≤ lent, and lent is 0 before the approval and all that was asked for after it;
- `lent` of a stock level is what the lines of its warehouse have lent and neither got back nor sold nor used nor lost.
"""
