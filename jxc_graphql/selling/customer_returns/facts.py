"""What happened to customer returns."""

from jxc_graphql.books.goods.facts import GoodsMoved, LevelsChanged
from jxc_graphql.kit.journal import Fact


class CustomerReturnApproved(LevelsChanged, Fact, frozen=True, kw_only=True):
    """A return was agreed to; what goes out in exchange is ordered, and reserved where it is there."""

    customer_return_id: int
    sales_order_id: int | None = None


class CustomerReturnReceived(GoodsMoved, Fact, frozen=True, kw_only=True):
    """What a customer brought back is in the books, and he is owed what he had paid for it."""

    customer_return_id: int
