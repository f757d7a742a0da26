"""What happened in stocktakes."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact
from jxc_graphql.office.documents.models import DocumentChange


class StocktakePlanned(Fact, frozen=True, kw_only=True):
    """Somebody wants goods counted."""

    tells: ClassVar[DocumentChange] = DocumentChange.CREATED
    stocktake_id: int


class StocktakeSplit(Fact, frozen=True, kw_only=True):
    """The lines were dealt out to sheets."""

    stocktake_id: int
    sheet_ids: tuple[int, ...]


class StocktakeStarted(Fact, frozen=True, kw_only=True):
    """The snapshot was taken; goods are being counted."""

    stocktake_id: int


class CountsRecorded(Fact, frozen=True, kw_only=True):
    """Somebody counted so many lines; `line_ids` are the first of them."""

    stocktake_id: int
    sheet_id: int | None
    lines_counted: int
    lines_found: int
    line_ids: tuple[int, ...]


class RecountRequested(Fact, frozen=True, kw_only=True):
    """So many lines are to be counted again."""

    stocktake_id: int
    lines_to_recount: int
    note: str
