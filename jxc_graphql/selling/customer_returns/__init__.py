"""Customer returns (销售退货, 售后): goods that customers bring back, what is given for them, and where they end up.

Words
    return 销售退货          what a customer brings back of lines of shipments to him, and why
    resolution 处理方式      what he gets for it: his money (退货退款), other goods (换货), or his money while the goods
                             stay with him (仅退款)
    inspection 验收          what came of it, and where it goes: stock, quality, damaged, or scrap
    credit 退款              what he had paid for it and is owed again: a due below zero
    difference 差价          what goes out in exchange costs more than what comes back comes to

Tables
    customer_return, customer_return_line

    DRAFT ──submit──▸ SUBMITTED ──approve──▸ APPROVED ──receive──▸ RECEIVED
    DRAFT ──approve──▸ APPROVED ──receive──▸ CLOSED
    SUBMITTED ──reject──▸ DRAFT
    SUBMITTED ──withdraw──▸ DRAFT
    DRAFT, SUBMITTED, APPROVED ──cancel──▸ CANCELLED

It is closed where less came than was agreed: what comes later is another return. Approving one with lines to be
exchanged makes an approved sales order out of it, at prices with tax, for which goods are reserved at once; until that
is given up the return cannot be. Receiving puts into the books what came, with its inspection, once for all its lines.
Whether the credit was set off, or paid out, its due says.

The lines of a return are of shipments to one customer, in one currency at one rate, by one seller; they may come back
to another warehouse than they left from. Goods come with their lots and as the pieces that left.

What is refunded without coming back is written off where it is: it counts as returned and as scrapped, and its cost
stays with what was sold. So the books know of everything that customers have whether they paid for it.

Always true, and compared by `queries.differences`
    No more comes back of a line of a shipment, by returns and by a reversal, than left with it, also of those that are
    decided at the same time: the shipment is locked.
    Goods come back at what they had cost when they left, and for what they were sold for after all discounts; both add
    up to the line, to the fen, when all of it is back.
    What a line says came back, and what it cost, is what was moved for it; what is owed for it is what it comes to.

Read `rules` first, then `inspection`, then `operations`.
"""
