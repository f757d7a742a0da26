"""Warehousing (仓储): documents that move, count and correct goods without trade.

Features: `openings`, `relocations`, `transfers`, `stocktakes`, `adjustments`, `revaluations`, `assembly`, `limits`,
`loans`;
above them `sharing`, which asks for transfers.
"""
