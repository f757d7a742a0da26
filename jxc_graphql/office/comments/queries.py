"""Who may be mentioned, and what of a document somebody wants to hear."""

from collections.abc import Collection, Sequence

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth import queries as auth
from jxc_graphql.office.comments.models import Follower
from jxc_graphql.office.documents import sight
from jxc_graphql.office.documents.sight import SeenDocument

MOST_LOOKED_AT = 500
"""So many users are looked at for those who see a document."""
MOST_VIEWERS = 50


async def viewers(call: Call, document_id: int, search: str = "") -> list[int]:
    """The ids of the users who see a document, the first fifty by name; of those whose names have a text in them.

    Raises `NotFound` where the caller does not see it himself.
    """
    document = await sight.seen(call, document_id, ("document_id",))
    user_ids = await auth.active_users(search, MOST_LOOKED_AT)
    seeing = await who_see(document, user_ids)
    return [user_id for user_id in user_ids if user_id in seeing][:MOST_VIEWERS]


async def who_see(document: SeenDocument, user_ids: Collection[int]) -> set[int]:
    """Those of some users who see a document now; one statement."""
    calls = await auth.calls_of_users(user_ids)
    return {user_id for user_id, call in calls.items() if document.is_seen_by(call)}


async def concerns(user_id: int, document_id: int, mention_ids: Sequence[int]) -> bool:
    """Whether somebody wants to hear of what was said: it is meant for him, or he follows the document."""
    return user_id in mention_ids or await Follower.exists(document_id=document_id, user_id=user_id)


async def mentioned(comment_id: int) -> tuple[int, ...]:
    """The users whom a comment is meant for."""
    rows = await db.fetch("SELECT user_id FROM mention WHERE comment_id = ? ORDER BY user_id", (comment_id,))
    return tuple(user_id for (user_id,) in rows)
