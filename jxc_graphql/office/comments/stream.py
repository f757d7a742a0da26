"""The stream of what is said about documents."""

from collections.abc import AsyncIterator, Collection
from enum import StrEnum
from typing import Any

import msgspec

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Cursor, Entry, Fact
from jxc_graphql.kit.telling import check_watched, told
from jxc_graphql.office.comments import facts, queries
from jxc_graphql.office.documents import sight


class CommentChange(StrEnum):
    """Why a comment is in the stream."""

    ADDED = "ADDED"
    """Somebody said it (新增)."""
    EDITED = "EDITED"
    """Its author put it otherwise (修改)."""
    DELETED = "DELETED"
    """It was taken back (删除)."""


class CommentEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something was said about a document; `cursor` is where to resume behind it."""

    cursor: str
    change: CommentChange
    comment_id: int


_CHANGES: dict[type[Fact], CommentChange] = {
    facts.CommentAdded: CommentChange.ADDED,
    facts.CommentEdited: CommentChange.EDITED,
    facts.CommentDeleted: CommentChange.DELETED,
}
_NAMES = {fact.stored_as for fact in _CHANGES}


async def comment_events(
    call: Call, *, document_ids: Collection[int] | None = None, user_id: int | None = None, after: Cursor | None = None
) -> AsyncIterator[CommentEvent | Cursor]:
    """Whatever is said about documents that the caller sees when it is told, behind a cursor, without end.

    `document_ids`: of these documents only. `user_id`: only what is meant for a user, or is said of what he follows.

    A cursor among them says that everything up to it was told. Raises `Rejected` for one that nothing resumes from, and
    for too many documents.
    """
    check_watched(ids=document_ids)

    async def shown(entry: Entry) -> CommentEvent | None:
        fact: Any = entry.fact
        if document_ids is not None and fact.document_id not in document_ids:
            return None
        document = (await sight.looked_up([fact.document_id])).get(fact.document_id)
        if document is None or not document.is_seen_by(call):
            return None
        if user_id is not None and not await queries.concerns(user_id, fact.document_id, fact.mention_ids):
            return None
        return CommentEvent(cursor=entry.cursor.encode(), change=_CHANGES[type(fact)], comment_id=fact.comment_id)

    async for event in told(_NAMES, shown, after):
        yield event
