"""Sharing (库存共享): which branch has goods that another one lacks, and asking for them before buying.

| word | 中文 | here |
|---|---|---|
| transfer time | 调拨天数 | days from a warehouse to another, and back unless the way back has its own |
| surplus | 富余 | what is available above the upper limit that holds, else above the target |
| shortage | 短缺 | what those who wait and the target lack, less what is on its way, at or below the limit |
| match | 匹配 | so much of a surplus suggested for a shortage, nearest pairs first |

A user's scope hides other warehouses. With SEE_SHARED_STOCK one sees of all of them what they have available, but
neither what it cost nor anything else; without it, only the warehouses of the scope have anything to give. Where nobody
set a limit nobody knows how much a warehouse needs: it has neither surplus nor shortage.

`request_transfer` hands in an ordinary transfer out of a warehouse that shares: who asks works in the destination, and
the source decides by approving it. `StockRequested` stands in its timeline.

Facts: `TransferTimesSet`, `StockRequested`. Nothing is kept here but `transfer_time`: everything else follows from
levels and limits at the moment it is asked for, in as many statements for any number of rows.
"""
