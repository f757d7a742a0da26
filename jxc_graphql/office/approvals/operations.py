"""What can be done about policies, deputies and requests."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import msgspec

from jxc_graphql.kit import db, frame, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, UnsetType, given
from jxc_graphql.kit.errors import NotFound, Path, Reason, Rejected, Required, UnknownId, reject_if
from jxc_graphql.kit.numbers import Money
from jxc_graphql.kit.versions import check_version
from jxc_graphql.office.approvals import facts, gate, queries, reading, requests, rules
from jxc_graphql.office.approvals.models import (
    MANAGE_APPROVALS,
    ApprovalApprover,
    ApprovalDeputy,
    ApprovalPolicy,
    ApprovalRequest,
    ApprovalStatus,
    ApprovalStep,
)
from jxc_graphql.office.approvals.reading import Jurisdiction
from jxc_graphql.office.approvals.rules import Condition, WantedStep
from jxc_graphql.office.auth import queries as auth
from jxc_graphql.office.documents import rows
from jxc_graphql.office.documents.changing import check_scope
from jxc_graphql.office.documents.models import DocumentHeader, DocumentKind
from jxc_graphql.office.documents.named import DocumentFact
from jxc_graphql.office.documents.posting import operation_of, posting
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.documents.states import DocumentAction

_NEW: dict[str, Any] = {
    "position": 0, "is_active": True, "lets_author_decide": False, "keeps_smaller": False,
    "approves_without_steps": False,
}  # fmt: skip
"""What a new policy says of what nobody said."""


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """A request about which something was decided."""

    approval_request_id: int


class AskedCondition(msgspec.Struct, frozen=True, kw_only=True):
    """A condition as it is asked for: things with their types."""

    fact: DocumentFact
    at_least: Money | None = None
    below: Money | None = None
    any_of: Sequence[Any] | None = None
    none_of: Sequence[Any] | None = None

    def wrong(self, path: Path) -> Iterator[Reason]:
        """What is wrong with the things that it names."""
        for name, several in (("any_of", self.any_of), ("none_of", self.none_of)):
            yield from rules.check_kind_of_ids(self.fact, [kind for kind, _ in several or ()], (*path, name))

    @property
    def condition(self) -> Condition:
        """The condition, with the ids of what it names."""
        ids = [tuple(key for _, key in several or ()) for several in (self.any_of, self.none_of)]
        return Condition(fact=self.fact, at_least=self.at_least, below=self.below, any_of=ids[0], none_of=ids[1])


class WantedPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy says; `UNSET` where that stays as it is."""

    name: str
    document_kind: DocumentKind
    position: Change[int] = UNSET
    is_active: Change[bool] = UNSET
    conditions: tuple[AskedCondition, ...]
    steps: tuple[WantedStep, ...]
    lets_author_decide: Change[bool] = UNSET
    keeps_smaller: Change[bool] = UNSET
    approves_without_steps: Change[bool] = UNSET

    @property
    def told(self) -> dict[str, Any]:
        """What of it is said beside conditions and steps, by column."""
        return given(
            name=self.name.strip(), position=self.position, is_active=self.is_active,
            lets_author_decide=self.lets_author_decide, keeps_smaller=self.keeps_smaller,
            approves_without_steps=self.approves_without_steps,
        )  # fmt: skip


@posting(MANAGE_APPROVALS)
async def set_approval_policy(
    call: Call, *, policy: WantedPolicy, approval_policy_id: int | None = None, expected_version: int | None = None
) -> facts.ApprovalPolicySet:
    """Says who must agree to documents of a kind; requests that run go on as they began.

    Raises `Rejected` with everything that is wrong, a `NobodyCanApprove` for the first step that nobody could fulfil.
    """
    kind = queries.model_of(policy.document_kind)
    if DocumentAction.APPROVE not in kind.states.actions:
        raise Rejected(rules.NotApproved(path=("document_kind",)))
    reject_if(wrong for place, one in enumerate(policy.conditions) for wrong in one.wrong(("conditions", place)))
    conditions = [one.condition for one in policy.conditions]
    reject_if(rules.check_policy(kind, policy.name, conditions, policy.steps))
    await _check_people(policy.steps)
    row = await _policy(approval_policy_id, policy, expected_version)
    row.update_from_dict(policy.told)
    row.conditions, row.updated_at = reading.kept(conditions), call.at
    if approval_policy_id is None:
        row.created_at = call.at
        await row.save(force_create=True)
    else:
        row.version += 1
        await row.save()
    _write_steps(row, policy.steps)
    await _check_possible(kind, row, policy)
    return facts.ApprovalPolicySet(approval_policy_id=row.id)


@frame.recorded
async def set_approval_deputy(
    call: Call,
    *,
    deputy_id: int,
    starts_on: date,
    ends_on: date,
    user_id: Change[int | None] = UNSET,
    approval_deputy_id: int | None = None,
    expected_version: int | None = None,
) -> facts.ApprovalDeputySet:
    """Has somebody decide in one's own place from a day through another; in that of others with MANAGE_APPROVALS."""
    row = None if approval_deputy_id is None else await _deputy(call, approval_deputy_id, expected_version)
    if isinstance(user_id, UnsetType):
        of = row.user_id if row else call.actor_id
    else:
        of = call.actor_id if user_id is None else user_id
    if of is None or of != call.actor_id:
        call.require(MANAGE_APPROVALS)
    assert of is not None
    active = await reading.users_among([of, deputy_id])
    wrong = [
        UnknownId(path=(name,), kind="User")
        for name, one in (("user_id", of), ("deputy_id", deputy_id))
        if one not in active or (name == "deputy_id" and one == of)
    ]
    reject_if([*wrong, *rules.check_days(starts_on, ends_on)])
    if row is None:
        row = await ApprovalDeputy.create(
            user_id=of, deputy_id=deputy_id, starts_on=starts_on, ends_on=ends_on, updated_at=call.at
        )
        return facts.ApprovalDeputySet(approval_deputy_id=row.id)
    row.user_id, row.deputy_id, row.starts_on, row.ends_on = of, deputy_id, starts_on, ends_on
    row.version, row.updated_at = row.version + 1, call.at
    await row.save()
    return facts.ApprovalDeputySet(approval_deputy_id=row.id)


@frame.recorded
async def delete_approval_deputy(
    call: Call, *, approval_deputy_id: int, expected_version: int | None = None
) -> facts.ApprovalDeputyDeleted:
    """Has nobody decide in somebody's place any more (删除代理)."""
    row = await _deputy(call, approval_deputy_id, expected_version)
    await row.delete()
    return facts.ApprovalDeputyDeleted(approval_deputy_id=row.id, user_id=row.user_id)


@db.transactional
async def decide_approval(call: Call, *, approval_request_id: int, is_approved: bool, note: str = "") -> Decided:
    """Agrees to what a document waits with, or does not, as `approve…` and `reject…` of its kind would.

    Raises `Forbidden` without the permission to approve such documents, and `Rejected` where nothing waits for the
    caller.
    """
    reject_if([*check_note(note), *([] if is_approved or note.strip() else [Required(path=("note",))])])
    request, document = await _held(call, approval_request_id)
    states = document.states
    action = DocumentAction.APPROVE if is_approved else DocumentAction.REJECT
    if action in states.allowed(document.status):
        alone = msgspec.structs.replace(call, idempotency_key=None)
        more: dict[str, Any] = {} if is_approved else {"note": note}
        with gate.saying(note):
            await operation_of(states[action])(alone, **gate.key_of(document), **more)
    else:
        await _refuse(call, request, document, note)
    return Decided(approval_request_id=approval_request_id)


@db.transactional
async def withdraw_approval(call: Call, *, approval_request_id: int) -> Decided:
    """Takes back that a document waits for people, by who made it or handed it in, or with MANAGE_APPROVALS."""
    request, _ = await _held(call, approval_request_id)
    if call.actor_id not in {request.author_id, request.submitted_by_id}:
        call.require(MANAGE_APPROVALS)
    requests.close(call, request, ApprovalStatus.WITHDRAWN)
    return Decided(approval_request_id=approval_request_id)


async def _refuse(call: Call, request: ApprovalRequest, document: DocumentHeader, note: str) -> None:
    """Ends the request of what is no more than a draft, and cannot be sent back."""
    call.require(document.states[DocumentAction.APPROVE].by)
    stand = await reading.stand_of(request, reading.place_of(document))
    _, fact = await requests.decide(call, document, stand, is_approved=False, note=note)
    journal.record(fact, call)
    requests.close(call, request, ApprovalStatus.REJECTED)


async def _held(call: Call, approval_request_id: int) -> tuple[ApprovalRequest, DocumentHeader]:
    """A request that waits and its document, which is kept from others until the transaction ends."""
    path = ("id",)
    request = await ApprovalRequest.get_or_none(id=approval_request_id)
    if request is None:
        raise NotFound(UnknownId(path=path, kind="ApprovalRequest"))
    document, *_ = await rows.locked(queries.model_of(request.document_kind), request.document_id)
    assert document is not None
    try:
        check_scope(document, call, DocumentAction.APPROVE, path)
    except NotFound:
        raise NotFound(UnknownId(path=path, kind="ApprovalRequest")) from None
    pending = await reading.pending_of(document.id)
    if pending is None or pending.id != approval_request_id:
        raise Rejected(rules.RequestClosed(path=path))
    return pending, document


async def _policy(policy_id: int | None, policy: WantedPolicy, expected_version: int | None) -> ApprovalPolicy:
    if policy_id is None:
        return ApprovalPolicy(document_kind=policy.document_kind, **_NEW)
    row = await ApprovalPolicy.select_for_update().get_or_none(id=policy_id)
    if row is None or row.document_kind != policy.document_kind:
        raise NotFound(UnknownId(path=("id",), kind="ApprovalPolicy"))
    check_version(row, expected_version)
    return row


async def _deputy(call: Call, deputy_id: int, expected_version: int | None) -> ApprovalDeputy:
    row = await ApprovalDeputy.select_for_update().get_or_none(id=deputy_id)
    if row is None or (row.user_id != call.actor_id and MANAGE_APPROVALS not in call.permissions):
        raise NotFound(UnknownId(path=("id",), kind="ApprovalDeputy"))
    check_version(row, expected_version)
    return row


def _write_steps(row: ApprovalPolicy, steps: Sequence[WantedStep]) -> None:
    for wanted in steps:
        step = ApprovalStep(
            policy_id=row.id,
            policy_version=row.version,
            position=wanted.position,
            name=wanted.name.strip(),
            needs=wanted.needs,
            count=wanted.count,
            remind_after_hours=wanted.remind_after_hours,
            escalate_after_hours=wanted.escalate_after_hours,
        )
        db.insert_later([step])
        db.insert_later([ApprovalApprover(step_id=step.id, **msgspec.structs.asdict(one)) for one in wanted.approvers])


async def _check_people(steps: Sequence[WantedStep]) -> None:
    """Whether all who are named are there."""
    named = [
        (("steps", index, "approvers", place), one)
        for index, step in enumerate(steps)
        for place, one in enumerate(step.approvers)
    ]
    users = await reading.users_among((one.user_id for _, one in named if one.user_id), active=False)
    roles = {*(await auth.role_ids_by_code()).values()}
    reject_if(
        UnknownId(path=(*path, "user_id" if one.user_id else "role_id"), kind="User" if one.user_id else "Role")
        for path, one in named
        if (one.user_id or one.role_id) not in (users if one.user_id else roles)
    )


async def _check_possible(kind: type[DocumentHeader], row: ApprovalPolicy, policy: WantedPolicy) -> None:
    """Whether there are people for every step of a document that is as small as the policy holds for."""
    if not row.is_active:
        return
    steps = await reading.steps_of(row.id, row.version)
    place = Jurisdiction(needed=kind.states[DocumentAction.APPROVE].by, scope={})
    approvers, _ = await reading.people_of(
        [one.id for one in steps], place, rules.least([one.condition for one in policy.conditions])
    )
    seats = [reading.seats_of(one.id, one, approvers.get(one.id, ())) for one in steps]
    reject_if(rules.check_possible(seats, ("steps",)))
