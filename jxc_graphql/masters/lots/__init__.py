"""Lots (批次): goods of a SKU that were made together, bear one number, and expire together.

Words
    lot 批次                 goods of one SKU under one number; only a SKU that is tracked by lot has any
    label 批次标签           what the goods that come in say: the number of their lot, its dates or some of them
    production date 生产日期  the day on which the lot was made
    expiry date 到期日       the last day on which its goods are good; unless the label says it, the production date
                             and the shelf life of the SKU give it
    blocked 冻结             found bad, or suspected: its goods wait for a decision and do not leave before

Tables
    lot

A lot comes into being with the first document that names it: receipts, opening balances and whatever else brings goods
in call `operations.ensure` within their transaction. The first label that says a date settles it; a later label may add
what was not known, but not contradict. Who finds that the label was wrong corrects the lot (`update_lot`).

Invariants
    A number is unique within its SKU, however many documents name it at once.
    A lot does not expire before it was made.
    `version` rises with every change; `search_text` always holds the number and the note.

Read `labels` first, then `operations`. Which lot leaves first (FEFO 先到期先出) is the ledger's to decide.

Doors: `facts`, `labels`, `operations`, `queries`.
"""
