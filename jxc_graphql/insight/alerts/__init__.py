"""Alerts (预警): say what is wrong with the stock, what to do about it, and calm down by themselves.

| word | 中文 | here |
|---|---|---|
| stock alert | 库存预警 | at most one not resolved per SKU, warehouse, kind, and lot, loan or borrowing it is about |
| LOW | 低库存 | no more than the limit is available; suggests what to order so that it ends, whoever waits |
| OVER | 超储 | more than the upper limit is available |
| EXPIRING | 临期 | a lot that is there expires soon (EXPIRING), or its last good day is over (EXPIRED) |
| DEAD_STOCK | 呆滞 | goods are there, have been for long, and none were sold |
| OVERDUE | 逾期未还 | goods lent are with the partner, or borrowed ones with us, after the day on which they were due |
| severity | 级别 | how bad it is within a kind |
| snooze | 稍后提醒 | the alert keeps quiet until a day, or until it gets worse |

```
                 something is wrong               acknowledge_stock_alert
    (nothing) ──────────────────────▶ OPEN ──────────────────────────────▶ ACKNOWLEDGED
                                      ▲  │ snooze_stock_alert                  │   │
              the day came, or worse  │  ▼                                     │   │ it is right again
                                     SNOOZED ◀─────────────────────────────────┘   ▼
                                         └─────────────────────────────────▶  RESOLVED
```

An alert follows from the state of a stock level and from the day, never from the kind of document that changed the
level. After facts that name stock levels or lots, `operations.review_all` compares these levels, and those that hold
the lots, with their limits, lots, sales and loans: as they are by then, each once for all facts of a batch. What was
wrong only in between is not told. When the day changes, all of these change without any fact: `daily.review_day` then
reviews all levels, a thousand per transaction, in one process at a time: by the job that `chores` declares.

Between `limit` and `clear_above` nothing changes (滞后), so a level that moves around its limit does not raise alert
after alert. How long before its expiry a lot is told of is in the limit that holds, else in the settings of the
company; when these change, `daily` reviews all levels anew.

Goods are dead when nothing was sold for so many days, some have been there without a break for as long, and the oldest
of them have been with the company for as long: goods that just arrived are not, nor are those that assembly uses up.

Facts: `StockAlertRaised`, `StockAlertWorsened` (LOW → OUT, a lot expired), `StockAlertResolved`,
`StockAlertAcknowledged`, `StockAlertSnoozed` and `StockAlertReopened`: these, in the order of the journal, are the
stream of `stockAlertsChanged`; those of the kind LOW are the stream of `lowStockAlerts`.

Always true once reactions have settled, and compared by `queries.differences`: an alert is there exactly where
something is wrong, with the level's numbers.

Doors: `chores`, `operations`, `queries`.
"""
