"""What was repaired."""

from jxc_graphql.books.goods.facts import LevelsChanged
from jxc_graphql.kit.journal import Fact


class ProjectionsRebuilt(LevelsChanged, Fact, frozen=True, kw_only=True):
    """Projections of some SKUs did not agree with the ledger, and do now."""

    run_id: int
    rows: int


class BooksRebuilt(Fact, frozen=True, kw_only=True):
    """All projections were compared with the ledger; so many rows were repaired."""

    run_id: int
    rows: int
