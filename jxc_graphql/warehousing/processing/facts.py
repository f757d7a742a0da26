"""What happened in processing."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import GoodsMoved
from jxc_graphql.kit.journal import Fact


class ProcessedReceived(GoodsMoved, Fact, frozen=True, kw_only=True):
    """What a processor made of components of a loan came in."""

    echoes: ClassVar[tuple[str, ...]] = ("assembly_id",)
    loan_id: int
    assembly_id: int
