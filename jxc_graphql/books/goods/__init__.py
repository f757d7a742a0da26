"""Stock (库存), the book of goods: what is where, what it cost, and for whom it is kept.

Words
    movement 库存流水        goods went from a place to a place
    level 库存               what a warehouse has of a SKU: on hand 在库, sellable 可售 (at the stock place),
                             reserved 预留, available 可用 = sellable − reserved, incoming 在途采购, value, unit cost
    reservation 预留         so much of a level is kept for an owner, such as a sales order line
    revaluation 成本调整     what goods cost changed after the fact: of those that are left, and of those that are gone

Tables
    stock_movement           the book itself, append-only
    place_level, stock_level what its movements add up to
    cost_layer               what each line brought and is still there, under FIFO with its value
    stock_revaluation        by how much the value of goods changed without any moving, append-only
    serial_number, serial_movement, stock_day, reservation

All of these are written through `ledger` only. A document builds `Move`s, `Change`s or `Charge`s and hands them to
`books.door` in its own transaction; who promises goods calls `ledger` itself. Stock has no document of its own. Places
are those of `warehouses`.

Invariants, compared by `queries.differences`
    Every movement goes from a place to a place, so the levels of a SKU over all places sum to zero.
    A level is the sum of its movements; only virtual places go below zero.
    The value of a level is what came in minus what went out, and what it was revalued by. Goods leave at
    round(value × quantity / on hand), so the last unit takes all that is left, and no goods means no value.
    Reserved is the sum of the reservations; neither reserved nor available is ever negative.
    Movements count in posting order. `business_date` only says to which day a document belongs: a late one posts now.

Doors: `closing`, `facts`, `ledger`, `queries`, `rebuild`, `replay`, `serials`, `valuation`.
"""
