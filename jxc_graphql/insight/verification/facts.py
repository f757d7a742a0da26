"""What was repaired."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import LEVELS_CHANGED
from jxc_graphql.kit.journal import Fact, Meaning


class ProjectionsRebuilt(Fact, frozen=True, kw_only=True):
    """Projections of some SKUs did not agree with the ledger, and do now."""

    means: ClassVar[Meaning] = LEVELS_CHANGED
    run_id: int
    rows: int
    stock_level_ids: tuple[int, ...]


class BooksRebuilt(Fact, frozen=True, kw_only=True):
    """All projections were compared with the ledger; so many rows were repaired."""

    run_id: int
    rows: int
