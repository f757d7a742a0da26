"""Commenting on documents, and following them."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from jxc_graphql.kit import db, frame, ids
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import NotFound, Reason, Unauthenticated, UnknownId, reject_if
from jxc_graphql.kit.frame import Unchanged
from jxc_graphql.office.auth import queries as auth
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.comments import facts, queries, rules
from jxc_graphql.office.comments.models import COMMENT, Comment, EarlierText, Follower, Mention
from jxc_graphql.office.documents import sight
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.sight import SeenDocument


@posting(COMMENT)
async def add_comment(
    call: Call,
    *,
    document_id: int,
    text: Annotated[str, "What to say, 1 to 4,000 characters."],
    mention_ids: Annotated[Sequence[int], "Whom it is meant for (提及): at most 20, who see the document."] = (),
) -> facts.CommentAdded:
    """Says something about a document (评论), perhaps meant for some of those who see it (提及).

    Raises `NotFound` where the caller sees no such document, and `Rejected` with each user who does not.
    """
    reject_if(rules.check_comment(text, mention_ids))
    document = await sight.seen(call, document_id, ("document_id",))
    meant = tuple(dict.fromkeys(mention_ids))
    reject_if(await _blind(document, meant))
    assert call.actor_id is not None
    comment = Comment(document_id=document_id, author_id=call.actor_id, text=text.strip(), created_at=call.at)
    db.insert_later([comment])
    _mention(comment, meant)
    return facts.CommentAdded(comment_id=comment.id, document_id=document_id, mention_ids=meant)


@posting(COMMENT)
async def edit_comment(
    call: Call,
    *,
    comment_id: int,
    text: Annotated[Change[str], "What it says from now on, 1 to 4,000 characters."] = UNSET,
    mention_ids: Annotated[Change[Sequence[int]], "Whom it is meant for from now on: all of them."] = UNSET,
) -> facts.CommentEdited:
    """Puts one's own comment otherwise (修改评论); what it said before can still be read.

    Raises `NotFound` where the caller does not see it, and `Rejected` where it is another's, was deleted, was edited
    too often, or is meant for somebody who does not see the document.
    """
    reject_if(rules.check_comment(text, mention_ids))
    comment, document = await _seen(call, comment_id)
    reject_if(rules.check_hand(comment, call.actor_id))
    before = await queries.mentioned(comment_id)
    meant = before if mention_ids is UNSET else tuple(dict.fromkeys(mention_ids))
    wanted = comment.text if text is UNSET else text.strip()
    fact = facts.CommentEdited(comment_id=comment_id, document_id=comment.document_id, mention_ids=meant)
    if (wanted, set(meant)) == (comment.text, set(before)):
        raise Unchanged(fact)
    reject_if(await _blind(document, meant, known=before))
    if wanted != comment.text:
        await _keep_text(comment)
        comment.text, comment.edited_at = wanted, call.at
        await comment.save(update_fields=["text", "edited_at"])
    if set(meant) != set(before):
        await Mention.filter(comment_id=comment_id).delete()
        _mention(comment, meant)
    return fact


@posting(COMMENT)
async def delete_comment(call: Call, *, comment_id: int) -> facts.CommentDeleted:
    """Takes one's own comment back (删除评论): who did and when stays, what it said is gone.

    Whoever has MANAGE_COMPANY deletes those of others as well. Raises `NotFound` and `Rejected` as above.
    """
    comment, _ = await _seen(call, comment_id)
    may_clear = Permission.MANAGE_COMPANY in call.permissions
    reject_if(rules.check_hand(comment, call.actor_id, may_clear=may_clear))
    meant = await queries.mentioned(comment_id)
    await EarlierText.filter(comment_id=comment_id).delete()
    await Mention.filter(comment_id=comment_id).delete()
    gone = {"text": None, "deleted_at": call.at, "deleted_by_id": call.actor_id}
    await comment.update_from_dict(gone).save(update_fields=[*gone])
    return facts.CommentDeleted(comment_id=comment_id, document_id=comment.document_id, mention_ids=meant)


async def _seen(call: Call, comment_id: int) -> tuple[Comment, SeenDocument]:
    """A comment, kept from others until the transaction ends, and its document, which the caller sees."""
    comment = await Comment.select_for_update().get_or_none(id=comment_id)
    document = None if comment is None else (await sight.looked_up([comment.document_id])).get(comment.document_id)
    if comment is None or document is None or not document.is_seen_by(call):
        raise NotFound(UnknownId(path=("comment_id",), kind="Comment"))
    return comment, document


async def _blind(document: SeenDocument, user_ids: Sequence[int], known: Sequence[int] = ()) -> list[Reason]:
    """Those of the users who do not see the document, but for those who were mentioned before."""
    if not set(user_ids) - {*known}:
        return []
    seeing = await queries.who_see(document, user_ids)
    names = await auth.names_of_users(user_ids)
    return list(_told(user_ids, {*seeing, *known}, names))


def _told(user_ids: Sequence[int], seeing: set[int], names: dict[int, str]) -> Iterator[Reason]:
    for index, user_id in enumerate(user_ids):
        if user_id not in names:
            yield UnknownId(path=("mention_ids", index), kind="User")
        elif user_id not in seeing:
            yield rules.MayNotSeeDocument(path=("mention_ids", index), user=names[user_id])


def _mention(comment: Comment, user_ids: Sequence[int]) -> None:
    db.insert_later([Mention(comment_id=comment.id, document_id=comment.document_id, user_id=one) for one in user_ids])


async def _keep_text(comment: Comment) -> None:
    edits = await EarlierText.filter(comment_id=comment.id).count()
    reject_if([rules.TooManyEdits(path=("text",), limit=rules.MOST_EDITS)] if edits >= rules.MOST_EDITS else [])
    db.insert_later([EarlierText(comment_id=comment.id, text=comment.text, written_at=comment.written_at)])


@frame.recorded
async def follow_document(call: Call, *, document_id: int) -> facts.DocumentFollowed:
    """Wants to hear of a document (关注单据); its author does already. Raises `Unauthenticated` and `NotFound`."""
    if call.actor_id is None:
        raise Unauthenticated
    await sight.seen(call, document_id, ("document_id",))
    fact = facts.DocumentFollowed(user_id=call.actor_id, document_id=document_id)
    if not await _follow(document_id, call):
        raise Unchanged(fact)
    return fact


@frame.recorded
async def unfollow_document(call: Call, *, document_id: int) -> facts.DocumentUnfollowed:
    """Does not want to hear of a document any more (取消关注). Raises `Unauthenticated` and `NotFound`."""
    if call.actor_id is None:
        raise Unauthenticated
    await sight.seen(call, document_id, ("document_id",))
    fact = facts.DocumentUnfollowed(user_id=call.actor_id, document_id=document_id)
    if not await Follower.filter(document_id=document_id, user_id=call.actor_id).delete():
        raise Unchanged(fact)
    return fact


async def _follow(document_id: int, call: Call) -> int:
    return await db.execute(
        "INSERT INTO follower (id, document_id, user_id, created_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (document_id, user_id) DO NOTHING",
        (ids.new_id(), document_id, call.actor_id, call.at),
    )


def follow_own(document: DocumentHeader) -> None:
    """Has its author follow a new document, with whatever else is written of it."""
    created = {"document_id": document.id, "user_id": document.created_by_id, "created_at": document.created_at}
    db.insert_later([Follower(**created)])
