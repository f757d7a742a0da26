"""What happened when books were opened."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact


class OpeningBalancePosted(Fact, frozen=True, kw_only=True):
    """The stock of the day the books start is in the book of goods."""

    subject: ClassVar[str] = "opening_balance_id"
    opening_balance_id: int
    warehouse_id: int
    stock_level_ids: tuple[int, ...]
