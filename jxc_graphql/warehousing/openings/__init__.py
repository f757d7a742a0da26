"""Openings (期初): what a warehouse had before the books.

Words: opening balance 期初库存, the stock of a warehouse on the day the books start; a warehouse can have several.

Tables: `opening_balance`, `opening_balance_line`.

An opening balance is posted at once, under its day, which must lie in an open period: goods come from the place
`OPENING` to a shelf of the warehouse, its stock place unless a line names another, at a unit cost per line. A line says
the lot or the serial numbers where its SKU is tracked, and may say since when the company has had the goods
(`origin_on`), by which they age.

Always true: the total of an opening balance is the sum of its lines, and each line is what was moved for it.

Doors: `operations`.
"""
