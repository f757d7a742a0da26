"""What happened in stock besides the movements of documents."""

from typing import ClassVar, Protocol

from jxc_graphql.kit.journal import Fact


class NamesStockLevels(Protocol):
    """A fact that says which stock levels it changed."""

    @property
    def stock_level_ids(self) -> tuple[int, ...]:
        """The stock levels, each once."""


class OpeningBalancePosted(Fact, frozen=True, kw_only=True):
    """The stock of the day the books start is in the book of goods."""

    subject: ClassVar[str] = "opening_balance_id"
    opening_balance_id: int
    warehouse_id: int
    stock_level_ids: tuple[int, ...]
