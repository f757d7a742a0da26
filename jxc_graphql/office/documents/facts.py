"""What happens to documents of every kind, where there is no more to tell than to which one.

`DocumentCreated[Loan]` is a fact of its own, stored as `LoanCreated` with its `loan_id`, as if it were written out:

    class LoanCreated(Fact, frozen=True, kw_only=True):
        loan_id: int

Type checkers do not see that name: they know `subject_id`, which every such fact has.

What is told of documents that are posted tells of the books as well: `books.goods.facts`. What has more to tell
(another document, a reason) is written out, among the facts of its feature.
"""

import functools
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

import msgspec

from jxc_graphql.kit.changes import Changed
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.labels import tell
from jxc_graphql.office.documents.models import DocumentChange, DocumentHeader
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
    tells: ClassVar[DocumentChange]
    """What those are told who follow documents, where it is not that one was moved on."""
    in_chinese: ClassVar[str] = ""
    """How people call that, with `{}` for what the document is called."""

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
    name = (is_posted and kind.posted_as) or f"{kind.__name__}{what}"
    if fact.in_chinese:
        tell("Fact", {name: fact.in_chinese.format(f"{kind.called_in_chinese.removesuffix('单')}单")})
    return msgspec.defstruct(
        name,
        [(key, int)],
        bases=(fact,),
        namespace={"__doc__": fact.__doc__, "kind": kind, "subject": key},
        module=kind.__module__,
        frozen=True,
        kw_only=True,
    )


class DocumentCreated(OfDocument[D], Fact, frozen=True, kw_only=True):
    """A document was drafted."""

    tells = DocumentChange.CREATED
    in_chinese = "新建{}"


class DocumentUpdated(OfDocument[D], Fact, frozen=True, kw_only=True):
    """A draft was changed."""

    action = DocumentAction.UPDATE
    tells = DocumentChange.UPDATED
    in_chinese = "修改{}"
    changes: tuple[Changed, ...] = ()
    """What it said before and says since; older facts do not know."""
    left_out: int = 0
    """How many more changes there were."""


class DocumentSubmitted(OfDocument[D], Fact, frozen=True, kw_only=True):
    """A document waits for approval; it has changed nothing yet."""

    action = DocumentAction.SUBMIT
    in_chinese = "提交{}"


class DocumentApproved(OfDocument[D], Fact, frozen=True, kw_only=True):
    """A document was approved; it has changed nothing yet."""

    action = DocumentAction.APPROVE
    in_chinese = "审核{}"


class DocumentRejected(OfDocument[D], Fact, frozen=True, kw_only=True):
    """A document that waited for approval went back to its author."""

    action = DocumentAction.REJECT
    in_chinese = "驳回{}"
    note: str


class DocumentWithdrawn(OfDocument[D], Fact, frozen=True, kw_only=True):
    """A document that waited for approval was taken back by its author."""

    action = DocumentAction.WITHDRAW
    in_chinese = "撤回{}"


class DocumentCancelled(OfDocument[D], Fact, frozen=True, kw_only=True):
    """A document was given up; it has changed nothing."""

    action = DocumentAction.CANCEL
    in_chinese = "作废{}"


class DocumentCopied(Fact, frozen=True, kw_only=True):
    """A document was drafted as another one is."""

    document_id: int
    source_id: int
