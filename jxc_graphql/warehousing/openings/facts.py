"""What happened when books were opened."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import GOODS_MOVED
from jxc_graphql.kit.journal import Fact, Meaning


class OpeningBalancePosted(Fact, frozen=True, kw_only=True):
    """The stock of the day the books start is in the book of goods."""

    means: ClassVar[Meaning] = GOODS_MOVED
    opening_balance_id: int
    warehouse_id: int
    stock_level_ids: tuple[int, ...]
