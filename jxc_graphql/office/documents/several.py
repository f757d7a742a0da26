"""Mutations of many documents at once: whatever is done with one of them, done with each.

    create_purchase_orders = several(create_purchase_order, PurchaseOrder)
    approve_documents = documents_action(DocumentAction.APPROVE, Document, "Makes documents binding (批量审核).")

The first makes documents of a kind, each of the input of one. The second takes an action on documents of any kinds that
have it, so a new kind has it by its states. What is wrong with one stands at its place in the list (`bulk`).
"""

import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import msgspec

from jxc_graphql.gql.declare import Id, Member, camel, make_input, make_payload, mutation
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import PartlyDone, Path, Reason, reject_if
from jxc_graphql.office.documents.actions import DRY, Mutation, words_of
from jxc_graphql.office.documents.bulk import (
    MOST,
    DocumentsMoved,
    ErrorPolicy,
    ManyDone,
    Work,
    check_count,
    each,
    move_documents,
    unread,
)
from jxc_graphql.office.documents.posting import operations_of
from jxc_graphql.office.documents.rules import TriedAlone
from jxc_graphql.office.documents.states import DocumentAction

_POLICY = Member(
    "error_policy",
    ErrorPolicy,
    "What becomes of the others where something is wrong with one, which `userErrors` tell at its place.",
    ErrorPolicy.REJECT_ALL,
)


def several(one: Mutation, document: type, name: str = "") -> Mutation:
    """The mutation that does for each of many inputs what a mutation does for one: it makes a document of a kind.

    `name`: what it is called, where that is not the name of the other with an s.
    """
    name, singular = name or f"{one.__name__}s", words_of(document).replace(" ", "_")
    listed = f"{singular[:-1]}ies" if singular.endswith("y") else f"{singular}s"
    title = "".join(word.capitalize() for word in name.split("_"))
    row: Any = one.__annotations__["input"]
    rows = Member(listed, list[row], f"One after the other; at most {MOST}.")
    given = make_input(f"{title}Input", f"Which {listed.replace('_', ' ')} to make.", [rows, _POLICY, DRY])
    shown = make_payload(
        f"{title}Payload",
        f"The {listed.replace('_', ' ')} that were made, in their order.",
        [Member(listed, list[document], "Those that were made.")],  # type: ignore[valid-type]
    )
    made = msgspec.defstruct(
        f"{title}Made",
        [(f"{singular}_ids", tuple[int, ...])],
        bases=(PartlyDone,),
        frozen=True,
        kw_only=True,
    )

    async def act(call: Call, input: Any) -> Any:  # noqa: A002  (the one argument of a mutation is called so)
        asked: Sequence[Any] = getattr(input, listed)
        reject_if([*check_count((listed,), len(asked)), *_tried_alone(listed, asked)])
        unclear = unread(call, listed)
        works = [
            unclear.get(index) or Work(_run(one, call, row), _within(listed, index)) for index, row in enumerate(asked)
        ]
        done: ManyDone = await each(works, input.error_policy)
        return made(**{f"{singular}_ids": done.ids}, refused=done.refused)

    act.__doc__ = f"Makes many at once (批量新建), each as `{camel(one.__name__)}` does."
    act.__annotations__ = {"call": Call, "input": given, "return": made}
    made_of_many: Mutation = mutation(shown, does_without=_each_alone)(_called(act, name))
    return made_of_many


def documents_action(action: DocumentAction, document: type, text: str) -> Mutation:
    """The mutation that takes an action on documents of whatever kinds have it."""
    operations = operations_of(action)

    async def act(call: Call, input: Any) -> DocumentsMoved:  # noqa: A002  (as above)
        return await move_documents(
            call,
            action,
            operations,
            document_ids=input.document_ids,
            expected_versions=input.expected_versions or (),
            note=input.note,
            error_policy=input.error_policy,
        )

    given, shown = _of_documents(document, f"{action.capitalize()}Documents")
    act.__doc__ = text
    act.__annotations__ = {"call": Call, "input": given, "return": DocumentsMoved}
    of_many: Mutation = mutation(shown, does_without=_each_alone)(_called(act, f"{action.lower()}_documents"))
    return of_many


def _of_documents(document: type, title: str) -> tuple[type, type]:
    """The input and the payload that such mutations have."""
    given = [
        Member("document_ids", list[Id[document]], f"Which, of whatever kinds; one after the other, at most {MOST}."),  # type: ignore[valid-type]
        Member("expected_versions", list[int] | None, "The versions you have seen, in their order.", None),
        Member("note", str, "Why (原因), for all of them, where what is done takes a note.", ""),
        _POLICY,
        Member("idempotency_key", str | None, "A key of your own, which holds for each of them.", None),
        DRY,
    ]
    shown = [Member("documents", list[document], "Those with which it was done, in their order.")]  # type: ignore[valid-type]
    return make_input(f"{title}Input", "Documents, and what goes with what is done to them.", given), make_payload(
        f"{title}Payload", "What became of many documents.", shown
    )


def _each_alone(given: Any) -> bool:
    return given.error_policy is ErrorPolicy.REJECT_FAILED


def _run(one: Mutation, call: Call, row: Any) -> Callable[[], Awaitable[int]]:
    own = call.with_input(row)
    own = msgspec.structs.replace(own, idempotency_key=None) if call.is_dry_run else own

    async def run() -> int:
        made: int = (await one(own, row)).subject_id
        return made

    return run


def _within(listed: str, index: int) -> Callable[[Path], Path]:
    return lambda path: (listed, index, *path)


def _tried_alone(listed: str, rows: Sequence[Any]) -> Iterator[Reason]:
    for index, row in enumerate(rows):
        if row.dry_run:
            yield TriedAlone(path=(listed, index, "dry_run"))


def _called(act: Any, name: str) -> Any:
    act.__name__ = act.__qualname__ = name
    act.__module__ = sys._getframe(2).f_globals["__name__"]  # noqa: SLF001  (where it is declared)
    return act
