"""What may be wrong with a comment."""

from collections.abc import Iterator, Sequence

from msgspec import UNSET

from jxc_graphql.kit.changes import Change
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.text import check_text
from jxc_graphql.office.comments.models import Comment

TEXT_LIMIT = 4_000
MOST_MENTIONS = 20
MOST_EDITS = 20
"""So many earlier texts a comment has."""


class MayNotSeeDocument(Reason, frozen=True, kw_only=True):
    """The user who is mentioned may not see the document, or is not active: nobody would tell him."""

    user: str
    """His name."""


class TooManyMentions(Reason, frozen=True, kw_only=True):
    """More users are mentioned than one comment may mention."""

    limit: int


class TooManyEdits(Reason, frozen=True, kw_only=True):
    """The comment was edited as often as it may be: write another one."""

    limit: int


class NotOwnComment(Reason, frozen=True, kw_only=True):
    """Only its author edits a comment; whoever manages the company may delete it as well."""


class CommentGone(Reason, frozen=True, kw_only=True):
    """It was deleted already."""


def check_comment(text: Change[str], mention_ids: Change[Sequence[int]]) -> Iterator[Reason]:
    """What is wrong with what is said, and with how many it is meant for."""
    yield from check_text(("text",), text, limit=TEXT_LIMIT, required=True)
    if mention_ids is not UNSET and len(mention_ids) > MOST_MENTIONS:
        yield TooManyMentions(path=("mention_ids",), limit=MOST_MENTIONS)


def check_hand(comment: Comment, actor_id: int | None, *, may_clear: bool = False) -> Iterator[Reason]:
    """Whether somebody may lay hands on a comment; `may_clear`: also on another's."""
    if comment.author_id != actor_id and not may_clear:
        yield NotOwnComment(path=("comment_id",))
    elif comment.deleted_at is not None:
        yield CommentGone(path=("comment_id",))
