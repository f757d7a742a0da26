"""What clients see and do about comments and followers."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    column,
    connection,
    entity,
    extends,
    input_type,
    many,
    mutation,
    payload,
    query,
    subscription,
    value,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Cursor
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.comments import facts, models, operations, queries, stream
from jxc_graphql.office.comments.stream import CommentChange
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document


@entity(models.EarlierText)
class EarlierText:
    """What a comment said before it was edited, through which alone it is reached."""

    id: Id[Any]
    """Its id (标识), opaque and stable."""
    text: str
    """What it said."""
    written_at: datetime
    """When that was written."""


@entity(models.Mention)
class Mention(Node):
    """That a comment is meant for somebody (提及)."""

    document: Document = column(hides_row=True)
    """The document that it is about."""
    user: User
    """Whom it is meant for."""


@entity(models.Comment)
class Comment(Node):
    """A comment (评论): what somebody said about a document, for all who see it."""

    document: Document = column(hides_row=True)
    """The document."""
    author: User
    """Who said it."""
    text: str | None
    """What it says; null where it was deleted."""
    created_at: datetime
    """When it was said."""
    edited_at: datetime | None
    """When it was last put otherwise (修改时间); null where it never was."""
    earlier: list[EarlierText] = many("comment_id")
    """What it said before it was edited, the oldest first."""
    mentions: list[Mention] = many("comment_id")
    """Whom it is meant for."""
    deleted_at: datetime | None
    """When it was deleted; null where it is there."""
    deleted_by: User | None
    """Who deleted it; null where it is there."""


@entity(models.Follower)
class Follower(Node):
    """That somebody wants to hear of a document (关注)."""

    document: Document = column(hides_row=True)
    """The document."""
    user: User
    """Who follows it."""
    created_at: datetime
    """Since when."""


@extends(Document)
class Discussed:
    """What every document has of it."""

    comments: Connection[Comment] = connection("document_id")
    """What was said about it (评论), oldest first."""
    followers: list[Follower] = many("document_id")
    """Who wants to hear of it (关注人), its author unless he does not want to."""


Query = lists(Comment)


@query(list[User])
async def document_viewers(
    call: Call,
    *,
    document_id: Annotated[Id[Document], "The document."],
    search: Annotated[str | None, "Only those whose names or user names have this text in them."] = None,
) -> list[int]:
    """Who sees a document, for whoever wants to mention somebody: the first fifty by name."""
    return await queries.viewers(call, document_id, search or "")


add_comment = document_action(operations.add_comment, Comment, document_id=Document, mention_ids=User)
edit_comment = document_action(operations.edit_comment, Comment, mention_ids=User)
delete_comment = document_action(operations.delete_comment, Comment)


@payload
class FollowDocumentPayload:
    """The document, with its followers."""

    document: Document | None
    """The document."""


@input_type
class FollowDocumentInput:
    """Which document to follow."""

    id: Id[Document]
    """The document."""


@mutation(FollowDocumentPayload)
async def follow_document(call: Call, input: FollowDocumentInput) -> facts.DocumentFollowed:
    """Wants to hear of a document (关注单据); its author does already, and needs no permission."""
    return await operations.follow_document(call, document_id=input.id)


@payload
class UnfollowDocumentPayload:
    """The document, with its followers."""

    document: Document | None
    """The document."""


@input_type
class UnfollowDocumentInput:
    """Which document to follow no longer."""

    id: Id[Document]
    """The document."""


@mutation(UnfollowDocumentPayload)
async def unfollow_document(call: Call, input: UnfollowDocumentInput) -> facts.DocumentUnfollowed:
    """Does not want to hear of a document any more (取消关注)."""
    return await operations.unfollow_document(call, document_id=input.id)


@value
class CommentEvent:
    """Something was said about a document."""

    cursor: str
    """Where to resume: sent as `after`, the stream goes on behind this event."""
    change: CommentChange
    """What happened."""
    comment: Comment | None
    """The comment as it is now; null where its document is out of sight since."""


@subscription(CommentEvent)
async def document_discussed(
    call: Call,
    ids: Annotated[list[Id[Document]] | None, "Only what is said about these documents."] = None,
    user_id: Annotated[Id[User] | None, "Only what mentions this user, or is said about what he follows."] = None,
    after: Annotated[str | None, "Go on behind this cursor; nothing is missed."] = None,
) -> AsyncIterator[stream.CommentEvent | Cursor]:
    """What is said about documents that the viewer sees (评论), as it happens; in commit order."""
    begin = Cursor.decode(after) if after is not None else None
    async for event in stream.comment_events(call, document_ids=ids, user_id=user_id, after=begin):
        yield event
