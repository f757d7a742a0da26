"""What happened within a warehouse."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact


class PlacesMoved(Fact, frozen=True, kw_only=True):
    """Goods lie at other places of their warehouse."""

    subject: ClassVar[str] = "place_move_id"
    place_move_id: int
    stock_level_ids: tuple[int, ...]
