"""Shipping (出库): what leaves for sales orders, and out of which lots and places.

Words
    shipment 销售出库        what left for a sales order at one time
    lot, place               only of this lot, only from this stock place or bin, where the client says so; otherwise
                             the ledger takes what expires first (FEFO 先到期先出) from the stock place and its bins
    reversal 出库冲销        takes a shipment back: its goods come back at the cost at which they left

Tables
    shipment, shipment_line, shipment_reversal, shipment_reversal_line

    POSTED ──reverse──▸ REVERSED

A shipment is posted at once, and takes what is reserved for the order. An order line may be named
several times, with another lot or place each time; what is of the same order line, lot and place becomes one line of
the shipment. A line may take goods of several lots; its movements say which. Goods that the
customer has already leave from where they are instead (`send_out`).

A shipment is taken back once (`office.documents.reversing`), whole or what the customer still has of it: with its lots
and pieces, to where they left from if goods still lie there. Of goods out of a loan that is the stock place, and the
loan stays as it is. Its order asks for them again in the turn that it had. The layers out of which they left are not
known any more, so they are as old as the shipment.

Invariants, compared by `queries.differences`
    What was shipped of an order's line is what its shipments took, less what was taken back of them.
    Its shipments have their parts of net, tax and gross of an order line, which add up when all has left.
    What a shipment line says left, and what it cost, is what was moved for it.

Doors: `models`, `operations`, `queries`, `sold`.
"""
