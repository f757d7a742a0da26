"""Stock (库存), the book of goods: what is where, what it cost, and for whom it is kept.

Words
    movement 库存流水        goods went from a place to a place
    level 库存               what a warehouse has of a SKU: on hand 在库, sellable 可售 (at the stock place),
                             unfit 不可售 (of a lot that is blocked or expired), reserved 预留, waiting 欠货,
                             available 可用 = sellable − unfit − reserved, incoming 在途采购, value, unit cost
    claim 要货               so much of a level an owner asks for, such as a line of a sales order: reserved 预留 is
                             what is kept of it, the rest waits 欠货
    day of the books 账日    the company's day for which levels know what may be sold
    day, month 日报 月报     by how much a level changed under a business date, by the way in which goods came or went
    revenue 销售收入         what goods were sold for that left a level, less what came back, without tax
    lost demand 流失需求     what customers asked for in orders that were approved, and nobody will ship any more, on
                             the day on which they asked
    stock-out 缺货           a level had nothing at its stock places, from one moment to another
    revaluation 成本调整     what goods cost changed after the fact: of those that are left, and of those that are gone

Whose goods lie where
    Ours may be elsewhere: in transit (调拨), or with partners (借出、寄售、委外). They are neither on hand nor
    promised, and keep their cost in the name of the line that sent them there (`AWAY`).
    A supplier's may be here, on consignment (代销): without value, in the name of the line that brought them
    (`THEIRS`). Sold, used, lost or taken over they become ours in the movement itself, at their price: days tell that
    they came from the supplier, and went. What goes to customers and into kits is taken of both, ours or theirs first
    as the company says. Nothing of theirs is reserved, and where theirs will do, no more of ours goes than is kept for
    nobody.

Tables
    stock_movement           the book itself, append-only
    place_level, stock_level what its movements add up to
    consigned_stock          what is left of what each line of a supplier brought that stays his
    cost_layer               what each line brought and is still there, under FIFO with its value
    stock_revaluation        by how much the value of goods changed without any moving, append-only
    serial_number, serial_movement, stock_day, stock_month, stock_out, claim, book_day

All of these are written through `ledger` only. A document builds `Move`s, `Change`s or `Charge`s and hands them to
`books.door` in its own transaction; who promises goods calls `ledger` itself. Stock has no document of its own. Places
are those of `warehouses`.

Invariants, compared by `queries.differences`
    Every movement goes from a place to a place, so the levels of a SKU over all places sum to zero.
    A level is the sum of its movements; only virtual places go below zero.
    The value of a level is what came in minus what went out, and what it was revalued by. Goods leave at
    round(value × quantity / on hand), so the last unit takes all that is left, and no goods means no value. What goes
    back to its supplier leaves out of the layer of its receipt, at what that costs, if the level is worth so much.
    Goods that go from a supplier to a customer (直运) touch no level; its days tell that they came and went.
    Reserved is the sum of what is kept for claims, and never more than there is to sell: available is not negative.
    Nobody waits while something is available, or is kept for one behind him. Claims are served in one order
    (`claims.TURN`), which a new one joins at its end, in the transaction of whatever brings, frees or
    takes goods, and give back from its end when there is less than was kept: a count, a loss, a block or midnight is a
    fact, and stronger than a promise.
    Movements count in posting order. `business_date` only says to which day a document belongs: a late one posts now.
    What a late document takes was there on its day and is missed on none since: of the level, the place, the lot, the
    piece. It is worth what it cost on its day; the rest of what leaves today's level is a revaluation of the same
    document. So no day of the past is below zero, or has a value without goods.
    Days tell by what a level changed: what came less what went, and what was revalued, is by how much it did. Months
    are their sums by business month, written with them: a posting adds one statement to those that go together anyway.
    A stock-out begins when the last goods left the stock places and ends when goods come, by the moments of posting.
    Days and closing balances tell what is on hand, in transit to the level and lent from it: over all levels, what the
    company has.

Facts that name `stock_level_ids` are what `stockLevelsChanged` tells (`stream`), one event for each.

Doors: `closing`, `days`, `delivered`, `facts`, `fitness`, `gathering`, `impossible`, `ledger`, `models`, `named`,
`promises`, `queries`, `rebuild`, `replay`, `serials`, `valuation`.
"""
