"""How requests begin, are decided and end; each in the transaction of what is done to their document."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from datetime import timedelta

import msgspec

from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Path, Reason, reject_if
from jxc_graphql.office.approvals import facts, reading, rules
from jxc_graphql.office.approvals.models import (
    ApprovalDecision,
    ApprovalPolicy,
    ApprovalRequest,
    ApprovalStatus,
    ApprovalStep,
    ApprovalTask,
    TaskState,
)
from jxc_graphql.office.approvals.reading import Stand
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.named import KnownFacts, known_of


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """The policy that holds for a document, and why."""

    policy: ApprovalPolicy
    steps: tuple[ApprovalStep, ...]
    known: KnownFacts


async def chosen(document: DocumentHeader, sku_ids: tuple[int, ...] | None = None) -> Chosen | None:
    """The first policy whose conditions a document meets, as it is in memory; None where none does.

    An amendment for which no policy of its own kind holds is judged as the order would be that it makes. Whoever agreed
    to that agreed to no less, where the policy says so and the amendment does not ask anew.
    """
    known: KnownFacts | None = None
    for key in rules.keys_of(type(document)):
        if not (policies := await reading.policies_of(key)):
            continue
        known = known or await known_of(document, sku_ids)
        place = rules.first_that_holds([reading.conditions_of(one.conditions) for one in policies], known)
        if place is None:
            continue
        policy = policies[place]
        is_agreed = key != rules.key_of(type(document)) and policy.keeps_smaller and not document.asks_anew  # type: ignore[attr-defined]
        steps = () if is_agreed else await reading.steps_of(policy.id, policy.version)
        return Chosen(policy=policy, steps=tuple(steps), known=known)
    return None


async def begin(
    call: Call, document: DocumentHeader, found: Chosen, *, submitted: bool
) -> tuple[Stand, facts.ApprovalRequested]:
    """Has a document wait for the people whom a policy names; what they agreed to already may count again.

    Raises `Rejected` with a `NobodyCanApprove` for the first step that could never be done.
    """
    before = await _last(document.id) if found.policy.keeps_smaller else None
    request = ApprovalRequest(
        document_id=document.id,
        document_kind=rules.key_of(type(document)),
        document_version=document.version,
        policy_id=found.policy.id,
        policy_version=found.policy.version,
        conditions=found.policy.conditions,
        amount=rules.amount_of(found.known),
        facts=reading.kept(found.known),
        lets_author_decide=found.policy.lets_author_decide,
        author_id=document.created_by_id,
        submitted_by_id=call.actor_id if submitted else None,
        status=ApprovalStatus.PENDING,
        opened_at=call.at,
    )
    tasks = [
        ApprovalTask(
            request_id=request.id, step_id=step.id, position=step.position, name=step.name, state=TaskState.WAITING
        )
        for step in found.steps
    ]
    db.insert_later([request])
    db.insert_later(tasks)
    fact = facts.ApprovalRequested(
        document_id=document.id, document_kind=request.document_kind, approval_request_id=request.id
    )
    stand = await reading.stand_of(request, reading.place_of(document))
    reject_if(rules.check_possible(stand.seats, ("id",)))
    stand = await _open_next(call, stand)
    if before is not None and rules.is_no_more(found.known, reading.facts_of(before.facts)):
        stand = await _carry_over(call, stand, before)
    tell_document(stand)
    return stand, fact


async def foreseen(document: DocumentHeader, found: Chosen) -> Stand:
    """The request that there would be of a document, as it would begin; nothing is written."""
    request = ApprovalRequest(
        document_id=document.id,
        lets_author_decide=found.policy.lets_author_decide,
        author_id=document.created_by_id,
        submitted_by_id=None,
    )
    approvers, deputies = await reading.people_of(
        [one.id for one in found.steps], reading.place_of(document), rules.amount_of(found.known)
    )
    stand = Stand(request=request, seats=(), decisions=(), deputies=deputies, names={})
    first = min((one.position for one in found.steps), default=0)
    seats = tuple(
        reading.seats_of(
            step.id,
            step,
            approvers.get(step.id, ()),
            excluded=stand.excluded,
            state=TaskState.OPEN if step.position == first else TaskState.WAITING,
        )
        for step in found.steps
    )
    names = {step: tuple(name for name, late, _ in several if not late) for step, several in approvers.items()}
    return msgspec.structs.replace(stand, seats=seats, names=names)


async def decide(
    call: Call, document: DocumentHeader, stand: Stand, *, is_approved: bool, note: str = ""
) -> tuple[Stand, facts.ApprovalDecided]:
    """Writes down what a caller decides in the step that waits for him, and has the next one begin.

    Raises `Rejected` where none waits for him.
    """
    seat = stand.seat_of(call.actor_id)
    reject_if(_why_not(call, stand, document) if seat is None else ())
    assert seat is not None
    assert call.actor_id is not None
    step, principal_id = seat
    decision = ApprovalDecision(
        request_id=stand.request.id,
        task_id=step.task_id,
        actor_id=call.actor_id,
        principal_id=principal_id,
        is_approved=is_approved,
        note=note,
        at=call.at,
        document_version=document.version,
    )
    db.insert_later([decision])
    fact = facts.ApprovalDecided(
        document_id=document.id,
        document_kind=stand.request.document_kind,
        approval_request_id=stand.request.id,
        is_approved=is_approved,
        principal_id=principal_id,
        note=note,
    )
    stand = msgspec.structs.replace(stand, decisions=(*stand.decisions, decision))
    if is_approved:
        stand = await _open_next(call, stand)
        tell_document(stand)
    return stand, fact


def is_agreed(stand: Stand) -> bool:
    """Whether all steps are done."""
    return all(one.state is TaskState.DONE for one in stand.seats)


def close(call: Call, request: ApprovalRequest, status: ApprovalStatus) -> None:
    """Ends a request; its document waits for nobody any more."""
    request.status, request.closed_at = status, call.at
    db.later(
        "UPDATE approval_request SET status = ?, closed_at = ? WHERE id = ? AND status = 'PENDING'",
        (status.value, call.at, request.id),
        rows=1,
    )
    db.later(
        "UPDATE approval_task SET state = 'CLOSED', remind_at = NULL, escalate_at = NULL "
        "WHERE request_id = ? AND state <> 'DONE'",
        (request.id,),
    )
    _tell(request.document_id, None)
    fact = facts.ApprovalClosed(
        document_id=request.document_id,
        document_kind=request.document_kind,
        approval_request_id=request.id,
        status=status,
    )
    journal.record(fact, call)


def pending(stand: Stand, document: DocumentHeader, path: Path = ("id",)) -> rules.ApprovalPending:
    """That a document waits, and for whom."""
    names, users = stand.waits_for
    return rules.ApprovalPending(
        path=path, waits_for=reading.place_of(document).needed, names=names, approver_ids=users[: rules.MOST_APPROVERS]
    )


def tell_document(stand: Stand) -> None:
    """Has the register say for whom a document waits."""
    names, users = stand.waits_for
    _tell(stand.request.document_id, reading.kept({"names": names, "users": users}))


def _tell(document_id: int, waits_for: str | None) -> None:
    db.later("UPDATE document SET waits_for = ? WHERE id = ?", (waits_for, document_id), rows=1, row=document_id)


def _why_not(call: Call, stand: Stand, document: DocumentHeader) -> list[Reason]:
    if call.actor_id is not None and stand.has_decided(call.actor_id):
        return [rules.AlreadyDecided(path=("id",))]
    if call.actor_id in stand.excluded:
        return [rules.OwnDocument(path=("id",))]
    return [pending(stand, document)]


async def _open_next(call: Call, stand: Stand) -> Stand:
    """Marks steps that are done, and has those begin that nothing comes before any more."""
    seats = [
        msgspec.structs.replace(one, state=TaskState.DONE)
        if one.state is TaskState.OPEN and one.is_done(stand.agreed(one.task_id))
        else one
        for one in stand.seats
    ]
    left = [one.position for one in seats if one.state is not TaskState.DONE]
    first = min(left, default=0)
    seats = [
        msgspec.structs.replace(one, state=TaskState.OPEN)
        if one.state is TaskState.WAITING and one.position == first
        else one
        for one in seats
    ]
    before = {one.task_id: one.state for one in stand.seats}
    changed = [one for one in seats if one.state is not before[one.task_id]]
    done = [one.task_id for one in changed if one.state is TaskState.DONE]
    opened = [one.task_id for one in changed if one.state is TaskState.OPEN]
    if done:
        db.later(
            "UPDATE approval_task SET state = 'DONE', remind_at = NULL, escalate_at = NULL "
            f"WHERE id IN (SELECT id FROM {db.rows({'id': 'bigint'})} AS asked)",
            (db.json([one] for one in done),),
            rows=len(done),
        )
    if opened:
        await _begin_steps(call, opened)
    return msgspec.structs.replace(stand, seats=tuple(seats))


async def _begin_steps(call: Call, task_ids: list[int]) -> None:
    for task in await ApprovalTask.filter(id__in=task_ids).select_related("step"):
        remind, escalate = (
            None if hours is None else call.at + timedelta(hours=hours)
            for hours in (task.step.remind_after_hours, task.step.escalate_after_hours)
        )
        task.state, task.opened_at, task.remind_at, task.escalate_at = TaskState.OPEN, call.at, remind, escalate
        await task.save(update_fields=["state", "opened_at", "remind_at", "escalate_at"])


async def _last(document_id: int) -> ApprovalRequest | None:
    """The request before, unless somebody disagreed."""
    last = await ApprovalRequest.filter(document_id=document_id).order_by("-id").first()
    return last if last and last.status in {ApprovalStatus.APPROVED, ApprovalStatus.WITHDRAWN} else None


async def _carry_over(call: Call, stand: Stand, before: ApprovalRequest) -> Stand:
    """Has those count again who agreed to no less before, each in the step that waits for him now."""
    for one in await ApprovalDecision.filter(request_id=before.id, is_approved=True).order_by("id"):
        place = next(
            (
                step
                for step in stand.open
                if one.principal_id in step.users
                and one.principal_id not in stand.excluded
                and step.gains(stand.agreed(step.task_id), one.principal_id)
            ),
            None,
        )
        if place is None or stand.has_decided(one.principal_id) or stand.has_decided(one.actor_id):
            continue
        again = ApprovalDecision(
            request_id=stand.request.id,
            task_id=place.task_id,
            actor_id=one.actor_id,
            principal_id=one.principal_id,
            is_approved=True,
            note=one.note,
            at=one.at,
            document_version=one.document_version,
            carried_from_id=one.id,
        )
        db.insert_later([again])
        stand = msgspec.structs.replace(stand, decisions=(*stand.decisions, again))
        stand = await _open_next(call, stand)
    return stand
