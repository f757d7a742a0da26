"""Periods (会计期间): what is closed stays as it is, and which day a document may count for.

| word | 中文 | here |
|---|---|---|
| period | 会计期间 | the days from the end of the period before it to its own last day |
| close | 结账 | nothing is posted any more under a day of the period |
| reopen | 反结账 | take the newest close back, with a reason; the row stays, closing again makes another one |
| late document | 补录单据 | posted now under a past day |

Tables: `period`, a row for each close.

                 close_period(through)                 reopen_period(note)
    (open days) ───────────────────────▸ CLOSED ─────────────────────────▸ REOPENED
                                           (the newest closed period only)

Always true:
- closed periods follow one another without a gap, and the first begins with the books;
- nothing is posted under a day of a closed period, whoever asks: each posting shares the lock on the periods until it
  has committed, closing takes it alone, and so waits for those under way and is seen by those that come after;
- only days that are over are closed, so whoever posts under today is never refused.

A late document leaves its day, and every day since, possible: the book of goods refuses what was not there then, and
says from which day on it was (`books.goods`).

A document counts for today. Another day is named in its input: a past one takes POST_LATE_DOCUMENTS, a future one is
refused. Opening balances are of a past day by nature, and take no permission beyond their own.

Whatever posts asks `queries.posting_date` first, before it locks anything else; `queries.check_open` is the guard at
the door of each book. Facts: `PeriodClosed` and `PeriodReopened`.

Doors: `facts`, `queries`.
"""
