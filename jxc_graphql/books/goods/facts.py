"""What facts of documents that change stock have in common."""

from typing import Protocol

from jxc_graphql.kit.journal import Meaning

GOODS_MOVED = Meaning("goods moved")
"""Goods came, went, or lie elsewhere: some may be free for those who wait, and counts under way see other goods."""
GOODS_FREED = Meaning("goods freed")
"""Goods that were kept for somebody are free for those who wait; none moved."""
LEVELS_CHANGED = Meaning("levels changed")
"""What is promised, expected or wanted of goods is another; nothing came free."""


class NamesStockLevels(Protocol):
    """A fact that says which stock levels it changed."""

    @property
    def stock_level_ids(self) -> tuple[int, ...]:
        """The stock levels, each once."""
