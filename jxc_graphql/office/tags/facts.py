"""What happened to tags."""

from typing import ClassVar

from jxc_graphql.kit.changes import Changed
from jxc_graphql.kit.journal import Fact
from jxc_graphql.office.documents.models import DocumentChange


class TagCreated(Fact, frozen=True, kw_only=True):
    """There is a tag."""

    tag_id: int


class TagUpdated(Fact, frozen=True, kw_only=True):
    """A tag has another name or colour."""

    tag_id: int


class TagDeleted(Fact, frozen=True, kw_only=True):
    """A tag is no more."""

    tag_id: int
    name: str


class DocumentTagged(Fact, frozen=True, kw_only=True):
    """Somebody gave tags to a document, or took them away."""

    tells: ClassVar[DocumentChange] = DocumentChange.TAGGED
    document_id: int
    added_ids: tuple[int, ...] = ()
    removed_ids: tuple[int, ...] = ()

    @property
    def changes(self) -> tuple[Changed, ...]:
        """Which tags it has, or has not any more."""
        added = [Changed("DocumentTag", "tag_id", None, one) for one in self.added_ids]
        return (*added, *(Changed("DocumentTag", "tag_id", one, None) for one in self.removed_ids))
