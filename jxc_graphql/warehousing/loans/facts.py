"""What happened to loans."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import GoodsMoved
from jxc_graphql.kit.journal import Fact


class GoodsLent(GoodsMoved, Fact, frozen=True, kw_only=True):
    """The goods of a loan are with the partner."""

    loan_id: int


class LoanReturned(GoodsMoved, Fact, frozen=True, kw_only=True):
    """Goods of a loan came back."""

    echoes: ClassVar[tuple[str, ...]] = ("loan_return_id",)
    loan_id: int
    loan_return_id: int


class LoanSold(GoodsMoved, Fact, frozen=True, kw_only=True):
    """Goods of a loan were sold to who has them; the order has a fact of its own for the shipment."""

    loan_id: int
    sales_order_id: int
    shipment_id: int


class LoanClosed(GoodsMoved, Fact, frozen=True, kw_only=True):
    """What was still lent does not come back; the books put it where its reason says."""

    loan_id: int
    note: str
