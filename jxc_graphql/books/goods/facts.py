"""What facts of documents that change stock have in common."""

from typing import Protocol


class NamesStockLevels(Protocol):
    """A fact that says which stock levels it changed."""

    @property
    def stock_level_ids(self) -> tuple[int, ...]:
        """The stock levels, each once."""
