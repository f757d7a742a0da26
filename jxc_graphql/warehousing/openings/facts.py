"""What happened when books were opened."""

from jxc_graphql.books.goods.facts import GoodsMoved
from jxc_graphql.kit.journal import Fact


class OpeningBalancePosted(GoodsMoved, Fact, frozen=True, kw_only=True):
    """The stock of the day the books start is in the book of goods."""

    opening_balance_id: int
    warehouse_id: int
