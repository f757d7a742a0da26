"""What happened to landed costs."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import LevelsChanged
from jxc_graphql.kit.journal import Fact


class CostsLanded(LevelsChanged, Fact, frozen=True, kw_only=True):
    """Goods of receipts cost more from now on, and somebody is owed for it."""

    landed_cost_id: int
    goods_receipt_ids: tuple[int, ...]
    echoes: ClassVar[tuple[str, ...]] = ("landed_cost_id", "goods_receipt_ids")


class LandedCostReversed(LevelsChanged, Fact, frozen=True, kw_only=True):
    """A landed cost was taken back: goods cost less from now on, and nothing is owed for it."""

    landed_cost_id: int
    landed_cost_reversal_id: int
    note: str
    echoes: ClassVar[tuple[str, ...]] = ("landed_cost_reversal_id",)
