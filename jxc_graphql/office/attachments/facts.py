"""What happened to attachments; what has one has it in its history."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact
from jxc_graphql.office.documents.models import DocumentChange


class UploadRequested(Fact, frozen=True, kw_only=True):
    """Somebody may send a file."""

    owner_id: int
    upload_id: int


class AttachmentAdded(Fact, frozen=True, kw_only=True):
    """Somebody attached a file to something."""

    tells: ClassVar[DocumentChange] = DocumentChange.ATTACHED
    owner_id: int
    attachment_id: int
    size: int


class AttachmentUpdated(Fact, frozen=True, kw_only=True):
    """An attachment has another name, or comes first."""

    tells: ClassVar[DocumentChange] = DocumentChange.ATTACHED
    owner_id: int
    attachment_id: int


class AttachmentDeleted(Fact, frozen=True, kw_only=True):
    """An attachment was deleted."""

    tells: ClassVar[DocumentChange] = DocumentChange.ATTACHED
    owner_id: int
    attachment_id: int
