"""What happened to stock limits; each fact names the levels that they watch."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact, Meaning

LIMITS_CHANGED = Meaning("limits changed")
"""Other quantities of goods are too few or too many."""


class StockLimitsSet(Fact, frozen=True, kw_only=True):
    """Limits of SKUs in warehouses were set, all at once."""

    means: ClassVar[Meaning] = LIMITS_CHANGED
    change_id: int
    stock_limit_ids: tuple[int, ...]
    stock_level_ids: tuple[int, ...]


class StockLimitsRemoved(Fact, frozen=True, kw_only=True):
    """These limits hold no more."""

    means: ClassVar[Meaning] = LIMITS_CHANGED
    change_id: int
    stock_limit_ids: tuple[int, ...]
    stock_level_ids: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many there were."""
        return len(self.stock_limit_ids)


class StockLimitsCopied(Fact, frozen=True, kw_only=True):
    """A warehouse took over limits of another one."""

    means: ClassVar[Meaning] = LIMITS_CHANGED
    warehouse_id: int
    from_warehouse_id: int
    count: int
    stock_level_ids: tuple[int, ...]


class StockLimitsScaled(Fact, frozen=True, kw_only=True):
    """Limits of a warehouse were multiplied by numerator / denominator."""

    means: ClassVar[Meaning] = LIMITS_CHANGED
    warehouse_id: int
    numerator: int
    denominator: int
    count: int
    stock_level_ids: tuple[int, ...]
