"""What happened to loans."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import GOODS_MOVED
from jxc_graphql.kit.journal import Fact, Meaning


class GoodsLent(Fact, frozen=True, kw_only=True):
    """The goods of a loan are with the partner."""

    means: ClassVar[Meaning] = GOODS_MOVED
    loan_id: int
    stock_level_ids: tuple[int, ...]


class LoanReturned(Fact, frozen=True, kw_only=True):
    """Goods of a loan came back."""

    echoes: ClassVar[tuple[str, ...]] = ("loan_return_id",)
    means: ClassVar[Meaning] = GOODS_MOVED
    loan_id: int
    loan_return_id: int
    stock_level_ids: tuple[int, ...]


class LoanSold(Fact, frozen=True, kw_only=True):
    """Goods of a loan were sold to who has them; the order has a fact of its own for the shipment."""

    means: ClassVar[Meaning] = GOODS_MOVED
    loan_id: int
    sales_order_id: int
    shipment_id: int
    stock_level_ids: tuple[int, ...]


class LoanClosed(Fact, frozen=True, kw_only=True):
    """What was still lent does not come back; the books put it where its reason says."""

    means: ClassVar[Meaning] = GOODS_MOVED
    loan_id: int
    note: str
    stock_level_ids: tuple[int, ...]
