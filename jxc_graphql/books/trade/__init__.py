"""Trade (购销): with whom goods are traded that come from suppliers and go to customers, and for how much.

Words
    trade 购销               what a document buys of a supplier or sells to a customer, or what of it goes back
    seller 业务员            the user whose sale it is
    revenue 销售净额         what goods were sold for, less what came back, without tax
    margin 毛利              revenue less what the goods cost

Tables
    supplier_day, supplier_month    what came of a supplier into a level, and what went back
    customer_day, customer_month    what a seller sold to a customer out of a level, and what came back

A document says with `books.trades` what its lines come to and with whom; the door of the books writes both spans with
its posting. Goods that are traded without anybody being known (散客) have rows without a partner; goods that move
without a trade have none. `net` is what partners pay or are paid, to the fen; `value` is what goods are worth in stock.

By how much goods cost more afterwards that are gone (`sold_revalued`) stands in the days of their level, not here: what
a receipt brought is mixed with what others did, so nobody knows which customer got it. Revenue of a level stands in its
days as well, so that reports by SKU, warehouse and category read those alone, whose margin has it.

Months are written with the days (`books.goods.days`), under business dates alone: closed periods keep them as they are,
and as of when the books knew what is asked of days of levels only. To fold them later would spare a posting little:
with all facts it takes 1.04 to 1.07 times as long as without (receipts and shipments of 1 and 10 lines, SQLite,
processor time), and a late document would be missing until somebody folds again.

A feature that trades tells whose its lines are, and what they come to, in the selects of `BOUGHT` or `SOLD` of its
`queries` (line_id, partner_id, seller_id of what is sold, net in the currency of the books; below zero for what goes
back), of which `rebuild` makes the rows anew from movements, and `verify` compares.

Doors: `entries`, `operations`, `rebuild`.
"""
