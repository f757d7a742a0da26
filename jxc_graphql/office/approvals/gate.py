"""What approvals have to say when documents are moved on: `documents.gates` asks here."""
# ruff: noqa: S608  (statements are made of our own names)

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import msgspec

from jxc_graphql.kit import journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.journal import Fact
from jxc_graphql.office.approvals import reading, requests, rules
from jxc_graphql.office.approvals.models import ApprovalStatus
from jxc_graphql.office.approvals.reading import Stand
from jxc_graphql.office.documents.gates import HeldDocument
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.posting import operation_of
from jxc_graphql.office.documents.register import table_of
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus

_said: ContextVar[str] = ContextVar("said", default="")
Approving = Callable[..., Awaitable[Any]]


class ApprovalGate:
    """Has documents pass that nobody must agree to, and others once everybody has whom their policy names."""

    def __init__(self) -> None:
        self._approving: Callable[[DocumentHeader], Approving] = _approving

    def glimpse(self, kind: type[DocumentHeader]) -> str:
        """The request with which the document waits, else 0 where there is a policy of its kind."""
        return (
            "(SELECT coalesce((SELECT id FROM approval_request AS pending WHERE pending.document_id = "
            f"{table_of(kind)}.id AND pending.status = 'PENDING'), {self.glimpse_of_new(kind)}))"
        )

    def glimpse_of_new(self, kind: type[DocumentHeader]) -> str:
        """0 where there is a policy of such documents."""
        keys = ", ".join(f"'{one}'" for one in rules.keys_of(kind))
        return (
            f"(SELECT 0 FROM approval_policy AS policy WHERE policy.document_kind IN ({keys}) "
            "AND policy.is_active LIMIT 1)"
        )

    def stands_before(self, held: HeldDocument) -> bool:
        """Approvals are decisions; so is sending back what waits; what waits for one is not posted without it."""
        match held.action:
            case DocumentAction.APPROVE:
                return True
            case DocumentAction.REJECT:
                return held.seen > 0
            case DocumentAction.POST:
                return DocumentAction.APPROVE in held.document.states.allowed(held.status)
        return False

    async def ask(self, call: Call, held: HeldDocument, given: dict[str, Any]) -> Fact | None:
        """Takes the action as the caller's decision; it is carried out where nobody else is left to decide."""
        document = held.document
        request = await reading.pending_of(document.id) if held.seen else None
        stand = await reading.stand_of(request, reading.place_of(document)) if request else None
        match held.action:
            case DocumentAction.REJECT:
                assert stand
                _, fact = await requests.decide(call, document, stand, is_approved=False, note=given.get("note", ""))
                journal.record(fact, call)
                return None
            case DocumentAction.POST:
                await self._check_nobody_left(document, stand)
                return None
        return await self._approved(call, document, stand, given)

    async def must_wait(self, call: Call, document: DocumentHeader, sku_ids: Sequence[int]) -> bool:  # noqa: ARG002
        """Whether a policy names people who must agree to it."""
        found = await requests.chosen(document, tuple(sku_ids))
        return found is not None and bool(found.steps)

    async def moved(self, call: Call, held: HeldDocument) -> None:
        """Begins a request with what is handed in, and ends it with whatever else is done."""
        document = held.document
        request = await reading.pending_of(document.id)
        if held.action is DocumentAction.APPROVE:
            if request:
                requests.close(call, request, ApprovalStatus.APPROVED)
        elif _is_handed_in(held):
            if request is None:
                await _handed_in(call, document, self._approving)
        elif request:
            rejected = held.action is DocumentAction.REJECT
            requests.close(call, request, ApprovalStatus.REJECTED if rejected else ApprovalStatus.WITHDRAWN)

    async def changed(self, call: Call, held: HeldDocument) -> None:
        """Ends the request of a draft that says something else now."""
        request = await reading.pending_of(held.document.id)
        if request:
            requests.close(call, request, ApprovalStatus.WITHDRAWN)

    async def _approved(
        self, call: Call, document: DocumentHeader, stand: Stand | None, given: dict[str, Any]
    ) -> Fact | None:
        if stand is None:
            found = await requests.chosen(document)
            if found is None or not found.steps:
                return None
            stand, begun = await requests.begin(call, document, found, submitted=False)
            if not requests.is_agreed(stand) and stand.seat_of(call.actor_id) is None:
                return begun
            journal.record(begun, call)
        if requests.is_agreed(stand):
            return None
        stand, decided = await requests.decide(call, document, stand, is_approved=True, note=_said.get())
        if not requests.is_agreed(stand):
            _check_no_more_said(document, stand, given)
            return decided
        journal.record(decided, call)
        return None

    async def _check_nobody_left(self, document: DocumentHeader, stand: Stand | None) -> None:
        if stand is None:
            found = await requests.chosen(document)
            if found is None or not found.steps:
                return
            stand = await requests.foreseen(document, found)
        raise Rejected(requests.pending(stand, document))


async def _handed_in(call: Call, document: DocumentHeader, approving: Callable[[DocumentHeader], Approving]) -> None:
    """Begins a request; what needs no one, or no one any more, is approved at once in the name of who handed it in."""
    found = await requests.chosen(document)
    if found is None:
        return
    agreed = found.policy.approves_without_steps
    if found.steps:
        stand, begun = await requests.begin(call, document, found, submitted=True)
        journal.record(begun, call)
        agreed = requests.is_agreed(stand)
    if not agreed:
        return
    by = document.states[DocumentAction.APPROVE].by
    allowed = msgspec.structs.replace(call, permissions=call.permissions | {by}, idempotency_key=None)
    try:
        await approving(document)(allowed, **key_of(document))
    except Rejected as refusal:
        codes = tuple(one.code for one in refusal.reasons)
        raise Rejected(rules.NotApprovableNow(path=("id",), codes=codes)) from refusal


@contextmanager
def saying(note: str) -> Iterator[None]:
    """Has whoever decides meanwhile say this with it, where the action itself takes no note."""
    token = _said.set(note)
    try:
        yield
    finally:
        _said.reset(token)


def key_of(document: DocumentHeader) -> dict[str, int]:
    """How operations are told which document."""
    return {f"{table_of(type(document))}_id": document.id}


def _approving(document: DocumentHeader) -> Approving:
    return operation_of(document.states[DocumentAction.APPROVE])


def _is_handed_in(held: HeldDocument) -> bool:
    """Whether a document waits for an approval now, by being handed in."""
    document = held.document
    return (
        held.action in {DocumentAction.SUBMIT, DocumentAction.POST}
        and document.status is not DocumentStatus.DRAFT
        and DocumentAction.APPROVE in document.states.allowed(document.status)
    )


def _check_no_more_said(document: DocumentHeader, stand: Stand, given: dict[str, Any]) -> None:
    """Whether an approval says nothing but that: what else it says, such as less of a line, is for who is the last."""
    known = {*key_of(document), "expected_version", "note"}
    more = [name for name, value in given.items() if value and name not in known]
    if more:
        raise Rejected(*(requests.pending(stand, document, (name,)) for name in more))
