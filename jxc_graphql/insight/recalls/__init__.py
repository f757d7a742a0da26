"""Recalls (召回): where the goods of a lot came from, and where they went.

Words
    trace 批次追溯           everything that is known of where a lot came from and where it is now
    component 组件           a lot, or goods without one, that was used up by a document which made the traced lot
    kit 套件                 a lot, or goods without one, that such a document made of the traced lot
    depth 层级               how many times goods were assembled or taken apart between a lot and the traced one

Tables
    none: everything is read from the ledger, the goods receipts and the shipments

What a document takes to the assembly place went into what the same document brings from there: that is how a trace
passes from lot to lot, upward to suppliers and downward to customers. It follows `MAX_DEPTH` assemblies and lists
`MAX_ROWS` of each kind, nearest first, and says when there is more. Goods that go round in a circle, put together and
taken apart again, are told once. Who brought back what he received, or whose shipment was reversed, need not be called.

A trace shows what happened in the caller's warehouses; suppliers are for those who may see purchasing, customers for
those who may see sales.
"""
