"""The stream of what happens to requests, for those who decide on them and those whose documents they are."""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Any

import msgspec

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated
from jxc_graphql.kit.journal import Cursor, Entry, Fact
from jxc_graphql.kit.telling import told
from jxc_graphql.office.approvals import facts, queries


class ApprovalChange(StrEnum):
    """What happened to a request."""

    REQUESTED = "REQUESTED"
    """It began (发起)."""
    DECIDED = "DECIDED"
    """Somebody decided (审批)."""
    CLOSED = "CLOSED"
    """It ended (结束)."""
    REMINDED = "REMINDED"
    """It has waited for long (催办)."""
    ESCALATED = "ESCALATED"
    """Others may decide as well (升级)."""


class ApprovalEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something happened to a request; `cursor` is where to resume behind it."""

    cursor: str
    change: ApprovalChange
    approval_request_id: int


_CHANGES: dict[type[Fact], ApprovalChange] = {
    facts.ApprovalRequested: ApprovalChange.REQUESTED,
    facts.ApprovalDecided: ApprovalChange.DECIDED,
    facts.ApprovalClosed: ApprovalChange.CLOSED,
    facts.ApprovalReminded: ApprovalChange.REMINDED,
    facts.ApprovalEscalated: ApprovalChange.ESCALATED,
}
_NAMES = {fact.stored_as for fact in _CHANGES}


async def approval_events(call: Call, after: Cursor | None = None) -> AsyncIterator[ApprovalEvent | Cursor]:
    """Whatever happens to requests that concern a caller, behind a cursor and without end; without one from now on.

    A cursor among them says that everything up to it was told. Raises `Rejected` for one that nothing resumes from.
    """
    if call.actor_id is None:
        raise Unauthenticated

    async def shown(entry: Entry) -> ApprovalEvent | None:
        fact: Any = entry.fact
        request_id, change = fact.approval_request_id, _CHANGES[type(fact)]
        if not await queries.concerns(call, request_id):
            return None
        return ApprovalEvent(cursor=entry.cursor.encode(), change=change, approval_request_id=request_id)

    async for event in told(_NAMES, shown, after):
        yield event
