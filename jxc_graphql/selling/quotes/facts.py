"""What happened to quotes."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import LevelsChanged
from jxc_graphql.kit.journal import Fact


class QuoteApproved(LevelsChanged, Fact, frozen=True, kw_only=True):
    """A quote binds us; what is available is kept for it through its last day."""

    quote_id: int


class QuoteCancelled(LevelsChanged, Fact, frozen=True, kw_only=True):
    """A quote is given up; what was kept for it is free again."""

    quote_id: int


class QuoteLost(LevelsChanged, Fact, frozen=True, kw_only=True):
    """Nobody wants what was quoted, or the rest of it; what was kept for it is free again."""

    quote_id: int
    note: str


class QuoteExpired(Fact, frozen=True, kw_only=True):
    """The last day of a quote is over; what was kept for it became free when the next one began."""

    quote_id: int


class QuoteRevised(LevelsChanged, Fact, frozen=True, kw_only=True):
    """A newer version of a quote stands in its place; what was kept for it is free until that is approved."""

    echoes: ClassVar[tuple[str, ...]] = ("superseded_id",)
    quote_id: int
    superseded_id: int


class QuoteOrdered(LevelsChanged, Fact, frozen=True, kw_only=True):
    """Part of a quote, or all of it, is on an approved order, for which is kept what was kept for the quote."""

    echoes: ClassVar[tuple[str, ...]] = ("sales_order_id",)
    quote_id: int
    sales_order_id: int
