"""Documents (单据): what every order, receipt, shipment and opening balance shares.

| word | 中文 | here |
|---|---|---|
| document | 单据 | has a number, a status, a version, a business date, an author; never deleted |
| number | 单号 | `PO-2026-00001`: series, year of the business date, count; unique, gaps may occur |
| status | 状态 | moved only by actions that the kind's state table allows |
| version | 版本 | rises with every change; a change made for another version is refused |
| business date | 业务日期 | the day the document counts for; the day of posting is in the journal |
| timeline | 时间线 | the document's facts from the journal |

An operation is declared with `@posting(permission)`: permission, one transaction, the retry key, the fact. It returns
its fact. The retry key (幂等键) belongs to one caller and one operation: sent again with the same input it answers with
the first fact, with another input it is refused, and a request that was refused leaves it free. Keys are kept for seven
days.

Read `posting` first, then `rules`.

Doors: `approval`, `comparisons`, `lines`, `models`, `operations`, `orders`, `posting`, `rules`.
"""
