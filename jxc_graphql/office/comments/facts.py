"""What happened to comments and followers. No fact has a text: what was deleted is gone."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact
from jxc_graphql.office.documents.models import DocumentChange


class CommentAdded(Fact, frozen=True, kw_only=True):
    """Somebody said something about a document."""

    echoes: ClassVar[tuple[str, ...]] = ("document_id",)
    tells: ClassVar[DocumentChange] = DocumentChange.COMMENTED
    comment_id: int
    document_id: int
    mention_ids: tuple[int, ...] = ()
    """The users whom it is meant for."""


class CommentEdited(Fact, frozen=True, kw_only=True):
    """Somebody put his comment otherwise."""

    echoes: ClassVar[tuple[str, ...]] = ("document_id",)
    tells: ClassVar[DocumentChange] = DocumentChange.COMMENTED
    comment_id: int
    document_id: int
    mention_ids: tuple[int, ...] = ()
    """The users whom it is meant for now."""


class CommentDeleted(Fact, frozen=True, kw_only=True):
    """A comment was taken back."""

    echoes: ClassVar[tuple[str, ...]] = ("document_id",)
    tells: ClassVar[DocumentChange] = DocumentChange.COMMENTED
    comment_id: int
    document_id: int
    mention_ids: tuple[int, ...] = ()
    """The users whom it was meant for."""


class DocumentFollowed(Fact, frozen=True, kw_only=True):
    """Somebody wants to hear of a document."""

    user_id: int
    document_id: int


class DocumentUnfollowed(Fact, frozen=True, kw_only=True):
    """Somebody does not want to hear of a document any more."""

    user_id: int
    document_id: int
