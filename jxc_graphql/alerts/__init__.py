"""Alerts (预警): warn when stock runs low, say what to do about it, and calm down by themselves.

| word | 中文 | here |
|---|---|---|
| stock limit | 库存下限 | per SKU and warehouse: warn at `limit`, calm down above `clear_above`, order up to `target` |
| stock alert | 低库存预警 | at most one that is not resolved per SKU and warehouse |
| severity | 级别 | LOW 低库存: some is left; OUT 缺货: nothing is available |
| suggested quantity | 建议采购量 | target − available − incoming, in packs of the supplier to buy from |

```
                     available ≤ limit                acknowledge_stock_alert
    (nothing) ──────────────────────────▶ OPEN ──────────────────────────────▶ ACKNOWLEDGED
                                           └───────────▶ RESOLVED ◀─────────────────┘
                                                available > clear_above
```

An alert follows from the state of a stock level, never from the kind of document that changed it: after every fact that
names stock levels, `operations.review` compares these levels with their limits. Between `limit` and `clear_above`
nothing changes (滞后), so a level that moves around its limit does not raise alert after alert.

Facts: `LowStockAlertRaised`, `LowStockAlertWorsened` (LOW → OUT), `LowStockAlertResolved`: these, in the order of the
journal, are the stream of `lowStockAlerts`. Always true once reactions have settled, and compared by
`queries.differences`: an alert is open exactly where a level is low, with the level's numbers.
"""
