"""What happens to lots; that one came into being is told by the document that brought it."""

from typing import ClassVar

from jxc_graphql.kit.changes import Changed
from jxc_graphql.kit.journal import Fact, Meaning

LOT_CHANGED = Meaning("lot changed")
"""A lot is good for another time, or not any more."""


class LotUpdated(Fact, frozen=True, kw_only=True):
    """A lot's dates or its note were corrected, or a label said a date that was not known."""

    means: ClassVar[Meaning] = LOT_CHANGED
    lot_id: int
    short_document_ids: tuple[int, ...] = ()
    changes: tuple[Changed, ...] = ()
    """What it said before and says since; older facts do not know."""


class LotBlocked(Fact, frozen=True, kw_only=True):
    """A lot was found bad, or is suspected: its goods wait for a decision."""

    means: ClassVar[Meaning] = LOT_CHANGED
    lot_id: int
    note: str
    short_document_ids: tuple[int, ...] = ()


class LotUnblocked(Fact, frozen=True, kw_only=True):
    """The goods of a lot that was blocked may be used again."""

    means: ClassVar[Meaning] = LOT_CHANGED
    lot_id: int
    note: str
