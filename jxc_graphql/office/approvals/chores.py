"""What happens by itself while documents wait: people are reminded, and after long others may decide as well."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Entry
from jxc_graphql.office.approvals import facts, queries, requests
from jxc_graphql.office.approvals.models import ApprovalRequest, ApprovalTask
from jxc_graphql.office.documents import rows
from jxc_graphql.office.jobs.declared import Stage, kind

AT_ONCE = 50
"""Requests that one step of the job looks at."""


@kind(
    "REMIND_APPROVERS",
    "Remind those who documents wait for, and escalate what has waited for long (审批催办与升级).",
    usually="*/30 * * * *",
)
async def remind_approvers(call: Call, stage: Stage) -> Stage:
    """Looks at the next requests of which a step has waited for too long."""
    due = await db.fetch(
        f"SELECT DISTINCT request_id FROM approval_task WHERE state = 'OPEN' "
        f"AND (remind_at <= ? OR escalate_at <= ?) ORDER BY request_id LIMIT {AT_ONCE}",
        (call.at, call.at),
    )
    for (request_id,) in due:
        await _tell(call, request_id)
    done = stage.done + len(due)
    return Stage(done=done, total=done, saved=stage.saved, is_last=len(due) < AT_ONCE)


async def _tell(call: Call, request_id: int) -> None:
    """Reminds of a request, or escalates it, under the lock of its document."""
    request = await ApprovalRequest.get(id=request_id)
    document, *_ = await rows.locked(queries.model_of(request.document_kind), request.document_id)
    assert document is not None
    late = await ApprovalTask.filter(request_id=request_id, state="OPEN").select_related("step").order_by("id")
    told: dict[str, Any] = {
        "document_id": request.document_id,
        "document_kind": request.document_kind,
        "approval_request_id": request.id,
    }
    reminded = [one for one in late if one.remind_at is not None and one.remind_at <= call.at]
    escalated = [one for one in late if one.escalate_at is not None and one.escalate_at <= call.at]
    for task in reminded:
        assert task.remind_at is not None
        task.remind_at = _next(task.remind_at, task.step.remind_after_hours, call.at)
    for task in escalated:
        task.escalate_at, task.escalated_at = None, call.at
    for task in {one.id: one for one in (*reminded, *escalated)}.values():
        await task.save(update_fields=["remind_at", "escalate_at", "escalated_at"])
    if reminded:
        journal.record(facts.ApprovalReminded(**told), call)
    if escalated:
        journal.record(facts.ApprovalEscalated(**told), call)
        requests.tell_document(await queries.stand_of(request, document))


def _next(moment: datetime, hours: int, now: datetime) -> datetime:
    """The first moment behind now, so many hours after another, or twice, or more often."""
    step = timedelta(hours=hours)
    return moment + step * ((now - moment) // step + 1)


@db.transactional
async def tell_anew(call: Call, entries: Sequence[Entry]) -> None:  # noqa: ARG001  (every reaction takes them)
    """Has documents that wait say anew for whom, after somebody's rights or deputies changed."""
    for request in await ApprovalRequest.filter(status="PENDING").order_by("id"):
        document, *_ = await rows.locked(queries.model_of(request.document_kind), request.document_id)
        assert document is not None
        requests.tell_document(await queries.stand_of(request, document))
