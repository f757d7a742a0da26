"""What happened within a warehouse."""

from jxc_graphql.books.goods.facts import GoodsMoved
from jxc_graphql.kit.journal import Fact


class PlacesMoved(GoodsMoved, Fact, frozen=True, kw_only=True):
    """Goods lie at other places of their warehouse."""

    place_move_id: int
    short_document_ids: tuple[int, ...] = ()
