"""Dues (往来款项), the book of what is owed: by whom and to whom, for which document, and when it has to be paid.

Words
    due 往来款项             what is owed for one document: above zero by the partner, below zero to him
    receivable 应收          the account of a customer; what he paid ahead stands in it below zero
    payable 应付             the account of a supplier; what we paid him ahead stands in it above zero
    open 未核销              what of a due was not set off yet
    counterparty 往来单位    the customer or supplier whose account it stands in
    allocation 核销          so much of what a partner owes is set off against what he is owed, on a day
    due day 到期日           by the payment terms of the order, from the business date on
    disputed 有争议          nothing is set off against it for now
    setting off 对冲         the same between a customer and a supplier who are one company: by their tax number

Tables
    due                      the book itself: never deleted, and never changed but in what is open, and disputed
    allocation               append-only; what takes one back names it, and stands there below zero

What goods bring is owed from the posting that moved them on, gross, at what the document comes to: a receipt to its
supplier, a shipment by its customer, and what goes back the other way (`Posting.bought`, `Posting.sold`). Invoices come
with money, and raise dues of kinds of their own; where a company makes debt from invoices, goods documents will raise
none. What came and was not invoiced is a sum of `net` over dues for goods, without tax, since the estimate (暂估) has
none: nothing else is kept of it. A payment will raise a due the other way and call `ledger.allocate` with its own
document; what is left of it was paid ahead. Until then what was paid is entered by hand, as openings and fees are.

`amount` is in the currency of the document, `base_amount` in that of the company, and each allocation says what it is
worth at either due's rate: the difference of the two is what exchange rates brought.

Always true, and compared by `jxc verify`
    What is open of a due is its amount less what was set off, in either currency; no allocation takes it over zero.
    An allocation is taken back at most once, in whole, and by none that takes one back itself.
    The two dues of an allocation are of one currency, one is owed and the other is paid; they are of one partner, or of
    one company. Neither came later than the allocation, so on any day of the past what was open then is what is open
    now and was set off since.
    A receipt and a shipment are owed at what they come to, and what takes them back the other way.

Locks: dues by ascending id, behind everything else but the number of a document (`books.door`).

Doors: `facts`, `ledger`, `models`, `queries`, `rebuild`, `rules`.
"""
