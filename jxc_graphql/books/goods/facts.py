"""What facts of documents that change stock have in common, and what happens to promises by itself."""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec

from jxc_graphql.kit.journal import Convert, Fact, Meaning
from jxc_graphql.office.documents.facts import OfDocument
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.states import DocumentAction

D = TypeVar("D", bound=DocumentHeader)

GOODS_MOVED = Meaning("goods moved")
"""Goods came, went, or lie elsewhere: what is available is another, and counts under way see other goods."""
LEVELS_CHANGED = Meaning("levels changed")
"""What is promised, expected, wanted or good of goods is another; none moved."""


class GoodsMoved(msgspec.Struct, frozen=True, kw_only=True):
    """What facts of goods that moved have in common."""

    means: ClassVar[Meaning | None] = GOODS_MOVED
    stock_level_ids: tuple[int, ...]


class LevelsChanged(msgspec.Struct, frozen=True, kw_only=True):
    """What facts have in common by which other things are known of goods, and none moved."""

    means: ClassVar[Meaning | None] = LEVELS_CHANGED
    stock_level_ids: tuple[int, ...]


class DocumentPosted(GoodsMoved, OfDocument[D], Fact, frozen=True, kw_only=True):
    """What a document says of goods is in the books: they came, went, or lie elsewhere."""

    action = DocumentAction.POST
    in_chinese = "{}过账"
    short_document_ids: tuple[int, ...] = ()


class DocumentUnapproved(LevelsChanged, OfDocument[D], Fact, frozen=True, kw_only=True):
    """A document with which nothing was done yet is a draft again, and what its approval did is undone."""

    action = DocumentAction.UNAPPROVE
    in_chinese = "反审核{}"
    note: str


class DocumentClosed(LevelsChanged, OfDocument[D], Fact, frozen=True, kw_only=True):
    """What is outstanding of an order will not be fulfilled any more."""

    action = DocumentAction.CLOSE
    in_chinese = "关闭{}"
    note: str


class DocumentRevalued(OfDocument[D], Fact, frozen=True, kw_only=True):
    """What a document says of the cost of goods is in the books; none moved."""

    action = DocumentAction.POST
    in_chinese = "{}过账"
    stock_level_ids: tuple[int, ...]


class NamesStockLevels(Protocol):
    """A fact that says which stock levels it changed."""

    @property
    def stock_level_ids(self) -> tuple[int, ...]:
        """The stock levels, each once."""


def _of_an_order(old: dict[str, Any]) -> dict[str, Any]:
    """Only sales orders once waited."""
    return {"document_id": old["sales_order_id"], "stock_level_ids": old["stock_level_ids"]}


class GoodsAllotted(LevelsChanged, Fact, frozen=True, kw_only=True):
    """Goods that came free are kept for a document that waited for them."""

    takes_over: ClassVar[Mapping[str, Convert]] = {"BackorderAllocated": _of_an_order}
    document_id: int


class GoodsTakenBack(LevelsChanged, Fact, frozen=True, kw_only=True):
    """Goods that were kept for a document are not there any more, or not good any more: it waits for others."""

    document_id: int


class GoodsExpired(LevelsChanged, Fact, frozen=True, kw_only=True):
    """A day of the books began, counted from the year 1, on which goods of these levels are good no more."""

    day_number: int
