"""Stocktakes (盘点): what is counted, what the books say, and the variances that are posted.

Words
    stocktake 盘点单         counting the goods of a warehouse, or of a part of it: its scope 盘点范围
    line 盘点行              a SKU at a place, of one lot or of none; found goods 盘点新增 make lines of their own
    sheet 盘点表             the lines of one counter; several count at once
    count 盘点记录           how much somebody counted of a line; a line is worth the sum of its valid counts
    blind 盲盘               counters do not see what the books say until the result is handed in
    book quantity 账面数量   what the books say: at the snapshot when counting starts, and again when a line is counted
    variance 差异            counted − book quantity when it was counted: surplus 盘盈 or shortage 盘亏
    recount 复盘             a line is counted again, from a snapshot of its own

Tables
    stocktake, stocktake_scope, stocktake_sheet, stocktake_line
    stocktake_count          who counted what and when; nothing is thrown away, but only valid ones count
    stocktake_serial         the serial numbers of a count
    stocktake_piece          pieces that were found, or are missing, of SKUs with serial numbers

    DRAFT ──start──▸ COUNTING ──submit──▸ SUBMITTED ──approve──▸ APPROVED ──post──▸ POSTED
    SUBMITTED ──post──▸ POSTED
    SUBMITTED, APPROVED ──recount──▸ COUNTING
    SUBMITTED, APPROVED ──reject──▸ COUNTING
    DRAFT, COUNTING, SUBMITTED, APPROVED ──cancel──▸ CANCELLED

A post without approval is only for variances below the limit, or for an approver.

Always true
- a variance is measured against the books of the moment of counting, so goods may move while others are counted;
  lines whose goods moved since their snapshot are flagged;
- goods of a place are counted in one open stocktake at a time, so that no variance is posted twice;
- what is posted are ordinary movements between the place and the variance place, all of them or none.

Doors: `operations`, `queries`.
"""
