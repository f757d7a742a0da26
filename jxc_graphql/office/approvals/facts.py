"""What happened to policies, requests and deputies.

What is told of a request belongs to the history of its document, and tells of that whatever its kind: where it is a
sales order, `sales_order_id` of such a fact is its id.
"""

from typing import Any, ClassVar

from jxc_graphql.kit.changes import Changed
from jxc_graphql.kit.journal import Fact
from jxc_graphql.office.approvals.models import ApprovalStatus
from jxc_graphql.office.documents.models import DocumentChange


class _OfRequest:
    """What facts of a request have in common."""

    __slots__ = ()
    tells: ClassVar[DocumentChange] = DocumentChange.APPROVAL

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and name == f"{getattr(self, 'document_kind').lower()}_id":  # noqa: B009
            return getattr(self, "document_id")  # noqa: B009  (of each of them)
        raise AttributeError(name)


class ApprovalRequested(_OfRequest, Fact, frozen=True, kw_only=True):
    """A document waits for people."""

    document_id: int
    document_kind: str
    approval_request_id: int


class ApprovalDecided(_OfRequest, Fact, frozen=True, kw_only=True):
    """Somebody agreed to a document, or did not."""

    document_id: int
    document_kind: str
    approval_request_id: int
    is_approved: bool
    principal_id: int
    note: str

    @property
    def changes(self) -> tuple[Changed, ...]:
        """Whether he agreed."""
        return (Changed("ApprovalDecision", "is_approved", None, self.is_approved),)


class ApprovalClosed(_OfRequest, Fact, frozen=True, kw_only=True):
    """A document waits for nobody any more."""

    document_id: int
    document_kind: str
    approval_request_id: int
    status: ApprovalStatus

    @property
    def changes(self) -> tuple[Changed, ...]:
        """How the request ended."""
        return (Changed("ApprovalRequest", "status", ApprovalStatus.PENDING.value, self.status.value),)


class ApprovalReminded(_OfRequest, Fact, frozen=True, kw_only=True):
    """A document has waited for people for long."""

    document_id: int
    document_kind: str
    approval_request_id: int


class ApprovalEscalated(_OfRequest, Fact, frozen=True, kw_only=True):
    """A document has waited for so long that others may decide as well."""

    document_id: int
    document_kind: str
    approval_request_id: int


class ApprovalPolicySet(Fact, frozen=True, kw_only=True):
    """It is said who must agree to documents of a kind."""

    approval_policy_id: int


class ApprovalDeputySet(Fact, frozen=True, kw_only=True):
    """Somebody stands in for somebody else."""

    approval_deputy_id: int


class ApprovalDeputyDeleted(Fact, frozen=True, kw_only=True):
    """Nobody stands in for somebody any more as it was said."""

    approval_deputy_id: int
    user_id: int
