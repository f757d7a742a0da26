"""What is asked about approvals: who has to decide what, who would have to, and whether requests are right."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Unauthenticated, UnknownId
from jxc_graphql.kit.labels import label
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.approvals import reading, requests, rules
from jxc_graphql.office.approvals.models import ApprovalRequest, StepNeeds
from jxc_graphql.office.approvals.reading import Stand
from jxc_graphql.office.approvals.rules import Condition
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents import sight
from jxc_graphql.office.documents.comparisons import Comparison, Grain
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.named import NUMBERS
from jxc_graphql.office.documents.register import belongs_to, kind_of, kinds, partners_of
from jxc_graphql.office.documents.states import DocumentAction

MOST_TASKS = 200
"""Tasks that one answer shows."""
_LOOKED_AT = 2_000

_MINE = """
WITH people (id) AS (
    SELECT CAST(? AS BIGINT) UNION SELECT user_id FROM approval_deputy
    WHERE deputy_id = ? AND starts_on <= ? AND ends_on >= ?)
SELECT DISTINCT task.id, step.needs, request.id, document.warehouse_id, document.to_warehouse_id,
    document.supplier_id, document.customer_id, request.document_kind
FROM people
JOIN approval_approver AS approver ON approver.user_id = people.id
    OR approver.role_id IN (SELECT role_id FROM user_role WHERE user_role.user_id = people.id)
JOIN approval_task AS task ON task.step_id = approver.step_id AND task.state = 'OPEN'
JOIN approval_step AS step ON step.id = task.step_id
JOIN approval_request AS request ON request.id = task.request_id
JOIN document ON document.id = request.document_id
WHERE (NOT approver.is_escalation OR task.escalated_at IS NOT NULL)
    AND (approver.up_to IS NULL OR request.amount IS NULL OR request.amount <= approver.up_to)
    AND (request.lets_author_decide OR (
        request.author_id NOT IN (?, people.id) AND coalesce(request.submitted_by_id, 0) NOT IN (?, people.id)))
    AND NOT EXISTS (SELECT 1 FROM approval_decision AS decision WHERE decision.request_id = request.id
        AND (decision.actor_id IN (?, people.id) OR decision.principal_id IN (?, people.id)))
    {only}
ORDER BY task.id LIMIT {most}"""


class ShownStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step, and who may decide in it."""

    document_id: int = 0
    position: int
    name: str
    needs: StepNeeds
    count: int
    remind_after_hours: int | None = None
    escalate_after_hours: int | None = None
    approvers: tuple["ShownApprover", ...] = ()
    user_ids: tuple[int, ...] = ()


class ShownApprover(msgspec.Struct, frozen=True, kw_only=True):
    """An approver of a step of a policy."""

    place: int
    user_id: int | None
    role: str | None
    name: str
    up_to: Money | None
    is_escalation: bool


class ShownCondition(msgspec.Struct, frozen=True, kw_only=True):
    """A condition of a policy, with the ids of what it names."""

    place: int
    fact: str
    at_least: Money | None
    below: Money | None
    any_of: tuple[tuple[str, int], ...]
    none_of: tuple[tuple[str, int], ...]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """Who would have to agree to a document, and why."""

    document_id: int
    policy: str
    reasons: tuple[str, ...]
    steps: tuple[ShownStep, ...]


async def tasks_of(call: Call, first: int = MOST_TASKS, only: int | None = None) -> list[int]:
    """The ids of the steps that wait for the caller, the oldest first; `only`: of one request."""
    if call.actor_id is None:
        raise Unauthenticated
    me, today = call.actor_id, clock.day_of(call.at)
    statement = _MINE.format(only="" if only is None else "AND request.id = ?", most=_LOOKED_AT)
    params = [me, me, today, today, me, me, me, me, *([] if only is None else [only])]
    approves = {kind_of(one).value for one in kinds() if _may_approve(call, one)}
    found = [row for row in await db.fetch(statement, params) if row[-1] in approves and _sees(call, row[3:7])]
    unsure = {request_id for _, needs, request_id, *_ in found if needs != StepNeeds.ANY}
    seats = {one: await _seat(call, one) for one in unsure}
    tasks = [row[0] for row in found if row[2] not in seats or seats[row[2]] == row[0]]
    return tasks[: min(first, MOST_TASKS)]


async def users_of_tasks(call: Call, task_ids: Sequence[int]) -> list[list[int]]:  # noqa: ARG001  (the API hands it over)
    """Who may decide in steps of requests at the moment, of those that are open."""
    rows = await db.fetch(
        "SELECT task.id, request_id FROM approval_task AS task "
        f"WHERE state = 'OPEN' AND id IN (SELECT id FROM {db.rows({'id': 'bigint'})} AS asked)",
        (db.json([one] for one in task_ids),),
    )
    stands = {request_id: await _stand(request_id) for request_id in {request_id for _, request_id in rows}}
    found = {task_id: _who(stands[request_id], task_id) for task_id, request_id in rows}
    return [found.get(task_id, []) for task_id in task_ids]


def _who(stand: Stand, task_id: int) -> list[int]:
    waited = [one for one in stand.seats if one.task_id == task_id]
    users = {*stand.deputies}.union(*(one.users for one in waited))
    return sorted(one for one in users if (seat := stand.seat_of(one)) and seat[0].task_id == task_id)


async def preview(call: Call, document_kind: str, document_id: int) -> Preview | None:
    """Who would have to agree to a document, and why; as it runs, where it waits already. None where nobody must.

    Raises `NotFound` for what the caller does not see, and for documents that nobody approves.
    """
    await sight.seen(call, document_id, ("document_id",))
    kind = next((one for one in kinds() if one.__name__ == document_kind), None)
    document = await kind.get_or_none(id=document_id) if kind else None
    if kind is None or document is None or DocumentAction.APPROVE not in kind.states.actions:
        raise NotFound(UnknownId(path=("document_id",), kind="Document"))
    return await _previewed(call, document)


async def _previewed(call: Call, document: DocumentHeader) -> Preview | None:
    running = await reading.pending_of(document.id)
    if running is not None:
        stand = await reading.stand_of(running, reading.place_of(document))
        policy = await running.policy
        return _shown(call, policy.name, running.conditions, stand)
    found = await requests.chosen(document)
    if found is None or not found.steps:
        return None
    stand = await requests.foreseen(document, found)
    return _shown(call, found.policy.name, found.policy.conditions, stand)


def _shown(call: Call, policy: str, conditions: str, stand: Stand) -> Preview:
    """What holds for the document of a request, as its policy was when that began."""
    document_id, reasons = stand.request.document_id, [_why(call, one) for one in reading.conditions_of(conditions)]
    return Preview(document_id=document_id, policy=policy, reasons=tuple(reasons), steps=_steps(stand, document_id))


def _why(call: Call, one: Condition) -> str:
    """A condition in words; amounts only for who may see what goods cost."""
    name = label("DocumentFact", one.fact, call.locale)
    if one.fact not in NUMBERS or Permission.SEE_COST not in call.permissions:
        return name
    bounds = [
        f"≥ {one.at_least}" if one.at_least is not None else "",
        f"< {one.below}" if one.below is not None else "",
    ]
    return " ".join((name, *filter(None, bounds)))


def _steps(stand: Stand, document_id: int) -> tuple[ShownStep, ...]:
    return tuple(
        ShownStep(
            document_id=document_id,
            position=one.position,
            name=one.name,
            needs=one.needs,
            count=one.count,
            user_ids=tuple(sorted(one.users)),
        )
        for one in stand.seats
    )


async def steps_of_policies(call: Call, keys: Sequence[tuple[int, int]]) -> list[list[ShownStep]]:  # noqa: ARG001
    """The steps of policies at their versions, in their order."""
    asked = db.rows({"policy_id": "bigint", "version": "bigint"})
    rows = await db.fetch(
        f"""
        SELECT step.policy_id, step.id, step.position, step.name, step.needs, step.count, step.remind_after_hours,
            step.escalate_after_hours, approver.user_id, role.code,
            coalesce(named.name, role.name), approver.up_to, approver.is_escalation
        FROM {asked} AS asked JOIN approval_step AS step
            ON step.policy_id = asked.policy_id AND step.policy_version = asked.version
        LEFT JOIN approval_approver AS approver ON approver.step_id = step.id
        LEFT JOIN role ON role.id = approver.role_id LEFT JOIN "user" AS named ON named.id = approver.user_id
        ORDER BY step.position, step.id, approver.id""",
        (db.json(keys),),
    )
    steps: dict[int, dict[int, ShownStep]] = defaultdict(dict)
    for policy_id, step_id, position, name, needs, count, remind, escalate, *who in rows:
        step = steps[policy_id].get(step_id) or ShownStep(
            position=position, name=name, needs=StepNeeds(needs), count=count,
            remind_after_hours=remind, escalate_after_hours=escalate,
        )  # fmt: skip
        steps[policy_id][step_id] = msgspec.structs.replace(step, approvers=(*step.approvers, *_approver(step, *who)))
    return [[*steps[policy_id].values()] for policy_id, _ in keys]


def _approver(step: ShownStep, *told: Any) -> list[ShownApprover]:
    user_id, role, name, up_to, is_escalation = told
    if name is None:
        return []
    limit, place = None if up_to is None else Money(up_to), len(step.approvers)
    return [
        ShownApprover(
            place=place, user_id=user_id, role=role, name=name, up_to=limit, is_escalation=bool(is_escalation)
        )
    ]


def conditions_shown(text: str) -> list[ShownCondition]:
    """The conditions of a policy."""
    return [
        ShownCondition(
            place=place,
            fact=one.fact,
            at_least=one.at_least,
            below=one.below,
            any_of=tuple((rules.kind_of_ids(one.fact), each) for each in one.any_of),
            none_of=tuple((rules.kind_of_ids(one.fact), each) for each in one.none_of),
        )
        for place, one in enumerate(reading.conditions_of(text))
    ]


def model_of(document_kind: str) -> type[DocumentHeader]:
    """The model of a kind of document."""
    return next(one for one in kinds() if kind_of(one) == document_kind)


async def stand_of(request: ApprovalRequest, document: DocumentHeader) -> Stand:
    """How far the request of a document is."""
    return await reading.stand_of(request, reading.place_of(document))


async def concerns(call: Call, request_id: int) -> bool:
    """Whether a caller may hear of a request: of his own document, or where he decided or may decide in a step."""
    request = await ApprovalRequest.get(id=request_id)
    document = await model_of(request.document_kind).get(id=request.document_id)
    if not _sees(call, _about(document)):
        return False
    stand = await stand_of(request, document)
    people = {request.author_id, request.submitted_by_id, *(one.actor_id for one in stand.decisions)}
    stands_for = stand.deputies.get(call.actor_id or 0, frozenset())
    involved = any({call.actor_id, *stands_for} & one.users for one in stand.seats)
    return call.actor_id in people or involved


def _about(document: DocumentHeader) -> tuple[int | None, ...]:
    places, partners = belongs_to(document), partners_of(document)
    return (
        places.get("warehouse_id"),
        places.get("to_warehouse_id"),
        partners.get(Dimension.SUPPLIER),
        partners.get(Dimension.CUSTOMER),
    )


async def _seat(call: Call, request_id: int) -> int | None:
    seat = (await _stand(request_id)).seat_of(call.actor_id)
    return seat[0].task_id if seat else None


async def _stand(request_id: int) -> Stand:
    request = await ApprovalRequest.get(id=request_id)
    return await stand_of(request, await model_of(request.document_kind).get(id=request.document_id))


def _may_approve(call: Call, kind: type[DocumentHeader]) -> bool:
    action = kind.states.actions.get(DocumentAction.APPROVE)
    return action is not None and action.by in call.permissions


def _sees(call: Call, about: Collection[int | None]) -> bool:
    here, there, supplier_id, customer_id = about
    places = [one for one in (here, there) if one is not None]
    partners: Mapping[Dimension, int | None] = {Dimension.SUPPLIER: supplier_id, Dimension.CUSTOMER: customer_id}
    return any(call.sees(Dimension.WAREHOUSE, one) for one in places) and all(
        one is None or call.sees(dimension, one) for dimension, one in partners.items()
    )


_OF_DOCUMENT = Grain("id", "document.number", "JOIN document ON document.id = found.id")
COMPARISONS = (
    Comparison(
        "approval_request waits only for documents that say so", Quantity, _OF_DOCUMENT,
        "SELECT document_id AS id, 10000 AS value FROM approval_request WHERE status = 'PENDING'",
        "SELECT id, 10000 AS value FROM document WHERE waits_for IS NOT NULL",
    ),
    Comparison(
        "approval_request is approved only with all its steps", Quantity, _OF_DOCUMENT,
        "SELECT request.document_id AS id, 10000 AS value FROM approval_task AS task "
        "JOIN approval_request AS request ON request.id = task.request_id WHERE request.status = 'APPROVED'",
        "SELECT request.document_id AS id, 10000 AS value FROM approval_task AS task "
        "JOIN approval_request AS request ON request.id = task.request_id "
        "WHERE request.status = 'APPROVED' AND task.state = 'DONE'",
    ),
    Comparison(
        "approval_request waits only while its document can be approved", Quantity, _OF_DOCUMENT,
        "SELECT document_id AS id, 10000 AS value FROM approval_request WHERE status = 'PENDING'",
        "SELECT document_id AS id, 10000 AS value FROM approval_request JOIN document ON document.id = document_id "
        "WHERE approval_request.status = 'PENDING' AND document.status IN ('DRAFT', 'SUBMITTED')",
    ),
)  # fmt: skip
