"""What must be there before a document leaves its draft: what a feature above says, told as an operation takes hold.

    SELECT …, (what is missing) FROM purchase_order WHERE id = ?       what `locked` sends anyway

So what nobody needs is asked for by no statement.
"""

from collections.abc import Callable
from typing import NamedTuple

from jxc_graphql.kit.errors import Path, Reason, Rejected
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus

_DRAFTS = (DocumentStatus.DRAFT, DocumentStatus.COUNTING)


class Need(NamedTuple):
    """What documents need."""

    lacking: Callable[[type[DocumentHeader]], str]
    """SQL over the row of a document of a kind, in its table: a text of what is missing, NULL where nothing is."""
    told: Callable[[Path, str], Reason]
    """Why a document stays a draft, by that text."""


_needs: list[Need] = []


def needed(need: Need) -> None:
    """Has documents asked for something from now on."""
    _needs[:] = [need]


def lacking(kind: type[DocumentHeader]) -> str:
    """What is read of a document besides its columns; `NULL` where nothing is needed."""
    return _needs[0].lacking(kind) if _needs else "NULL"


def check(document: DocumentHeader, action: DocumentAction, lacks: str | None, path: Path) -> None:
    """Raises `Rejected` where an action would have a document leave its draft, and it lacks something."""
    if lacks is None or document.status not in _DRAFTS:
        return
    reached = document.states[action].ways.get(document.status, set())
    if not {document.status, DocumentStatus.CANCELLED} >= {*reached}:
        raise Rejected(_needs[0].told(path, lacks))
