"""What clients see of every document."""

from datetime import date, datetime
from typing import Any

from jxc_graphql.gql.declare import Connection, Id, column, computed, entity, interface, user_error, value
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import JournalEntry
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents import rules, states
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus


@value
class AllowedAction:
    """Whether the viewer can do something with a document now."""

    action: DocumentAction
    """What could be done."""
    allowed: bool
    """Whether it can be done now, by the viewer."""
    reasons: list[str]
    """Error codes that say why not; empty where it is allowed."""


@entity(JournalEntry)
class TimelineEntry:
    """One thing that happened to a document or a lot (时间线), through which alone it is reached."""

    at: datetime
    """When."""
    actor: User | None
    """Who did it; null when the system did."""
    what: str = column("name")
    """What happened, such as `PurchaseOrderApproved`."""
    note: str | None = computed(rules.note_of_fact, "body")
    """What was said with it (备注), such as why an order was sent back."""


@interface
class Document:
    """What every document (单据) has."""

    # Each kind of document says itself where its timeline comes from: connection("subject_id").

    id: Id[Any]
    """Its id (标识), opaque and stable."""
    number: str
    """Number (单号), unique."""
    status: DocumentStatus
    """Where it stands (状态)."""
    version: int
    """Rises with every change; send it back as `expectedVersion`."""
    business_date: date
    """The day it counts for (业务日期)."""
    created_at: datetime
    """When it was made."""
    created_by: User
    """Who made it (制单人)."""
    note: str
    """Remark (备注)."""
    timeline: Connection[TimelineEntry]
    """What happened to it, oldest first (时间线)."""


def actions_of(kind: type[DocumentHeader]) -> Any:
    """The `allowedActions` of a kind of document: by its status, and by whose people the caller belongs to."""
    told = kind.registered

    def allowed_actions(
        call: Call, status: DocumentStatus, warehouse_id: int, to_warehouse_id: int
    ) -> list[states.AllowedAction]:
        places = {"warehouse_id": warehouse_id, "to_warehouse_id": to_warehouse_id}
        elsewhere = [column for column, place in places.items() if not call.sees(Dimension.WAREHOUSE, place)]
        return kind.states.allowed_actions(status, call.permissions, elsewhere)

    other = told.warehouse_id if told.to_warehouse_id == "NULL" else told.to_warehouse_id
    return computed(allowed_actions, "status", told.warehouse_id, other)


@user_error(states.IllegalTransition)
class IllegalTransitionError:
    """The document's status does not allow the action."""

    status: DocumentStatus
    """The status it has."""
    action: DocumentAction
    """What was tried."""
    allowed: list[DocumentAction]
    """What its status allows."""


@user_error(rules.StaleVersion)
class StaleVersionError:
    """The document was changed since the client read it."""

    current: int
    """The version it has now."""
    expected: int
    """The version the client expected."""


@user_error(rules.TooManyLines)
class TooManyLinesError:
    """More lines than may be sent at once."""

    lines: int
    """How many were sent."""
    limit: int
    """How many may be sent."""
