"""What is true of every action on a document, whatever its kind."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Any, get_type_hints

import httpx
import msgspec
import pytest

from jxc_graphql.gql.words.describe import camel
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Conflict, Forbidden, NotFound
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.posting import action_of
from jxc_graphql.office.documents.rules import NOTE_LIMIT
from jxc_graphql.office.documents.states import Action, DocumentAction, DocumentStatus, Note
from tests.contracts.wire import fields_of, sent_by, written
from tests.each import Test, each
from tests.make.contract import Contract, Operation, contracts, needs, operations_of
from tests.make.trade import Trade, set_column
from tests.operations import answered
from tests.refusals import codes, everything

BY_DOCUMENTS_OF_THEIR_OWN = {DocumentAction.RECEIVE, DocumentAction.SHIP, DocumentAction.AMEND, DocumentAction.REOPEN}
"""Actions on orders that other documents carry out, whose features stand above those of the orders."""
SEEN_BY_NOBODY = {"record_counts"}
"""What several do at once, each to lines of the document that have versions of their own."""


class Deed(msgspec.Struct, frozen=True):
    """An operation that takes documents of a kind on."""

    contract: Contract
    operation: Operation
    action: Action

    @property
    def takes_no_more(self) -> bool:
        """Whether its document is all that it must be told."""
        return needs(self.operation) == [self.contract.key]

    def given(self, document_id: int, made_of: dict[str, Any]) -> dict[str, Any]:
        """What the operation must be given: what the document was made of, or the least there is."""
        hints = get_type_hints(self.operation)
        needed = needs(self.operation)
        kept = made_of if self.action is self.contract.kind.states.actions.get(DocumentAction.UPDATE) else {}
        told = {name: kept[name] if name in kept else _least(hints[name]) for name in needed}
        return told | {self.contract.key: document_id}


def _least(kind: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return next(iter(kind))
    return {int: 0, str: "x", date: date(2100, 1, 1)}.get(kind, ())


def deeds() -> Iterator[Deed]:
    """All that can be done with documents of all kinds."""
    for contract in contracts():
        for operation in operations_of(contract.kind):
            action = action_of(operation)
            if action is not None and contract.key in inspect.signature(operation).parameters:
                yield Deed(contract, operation, action)


def each_deed(some: Iterable[Deed]) -> Callable[[Test], Test]:
    """A test of some of them, by the names of their operations."""
    return each("deed", some, lambda deed: deed.operation.__name__)


every_deed = each_deed(deeds())


def test_every_action_of_a_kind_is_an_operation() -> None:
    carried_out = {id(deed.action) for deed in deeds()}
    for one in contracts():
        left = {name for name, action in one.kind.states.actions.items() if id(action) not in carried_out}
        assert left <= BY_DOCUMENTS_OF_THEIR_OWN, one.kind


@every_deed
async def test_it_is_done_by_who_may_where_they_work_and_as_they_saw_it(call: Call, trade: Trade, deed: Deed) -> None:
    made_of = await deed.contract.what(trade)
    given = deed.given(await deed.contract.make(call, **made_of), made_of)
    stranger = msgspec.structs.replace(call, scopes={Dimension.WAREHOUSE: frozenset({1})})
    powerless = msgspec.structs.replace(call, permissions=call.permissions - {deed.action.by})
    before = await everything()
    with pytest.raises(NotFound):
        await deed.operation(stranger, **given)
    with pytest.raises(Forbidden):
        await deed.operation(powerless, **given)
    if "expected_version" not in inspect.signature(deed.operation).parameters:
        assert deed.operation.__name__ in SEEN_BY_NOBODY
        return
    with pytest.raises(Conflict) as refused:
        await deed.operation(call, **given, expected_version=7)
    assert [(one.code, one.path) for one in refused.value.reasons] == [("STALE_VERSION", ("expected_version",))]
    assert await everything() == before


@every_deed
async def test_it_is_done_in_its_time_only(client: httpx.AsyncClient, call: Call, trade: Trade, deed: Deed) -> None:
    made_of = await deed.contract.what(trade)
    document_id = await deed.contract.make(call, **made_of)
    await set_column(f"UPDATE {deed.contract.table} SET status = 'CANCELLED' WHERE id = ?", document_id)
    given = deed.given(document_id, made_of)
    ((code, path),) = await codes(deed.operation(call, **given))
    assert code == "ILLEGAL_TRANSITION"
    assert path in {("id",), (deed.contract.key,)}
    shown = "id" if "id" in fields_of(deed.operation) else camel(path[0])
    assert sent_by(deed.operation)
    for name in sent_by(deed.operation):
        answer = await answered(client, name, written(deed.operation, given))
        assert "errors" not in answer, answer
        (payload,) = answer["data"].values()
        assert [(one["code"], one["path"]) for one in payload["userErrors"]] == [
            ("ILLEGAL_TRANSITION", ["input", shown])
        ]


def of_action(name: DocumentAction) -> list[Deed]:
    """What takes that action, of all kinds that have it and are handed in by a step of their own."""
    found = (one for one in deeds() if one.contract.kind.states.actions.get(name) is one.action)
    return [one for one in found if DocumentAction.SUBMIT in one.contract.kind.states.actions]


@each_deed(of_action(DocumentAction.WITHDRAW))
async def test_its_author_takes_it_back(call: Call, trade: Trade, deed: Deed) -> None:
    document_id = await deed.contract.make(call, **await deed.contract.what(trade))
    given = {deed.contract.key: document_id}
    await deed.contract.then[0](call, **given)
    other = msgspec.structs.replace(call, actor_id=7)
    assert await codes(deed.operation(other, **given)) == [("NOT_THE_AUTHOR", ("id",))]
    await deed.operation(call, **given)
    assert (await deed.contract.kind.get(id=document_id)).status is DocumentStatus.DRAFT
    await deed.contract.carry_on(call, document_id)


@each_deed(of_action(DocumentAction.UNAPPROVE))
async def test_what_its_approval_did_is_undone_and_done_anew(call: Call, trade: Trade, deed: Deed) -> None:
    document_id = await deed.contract.make(call, **await deed.contract.what(trade))
    given = {deed.contract.key: document_id}
    before = await _of_the_books()
    submit, approve, *_ = deed.contract.then
    for _ in range(2):
        await submit(call, **given)
        fact = await approve(call, **given)
        assert (await _of_the_books() != before) is hasattr(fact, "stock_level_ids")
        await deed.operation(call, **given, note="改")
        assert await _of_the_books() == before
        assert await verification.differences() == []
    await deed.contract.carry_on(call, document_id)


async def _of_the_books() -> list[Any]:
    """What goods are expected, kept and waited for."""
    levels = await db.fetch("SELECT sku_id, on_hand, reserved, incoming, waiting FROM stock_level ORDER BY id")
    return [levels, await db.fetch("SELECT count(*) FROM claim")]


@each_deed(one for one in deeds() if one.action.note is not Note.NONE)
async def test_its_note_is_short(call: Call, trade: Trade, deed: Deed) -> None:
    made_of = await deed.contract.what(trade)
    document_id = await deed.contract.make(call, **made_of)
    status = next(iter(deed.action.ways))
    await set_column(f"UPDATE {deed.contract.table} SET status = ? WHERE id = ?", status.value, document_id)
    given = deed.given(document_id, made_of) | {"note": "注" * (NOTE_LIMIT + 1)}
    assert ("TEXT_TOO_LONG", ("note",)) in await codes(deed.operation(call, **given))
    if deed.action.note is Note.REQUIRED:
        assert ("REQUIRED", ("note",)) in await codes(deed.operation(call, **given | {"note": " "}))


@each_deed(one for one in deeds() if one.action.posts and DocumentStatus.DRAFT in one.action.ways and one.takes_no_more)
async def test_a_repeat_of_what_posts_is_answered_with_the_first_fact(call: Call, trade: Trade, deed: Deed) -> None:
    document_id = await deed.contract.make(call, **await deed.contract.what(trade))
    keyed = msgspec.structs.replace(call, idempotency_key=deed.operation.__name__)
    given = {deed.contract.key: document_id}
    assert await deed.operation(keyed, **given) == await deed.operation(keyed, **given)
    assert (await deed.contract.kind.get(id=document_id)).version == 2
