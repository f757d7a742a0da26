"""What happens to documents of every kind, where there is no more to tell than to which one.

`DocumentCreated[Loan]` is a fact of its own, stored as `LoanCreated` with its `loan_id`, as if it were written out:

    class LoanCreated(Fact, frozen=True, kw_only=True):
        loan_id: int

What is told of documents that are posted tells of the books as well: `books.goods.facts`. What has more to tell
(another document, a reason) is written out, among the facts of its feature.
"""

import functools
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

import msgspec

from jxc_graphql.kit.journal import Fact
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.register import table_of
from jxc_graphql.office.documents.states import DocumentAction

D = TypeVar("D", bound=DocumentHeader)


class OfDocument(Generic[D]):
    """A fact of one document of a kind."""

    __slots__ = ()

    kind: ClassVar[type[DocumentHeader]]
    subject: ClassVar[str]
    action: ClassVar[DocumentAction]
    """What was done."""

    def __class_getitem__(cls, kind: Any) -> Any:
        is_kind = isinstance(kind, type) and issubclass(kind, DocumentHeader)
        return _of_kind(cast("Any", cls), kind) if is_kind else cast("Any", super()).__class_getitem__(kind)

    @classmethod
    def of(cls, document: D, **told: Any) -> Self:
        """The fact of this document."""
        made = cls if "kind" in vars(cls) else _of_kind(cast("Any", cls), type(document))
        return cast("Self", made(**{made.subject: document.id}, **told))


@functools.cache
def _of_kind(fact: Any, kind: type[DocumentHeader]) -> Any:
    key = f"{table_of(kind)}_id"
    is_posted = getattr(fact, "action", None) is DocumentAction.POST
    what = "Posted" if is_posted else fact.__name__.removeprefix("Document")
    return msgspec.defstruct(
        (is_posted and kind.posted_as) or f"{kind.__name__}{what}",
        [(key, int)],
        bases=(fact,),
        namespace={"__doc__": fact.__doc__, "kind": kind, "subject": key},
        module=kind.__module__,
        frozen=True,
        kw_only=True,
    )


class DocumentCreated(OfDocument[D], Fact, frozen=True, kw_only=True):
    """A document was drafted."""


class DocumentUpdated(OfDocument[D], Fact, frozen=True, kw_only=True):
    """A draft was changed."""

    action = DocumentAction.UPDATE


class DocumentSubmitted(OfDocument[D], Fact, frozen=True, kw_only=True):
    """A document waits for approval; it has changed nothing yet."""

    action = DocumentAction.SUBMIT


class DocumentApproved(OfDocument[D], Fact, frozen=True, kw_only=True):
    """A document was approved; it has changed nothing yet."""

    action = DocumentAction.APPROVE


class DocumentRejected(OfDocument[D], Fact, frozen=True, kw_only=True):
    """A document that waited for approval went back to its author."""

    action = DocumentAction.REJECT
    note: str


class DocumentCancelled(OfDocument[D], Fact, frozen=True, kw_only=True):
    """A document was given up; it has changed nothing."""

    action = DocumentAction.CANCEL
