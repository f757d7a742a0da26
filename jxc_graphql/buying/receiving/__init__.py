"""Receiving (入库): what arrives of purchase orders, and where it goes.

Words
    goods receipt 采购入库     what arrived of a purchase order at one time
    accepted 合格             good: goes to the stock place of the warehouse, or to the bin that is named
    rejected 不合格           goes to the damaged place
    uninspected 待检          not looked at yet: goes to the quality place
    free goods 赠品           came for a line at price 0, so they are worth nothing and make the others cheaper
    reversal 入库冲销         takes a receipt back: its goods leave at what they cost by now, and are expected again
    replacement 换货          comes for goods that went back (`supplier_returns`), and nothing more is paid for it

Tables
    goods_receipt, goods_receipt_line, goods_receipt_reversal, goods_receipt_reversal_line

    POSTED ──reverse──▸ REVERSED

A receipt is posted at once. An order line may be named several times, with another lot or bin each time; what is of the
same order line, lot and bin becomes one line of the receipt; what of it replaces goods that went back is counted first
and is a line of its own. Its movements say the rest: lots, pieces, places.

A receipt is taken back once (`office.documents.reversing`): whole, wherever in its warehouse the goods lie by now, or
what is left of it. What was sold, is promised to others or lies in another warehouse is told line by line. What it had
of its order's amounts the next receipts have, so the parts add up whatever was taken back in between.

Invariants, compared by `queries.differences`
    What a line of an order received is what its receipts brought, whether accepted, rejected or uninspected, less what
    was taken back of them or went back to be replaced.
    What came of an order line costs the same part of the line's net as it is of the quantity, rounded to the fen over
    all its receipts: the net itself when all is there. Tax is no part of what goods are worth.
    Receipts have their parts of net, tax and gross of an order line in the same way.
    What a receipt line says was moved is what was moved for it.

Doors: `operations`, `queries`.
"""
