"""Warehousing (仓储): documents that move, count and correct goods without trade.

Its features lie beside each other and do not know one another; above them is `sharing`, which asks for transfers.
"""
