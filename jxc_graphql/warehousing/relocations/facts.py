"""What happened within a warehouse."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import GOODS_MOVED
from jxc_graphql.kit.journal import Fact, Meaning


class PlacesMoved(Fact, frozen=True, kw_only=True):
    """Goods lie at other places of their warehouse."""

    means: ClassVar[Meaning] = GOODS_MOVED
    place_move_id: int
    stock_level_ids: tuple[int, ...]
    short_document_ids: tuple[int, ...] = ()
