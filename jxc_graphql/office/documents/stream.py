"""The stream of what happens to documents of all kinds: their timelines, told as they grow.

A fact of several documents is told once of each, as each has it in its own timeline.
"""

from collections.abc import AsyncIterator, Collection
from functools import lru_cache

import msgspec

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated
from jxc_graphql.kit.journal import Cursor, Entry, Fact
from jxc_graphql.kit.telling import check_watched, told
from jxc_graphql.office.documents import sight
from jxc_graphql.office.documents.models import DocumentChange, DocumentHeader, DocumentKind
from jxc_graphql.office.documents.register import kind_of, kinds, table_of


class DocumentEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something happened to a document; `cursor` is where to resume behind it, `entry_id` what its timeline says."""

    cursor: str
    change: DocumentChange
    document_id: int
    entry_id: int


async def document_events(
    call: Call,
    *,
    document_kinds: Collection[DocumentKind] | None = None,
    document_ids: Collection[int] | None = None,
    after: Cursor | None = None,
) -> AsyncIterator[DocumentEvent | Cursor]:
    """Whatever happens to documents that the caller sees when it is told, behind a cursor, without end.

    `document_kinds`, `document_ids`: of these only. A cursor among them says that everything up to it was told. Raises
    `Unauthenticated` for nobody in particular, and `Rejected` for a cursor that nothing resumes from or too many ids.
    """
    if call.actor_id is None:
        raise Unauthenticated
    check_watched(ids=document_ids)

    async def shown(entry: Entry) -> DocumentEvent | None:
        document_id = entry.subject_id
        if document_ids is not None and document_id not in document_ids:
            return None
        document = (await sight.looked_up([document_id])).get(document_id)
        if document is None or not document.is_seen_by(call):
            return None
        if document_kinds is not None and document.kind not in document_kinds:
            return None
        cursor, change = entry.cursor.encode(), _change(entry.fact, DocumentKind(document.kind))
        return DocumentEvent(cursor=cursor, change=change, document_id=document_id, entry_id=entry.cursor.entry_id)

    async for event in told(_names(len(Fact.registry)), shown, after, echoes=True):
        yield event


@lru_cache(maxsize=8)
def _names(_known: int) -> frozenset[str]:
    """The facts that stand in the timelines of documents."""
    keys = {"document_id", *_models()}
    return frozenset(
        fact.stored_as
        for fact in Fact.registry.values()
        if hasattr(fact, "tells") or not keys.isdisjoint((fact.subject, *fact.echoes))
    )


def _change(fact: Fact, kind: DocumentKind) -> DocumentChange:
    """What a fact means for a document of a kind: of what has no life, the first one is that it was made."""
    own = {_models()[key] for key in (fact.subject, *fact.echoes) if key in _models()}
    if hasattr(fact, "tells"):
        change: DocumentChange = fact.tells
        return change
    begins = any(kind_of(model) is kind and not model.states.has_drafts for model in own)
    return DocumentChange.CREATED if begins else DocumentChange.MOVED_ON


def _models() -> dict[str, type[DocumentHeader]]:
    """The kinds of documents by the fields with which facts name them."""
    return {f"{table_of(model)}_id": model for model in kinds()}
