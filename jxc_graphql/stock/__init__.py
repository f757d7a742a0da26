"""Stock (库存), the book of goods: what is where, what it cost, and for whom it is kept.

Words: warehouse 仓库, place 位置 (stock 可用库存, quality 待检, damaged 次品, and the virtual ones: with suppliers, with
customers, in transit, …), movement 库存流水, level 库存 = what a warehouse has of a SKU, on hand 在库, sellable 可售 = at the
stock place, reserved 预留, available 可用 = sellable − reserved, incoming 在途采购, opening balance 期初库存.

Tables: `stock_movement` is the book, append-only. `place_level` and `stock_level` are its projections, `reservation`
holds goods for an owner. `warehouse`, `place`; `opening_balance`, `opening_balance_line`.

`ledger` is the only door through which the four tables of goods are written. A neighbour builds `Move`s, calls `post` in
its own transaction, and never touches a level.

Always true, and compared by `queries.differences`:
- every movement goes from a place to a place, so the levels of a SKU over all places sum to zero;
- a level is the sum of its movements; on hand sums up the places of the warehouse; only virtual places go below zero;
- the value of a level is what came in minus what went out; goods leave at round(value × quantity / on hand), so the last
  unit takes all that is left and no goods means no value;
- reserved is the sum of the reservations, available is sellable − reserved, and neither is ever negative;
- movements count in posting order; `business_date` only says which day a document belongs to. A late document posts now.
"""
