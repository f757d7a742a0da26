"""What happened to dues."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact
from jxc_graphql.office.documents.models import DocumentChange


class DuesAllocated(Fact, frozen=True, kw_only=True):
    """What a partner owes was set off against what he is owed."""

    echoes: ClassVar[tuple[str, ...]] = ("due_ids", "document_ids")
    tells: ClassVar[DocumentChange] = DocumentChange.SETTLED
    due_id: int
    """The first of the dues."""
    allocation_ids: tuple[int, ...]
    due_ids: tuple[int, ...]
    document_ids: tuple[int, ...]
    """What the dues are for."""


class AllocationsReversed(Fact, frozen=True, kw_only=True):
    """What was set off was taken back."""

    echoes: ClassVar[tuple[str, ...]] = ("due_ids", "document_ids")
    tells: ClassVar[DocumentChange] = DocumentChange.SETTLED
    due_id: int
    """The first of the dues."""
    allocation_ids: tuple[int, ...]
    due_ids: tuple[int, ...]
    document_ids: tuple[int, ...]
    """What the dues are for."""
    note: str = ""


class DueDisputeSet(Fact, frozen=True, kw_only=True):
    """A due is disputed, or is so no more."""

    echoes: ClassVar[tuple[str, ...]] = ("document_ids",)
    tells: ClassVar[DocumentChange] = DocumentChange.SETTLED
    due_id: int
    document_ids: tuple[int, ...]
    """What it is for; none where it was entered."""
    is_disputed: bool
    note: str


class DueEntered(Fact, frozen=True, kw_only=True):
    """What is owed besides goods was entered."""

    due_id: int
    note: str


class DueReversed(Fact, frozen=True, kw_only=True):
    """What was entered was taken back by a due of its own."""

    echoes: ClassVar[tuple[str, ...]] = ("due_ids",)
    due_id: int
    reversal_id: int
    due_ids: tuple[int, ...]
    """Both."""
    note: str


class DueWrittenOff(Fact, frozen=True, kw_only=True):
    """What was open of a due, or part of it, is waived."""

    echoes: ClassVar[tuple[str, ...]] = ("due_ids", "document_ids")
    tells: ClassVar[DocumentChange] = DocumentChange.SETTLED
    due_id: int
    write_off_id: int
    due_ids: tuple[int, ...]
    """Both."""
    allocation_ids: tuple[int, ...]
    document_ids: tuple[int, ...]
    """What it is for; none where it was entered."""
    note: str
