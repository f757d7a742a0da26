"""What happened in revaluations."""

from jxc_graphql.kit.journal import Fact


class RevaluationPosted(Fact, frozen=True, kw_only=True):
    """Goods cost something else from now on."""

    revaluation_id: int
    stock_level_ids: tuple[int, ...]
