"""What is known of policies and requests, and of the people who may decide at the moment."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.approvals.models import (
    ApprovalDecision,
    ApprovalPolicy,
    ApprovalRequest,
    ApprovalStatus,
    ApprovalStep,
    ApprovalTask,
    TaskState,
)
from jxc_graphql.office.approvals.rules import Condition, Seats
from jxc_graphql.office.auth import queries as auth
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.named import DocumentFact, KnownFacts
from jxc_graphql.office.documents.register import belongs_to, partners_of
from jxc_graphql.office.documents.states import DocumentAction

_HOLDS = (
    "EXISTS (SELECT 1 FROM user_role JOIN role_permission ON role_permission.role_id = user_role.role_id "
    "WHERE user_role.user_id = person.id AND role_permission.permission = ?)"
)
_SITS = (
    "(person.id = approver.user_id OR EXISTS (SELECT 1 FROM user_role "
    "WHERE user_role.user_id = person.id AND user_role.role_id = approver.role_id))"
)


class Jurisdiction(msgspec.Struct, frozen=True, kw_only=True):
    """Where a document belongs, for those who may see and approve it; by dimension, what they must have in scope."""

    needed: Permission
    scope: Mapping[Dimension, int]


class Stand(msgspec.Struct, frozen=True, kw_only=True):
    """How far a request is."""

    request: ApprovalRequest
    seats: tuple[Seats, ...]
    decisions: tuple[ApprovalDecision, ...]
    deputies: Mapping[int, frozenset[int]]
    """By user, for whom he stands in today."""
    names: Mapping[int, tuple[str, ...]]
    """By task, how its approvers are called."""

    @property
    def excluded(self) -> frozenset[int]:
        """Who made or handed in the document, and may not decide."""
        own = {self.request.author_id, self.request.submitted_by_id} - {None}
        return frozenset() if self.request.lets_author_decide else frozenset(one for one in own if one is not None)

    def agreed(self, task_id: int) -> list[int]:
        """For whom it was agreed to a step."""
        return [one.principal_id for one in self.decisions if one.task_id == task_id and one.is_approved]

    @property
    def open(self) -> list[Seats]:
        """The steps that wait for somebody."""
        return [one for one in self.seats if one.state is TaskState.OPEN]

    def seat_of(self, user_id: int | None) -> tuple[Seats, int] | None:
        """The step in which somebody may decide now, and for whom; himself first."""
        if user_id is None or user_id in self.excluded or self.has_decided(user_id):
            return None
        people = [user_id, *sorted(self.deputies.get(user_id, ()))]
        free = [one for one in people if one not in self.excluded and not self.has_decided(one)]
        for step in self.open:
            for one in free:
                if one in step.users and step.gains(self.agreed(step.task_id), one):
                    return step, one
        return None

    def has_decided(self, user_id: int) -> bool:
        """Whether somebody decided already, or another one for him."""
        return any(user_id in (one.actor_id, one.principal_id) for one in self.decisions)

    @property
    def waits_for(self) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """How those are called who are waited for, and which users may decide now."""
        names = dict.fromkeys(name for step in self.open for name in self.names.get(step.task_id, ()))
        everybody = {*self.deputies}.union(*(step.users for step in self.open))
        return tuple(names), tuple(sorted(one for one in everybody if self.seat_of(one)))


def place_of(document: DocumentHeader) -> Jurisdiction:
    """Where a document belongs."""
    approve = document.states[DocumentAction.APPROVE]
    at = belongs_to(document)[approve.at]
    return Jurisdiction(needed=approve.by, scope={Dimension.WAREHOUSE: at, **partners_of(document)})


async def users_among(user_ids: Iterable[int], *, active: bool = True) -> set[int]:
    """Those of these that are users; `active`: who can sign in."""
    only = "is_active AND " if active else ""
    statement = f'SELECT id FROM "user" WHERE {only}id IN (SELECT id FROM {db.rows({"id": "bigint"})} AS asked)'
    return {user_id for (user_id,) in await db.fetch(statement, (db.json([one] for one in user_ids),))}


async def policies_of(document_kind: str) -> list[ApprovalPolicy]:
    """The policies of a kind of document that hold, in the order in which they are tried."""
    found = ApprovalPolicy.filter(document_kind=document_kind, is_active=True)
    return await found.order_by("position", "id")


def conditions_of(text: str) -> tuple[Condition, ...]:
    """The conditions of a policy, as it keeps them."""
    return msgspec.json.decode(text, type=tuple[Condition, ...], dec_hook=lambda kind, value: kind(value))


def kept(value: Any) -> str:
    """How conditions and facts are kept."""
    return msgspec.json.encode(value, enc_hook=int, order="deterministic").decode()


def facts_of(text: str) -> KnownFacts:
    """The facts of a document, as its request keeps them."""
    told: dict[str, Any] = msgspec.json.decode(text)
    known = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    return {DocumentFact(name): value for name, value in known.items() if name in DocumentFact.__members__}


async def steps_of(policy_id: int, version: int) -> list[ApprovalStep]:
    """The steps of a version of a policy, in their order."""
    return await ApprovalStep.filter(policy_id=policy_id, policy_version=version).order_by("position", "id")


async def people_of(
    step_ids: Collection[int], place: Jurisdiction, amount: Money | None
) -> tuple[dict[int, list[tuple[str, bool, frozenset[int]]]], dict[int, frozenset[int]]]:
    """By step, its approvers: how each is called, whether only as escalated, and the users that it stands for.

    And by user, for whom of these he stands in today. Users are those who may approve the document and see it.
    """
    sees, scope = [], list[Any]()
    for dimension, target in place.scope.items():
        condition, times = auth.seen_by("person.id", dimension)
        sees.append(condition)
        scope += [target] * times
    asked = db.json([one] for one in step_ids)
    rows = await db.fetch(
        f"""
        SELECT approver.id, approver.step_id, approver.is_escalation, approver.up_to,
            coalesce(named.name, role.name), person.id
        FROM approval_approver AS approver
        LEFT JOIN "user" AS named ON named.id = approver.user_id LEFT JOIN role ON role.id = approver.role_id
        LEFT JOIN "user" AS person ON person.is_active AND {" AND ".join((_SITS, _HOLDS, *sees))}
        WHERE approver.step_id IN (SELECT id FROM {db.rows({"id": "bigint"})} AS asked)
        ORDER BY approver.id, person.id""",
        (place.needed.value, *scope, asked),
    )
    found: dict[int, dict[int, tuple[str, bool, set[int]]]] = defaultdict(dict)
    for approver_id, step_id, escalates, limit, name, user_id in rows:
        _, _, users = found[step_id].setdefault(approver_id, (name, bool(escalates), set()))
        if user_id is not None and (limit is None or amount is None or amount <= limit):
            users.add(user_id)
    people = {one for approvers in found.values() for _, _, users in approvers.values() for one in users}
    told = {
        step_id: [(name, escalates, frozenset(users)) for name, escalates, users in approvers.values()]
        for step_id, approvers in found.items()
    }
    return told, await _deputies_of(people)


async def _deputies_of(people: Iterable[int]) -> dict[int, frozenset[int]]:
    today = clock.day_of(clock.now())
    rows = await db.fetch(
        'SELECT deputy_id, user_id FROM approval_deputy JOIN "user" AS person ON person.id = deputy_id '
        f"WHERE person.is_active AND starts_on <= ? AND ends_on >= ? "
        f"AND user_id IN (SELECT id FROM {db.rows({'id': 'bigint'})} AS asked)",
        (today, today, db.json([one] for one in people)),
    )
    found: dict[int, set[int]] = defaultdict(set)
    for deputy_id, user_id in rows:
        found[deputy_id].add(user_id)
    return {deputy_id: frozenset(users) for deputy_id, users in found.items()}


def seats_of(
    task_id: int,
    step: ApprovalStep,
    approvers: Sequence[tuple[str, bool, frozenset[int]]],
    *,
    excluded: frozenset[int] = frozenset(),
    state: TaskState = TaskState.OPEN,
    escalated_at: datetime | None = None,
) -> Seats:
    """A step with the people that it stands for at the moment."""
    instead = frozenset[int]().union(*(users for _, escalates, users in approvers if escalates))
    return Seats(
        task_id=task_id,
        name=step.name,
        position=step.position,
        needs=step.needs,
        count=step.count,
        each=tuple(users - excluded for _, escalates, users in approvers if not escalates),
        instead=instead - excluded if escalated_at is not None else frozenset(),
        state=state,
    )


async def stand_of(request: ApprovalRequest, place: Jurisdiction) -> Stand:
    """How far a request is, by who may decide at the moment."""
    tasks = await ApprovalTask.filter(request_id=request.id).order_by("position", "id")
    steps = {one.id: one for one in await ApprovalStep.filter(id__in=[task.step_id for task in tasks])}
    decisions = await ApprovalDecision.filter(request_id=request.id).order_by("id")
    approvers, deputies = await people_of(list(steps), place, request.amount)
    stand = Stand(request=request, seats=(), decisions=tuple(decisions), deputies=deputies, names={})
    seats = tuple(
        seats_of(
            task.id,
            steps[task.step_id],
            approvers.get(task.step_id, ()),
            excluded=stand.excluded,
            state=task.state,
            escalated_at=task.escalated_at,
        )
        for task in tasks
    )
    names = {
        task.id: tuple(
            name
            for name, escalates, _ in approvers.get(task.step_id, ())
            if not escalates or task.escalated_at is not None
        )
        for task in tasks
    }
    return msgspec.structs.replace(stand, seats=seats, names=names)


async def pending_of(document_id: int) -> ApprovalRequest | None:
    """The request with which a document waits for people; None where it does not."""
    return await ApprovalRequest.get_or_none(document_id=document_id, status=ApprovalStatus.PENDING)
