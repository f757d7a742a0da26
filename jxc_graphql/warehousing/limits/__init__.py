"""Stock limits (库存上下限): how much of a SKU a warehouse should have, always or in a season.

| word | 中文 | here |
|---|---|---|
| stock limit | 库存下限 | per SKU and warehouse: low at `limit`, well above `clear_above`, ordered up to `target` |
| upper limit | 库存上限 | more than `upper` is too much; where there is none, nothing is |
| base limit | 基准 | a limit without dates: it holds whenever no season does |
| season | 季节 | a limit with a first day, a last day or both, inclusive: on its days it stands in for the base limit |

A SKU in a warehouse has at most one base limit and seasons that share no day, so on every day one limit holds, or none:
`queries.in_force_on` is the one place that says which. A limit is known by its SKU, its warehouse and its first day:
set again, it changes, its last day included.

What a limit warns of, ordering up to its target ends: `limit` ≤ `clear_above` < `target` ≤ `upper`, whether it was set,
copied or multiplied (what rounding makes one is kept a step apart), and the table takes no other.

Many limits change at once: set one by one, removed, copied from a warehouse to another, multiplied by a ratio. Changes
wait for each other, so no two of them make seasons that overlap.

Facts: `StockLimitsSet`, `StockLimitsRemoved`, `StockLimitsCopied`, `StockLimitsScaled`. Each names the stock
levels that it is about, which exist from then on: what was never stocked is out of stock as well. Their alerts are
raised and resolved in the same transaction.

Doors: `facts`, `operations`, `queries`.
"""
