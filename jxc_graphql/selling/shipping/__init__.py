"""Shipping (出库): what leaves for sales orders, and out of which lots and places.

Words
    shipment 销售出库        what left for a sales order at one time
    lot, place               only of this lot, only from this stock place or bin, where the client says so; otherwise
                             the ledger takes what expires first (FEFO 先到期先出) from the stock place and its bins

Tables
    shipment, shipment_line

A shipment is posted at once, and takes what is reserved for the order. An order line may be named
several times, with another lot or place each time; what is of the same order line, lot and place becomes one line of
the shipment. A line may take goods of several lots; its movements say which. Goods that the
customer has already leave from where they are instead (`send_out`).

Invariants, compared by `queries.differences`
    What was shipped of an order's line is what its shipments took.
    What a shipment line says left, and what it cost, is what was moved for it.

Doors: `operations`.
"""
