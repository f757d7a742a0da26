"""Landed costs (采购费用): what it takes to have goods here besides their price, such as freight and duty.

Words
    landed cost 采购费用单      what a forwarder, or the customs, are owed for the goods of receipts (运费, 关税)
    share 分摊                  what falls to a line of a receipt: by value, quantity, weight or volume, to the fen
    reversal 冲销               it is taken back by a document of its own; a corrected one is landed anew

Tables: `landed_cost`, `landed_cost_line`, `landed_cost_reversal`, `landed_cost_reversal_line`.

    POSTED ──reverse──▸ REVERSED

Whoever is owed is a supplier like any other (`dues`, for a service); tax is told as it is printed, and costs nothing
that goods would bear. Each share is charged on the goods that its line brought, from today on, wherever they are by
now: what is left of them costs more, and what is gone raises the cost of what was sold. What went back to the supplier
bears nothing of it, neither does a line all of which did.

Always true, and compared by `queries.COMPARISONS`
    Shares add up to the cost without tax in the books' currency, to the fen, by the largest remainder.
    What lines say that the goods bear is what was revalued for them in the book of goods.
    What is paid for it is owed.
"""
