"""What happened in revaluations."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact


class RevaluationCreated(Fact, frozen=True, kw_only=True):
    """A revaluation was drafted."""

    subject: ClassVar[str] = "revaluation_id"
    revaluation_id: int


class RevaluationUpdated(Fact, frozen=True, kw_only=True):
    """A draft was changed."""

    subject: ClassVar[str] = "revaluation_id"
    revaluation_id: int


class RevaluationSubmitted(Fact, frozen=True, kw_only=True):
    """A revaluation changes more than its author may post, and waits for approval; no value has changed yet."""

    subject: ClassVar[str] = "revaluation_id"
    revaluation_id: int


class RevaluationPosted(Fact, frozen=True, kw_only=True):
    """Goods cost something else from now on."""

    subject: ClassVar[str] = "revaluation_id"
    revaluation_id: int
    stock_level_ids: tuple[int, ...]


class RevaluationRejected(Fact, frozen=True, kw_only=True):
    """A submitted revaluation went back to its author."""

    subject: ClassVar[str] = "revaluation_id"
    revaluation_id: int
    note: str


class RevaluationCancelled(Fact, frozen=True, kw_only=True):
    """A revaluation was given up; it changed nothing."""

    subject: ClassVar[str] = "revaluation_id"
    revaluation_id: int
