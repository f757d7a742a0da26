"""What may be wrong with any document."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

import msgspec
from msgspec import UnsetType

from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.text import check_text

NOTE_LIMIT = 500
"""Characters that a note may have: the remark on a document, and why something was done."""
EXTERNAL_NUMBER_LIMIT = 60


class IdempotencyMismatch(Reason, frozen=True, kw_only=True):
    """The caller used this retry key for another input of the same operation."""

    about: ClassVar[str | None] = "idempotency_key"
    document_id: int | None = None


class OutOfScope(Reason, frozen=True, kw_only=True):
    """It is not among what the caller may touch, or belongs to a warehouse in which he may not work."""


class NotTheAuthor(Reason, frozen=True, kw_only=True):
    """Only whoever made the document does that."""


class TooManyLines(Reason, frozen=True, kw_only=True):
    """More lines than one document or list may have."""

    lines: int
    """How many were sent."""
    limit: int
    """How many may be sent."""


class NotAVersionEach(Reason, frozen=True, kw_only=True):
    """Versions are told of all documents, one each in their order, or of none."""

    documents: int


class NoSuchStep(Reason, frozen=True, kw_only=True):
    """Documents of this kind are never taken on like that, or only with more than is told here."""

    labelled: ClassVar[Mapping[str, str]] = {"kind": "Kind"}
    kind: str


class TriedAlone(Reason, frozen=True, kw_only=True):
    """Of many it is said of all at once whether they are only tried."""


class CarriedOut(Reason, frozen=True, kw_only=True):
    """Documents carried it out, if only to be taken back: it stays as it was agreed, and can be cancelled."""

    document_ids: tuple[int, ...]
    """Which ones, at most ten."""


class EmptyDocument(Reason, frozen=True, kw_only=True):
    """A document without any line."""


def check_note(note: str | UnsetType | None, *, required: bool = False, path: Path = ("note",)) -> Iterator[Reason]:
    """What is wrong with a note."""
    return check_text(path, note, limit=NOTE_LIMIT, required=required)


def check_external_number(external_number: str | UnsetType | None) -> Iterator[Reason]:
    """What is wrong with the number that a document has elsewhere."""
    return check_text(("external_number",), external_number, limit=EXTERNAL_NUMBER_LIMIT)


def check_line_count(lines: int, limit: int) -> Iterator[Reason]:
    """Whether a document has lines, and not too many."""
    if lines == 0:
        yield EmptyDocument(path=("lines",))
    if lines > limit:
        yield TooManyLines(path=("lines",), lines=lines, limit=limit)


class _Noted(msgspec.Struct):
    note: str | None = None


def note_of_fact(body: str) -> str | None:
    """The note in a fact as the journal holds it."""
    return msgspec.json.decode(body, type=_Noted).note
