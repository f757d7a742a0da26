"""The audit log, as clients see it."""

from datetime import datetime
from typing import Any

from jxc_graphql.gql.declare import Connection, Id, Node, column, computed, connection, entity
from jxc_graphql.kit import happened
from jxc_graphql.kit.happened import FactKind
from jxc_graphql.kit.journal import Fact, JournalEntry
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.auth.permissions import Permission

_OF_NOTHING = {"change_id", "day_number", "document_id", "owner_id", "run_id"}
"""What facts are about that are about no thing, or one of a type that they do not tell."""


def _subject(name: str, subject_id: int) -> tuple[str, int] | None:
    kind = Fact.registry[name].subject
    if kind in _OF_NOTHING or not subject_id:
        return None
    return "".join(word.capitalize() for word in kind.removesuffix("_id").split("_")), subject_id


@entity(JournalEntry, requires=Permission.SEE_AUDIT_LOG, starts=("address",))
class AuditEntry(Node):
    """One thing that somebody did, or that happened (操作日志)."""

    at: datetime
    """When."""
    actor: User | None
    """Who did it; null when the system did, or somebody who is not signed in."""
    what: str = column("name")
    """What happened, such as `PurchaseOrderApproved`, `LoginFailed` or `CostsRead`, for filters."""
    kind: FactKind = computed(happened.kind_of, "name")
    """What happened, for programs."""
    text: str = computed(happened.text_of, "name")
    """What happened, for people, in the language of the request: `Costs read` or `查看成本`."""
    subject: Id[Any] | None = computed(_subject, "name", "subject_id")
    """The id of what it happened to, for `node`; null where it was not one thing."""
    address: str
    """The address from which it was asked for; empty for what happens by itself."""
    request_id: str
    """The id of the request, as in the header `x-request-id` and in the server's log."""
    detail: str = column("body")
    """What was recorded of it, as JSON with the database's own ids and numbers, costs included."""


class Query:
    audit_log: Connection[AuditEntry] = connection(order_by="-id", requires=Permission.SEE_AUDIT_LOG)
    """The audit log (操作日志), the latest first."""
