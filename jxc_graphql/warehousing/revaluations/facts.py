"""What happened in revaluations."""

from jxc_graphql.kit.journal import Fact


class RevaluationCreated(Fact, frozen=True, kw_only=True):
    """A revaluation was drafted."""

    revaluation_id: int


class RevaluationUpdated(Fact, frozen=True, kw_only=True):
    """A draft was changed."""

    revaluation_id: int


class RevaluationSubmitted(Fact, frozen=True, kw_only=True):
    """A revaluation changes more than its author may post, and waits for approval; no value has changed yet."""

    revaluation_id: int


class RevaluationPosted(Fact, frozen=True, kw_only=True):
    """Goods cost something else from now on."""

    revaluation_id: int
    stock_level_ids: tuple[int, ...]


class RevaluationRejected(Fact, frozen=True, kw_only=True):
    """A submitted revaluation went back to its author."""

    revaluation_id: int
    note: str


class RevaluationCancelled(Fact, frozen=True, kw_only=True):
    """A revaluation was given up; it changed nothing."""

    revaluation_id: int
