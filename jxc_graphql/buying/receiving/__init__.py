"""Receiving (入库): what arrives of purchase orders, and where it goes.

Words
    goods receipt 采购入库     what arrived of a purchase order at one time
    accepted 合格             good: goes to the stock place of the warehouse, or to the bin that is named
    rejected 不合格           goes to the damaged place
    uninspected 待检          not looked at yet: goes to the quality place
    free goods 赠品           came for a line at price 0, so they are worth nothing and make the others cheaper

Tables
    goods_receipt, goods_receipt_line

A receipt is posted at once. An order line may be named several times, with another lot or bin each time; what is of the
same order line, lot and bin becomes one line of the receipt. Its movements say the rest: lots, pieces, places.

Invariants, compared by `queries.differences`
    What a line of an order received is what its receipts brought, whether accepted, rejected or uninspected.
    What came of an order line costs the same part of the line's amount as it is of the quantity, rounded once over all
    its receipts: the amount itself, to the last step, when all is there.
    What a receipt line says was moved is what was moved for it.

Doors: `operations`.
"""
