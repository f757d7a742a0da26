"""Operations that do no more with a document than move it on: a line each.

    submit_transfer = step(DocumentSubmitted[Transfer])

is the operation that is written out as

    @posting(STATES[DocumentAction.SUBMIT])
    async def submit_transfer(
        call: Call, *, transfer_id: int, expected_version: int | None = None
    ) -> DocumentSubmitted[Transfer]:
        '''Hands a transfer in for approval (提交调拨单).'''
        transfer = await locked(Transfer, call, transfer_id, DocumentAction.SUBMIT, expected_version)
        moved_on(transfer, DocumentAction.SUBMIT)
        return DocumentSubmitted.of(transfer)

and takes a note where its action has one. What there is more to say of it is said as its `text`.
"""

import inspect
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, TypeVar

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason, reject_if
from jxc_graphql.office.documents.changing import locked, moved_on
from jxc_graphql.office.documents.facts import OfDocument
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.register import table_of
from jxc_graphql.office.documents.states import DocumentAction, Note

S = TypeVar("S", bound=OfDocument[Any])

_TEXTS = {
    DocumentAction.SUBMIT: "Hands {} in for approval (提交{}).",
    DocumentAction.APPROVE: "Makes {} binding (审核{}).",
    DocumentAction.REJECT: "Sends {} back to its author (驳回{}), who reads the note in the timeline.",
    DocumentAction.WITHDRAW: "Takes {} back that was handed in (撤回{}); its author does.",
    DocumentAction.CANCEL: "Gives {} up before it changed anything (作废{}).",
}
_NEEDED, _BY_NAME, _FIRST = (
    inspect.Parameter.empty, inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD,
)  # fmt: skip


async def _nothing(_call: Call, _document_id: int) -> Iterable[Reason]:
    return ()


def step(
    fact: type[S],
    text: str = "",
    *,
    wrong: Callable[[Call, int], Coroutine[Any, Any, Iterable[Reason]]] = _nothing,
    first: Callable[[Call, Any], Awaitable[None]] | None = None,
) -> Callable[..., Coroutine[Any, Any, S]]:
    """The operation that a fact tells of; `first`: what is done before, where there is anything.

    It raises what taking hold of a document raises, and `Rejected` with what else is `wrong`, which is read in the trip
    of the lock by the id of the document.
    """
    kind, key = fact.kind, fact.subject
    action = kind.states[fact.action]
    takes: dict[str, tuple[Any, Any]] = {"call": (Call, _NEEDED), key: (int, _NEEDED)}
    if action.note is not Note.NONE:
        takes["note"] = (str, "" if action.note is Note.OPTIONAL else _NEEDED)
    takes["expected_version"] = (int | None, None)
    signature = inspect.Signature(
        [
            inspect.Parameter(name, _BY_NAME if name != "call" else _FIRST, default=default)
            for name, (_, default) in takes.items()
        ]
    )

    left_out = {name: default for name, (_, default) in takes.items() if default is not _NEEDED}

    async def run(call: Call, **told: Any) -> Any:
        told = left_out | told
        if told.keys() | {"call"} != takes.keys():
            raise TypeError(f"{run.__name__} takes {', '.join(takes)}, not {', '.join(told)}")
        document_id, version = told.pop(key), told.pop("expected_version")
        document, reasons = await db.together(
            locked(kind, call, document_id, fact.action, version, **told), wrong(call, document_id)
        )
        reject_if(reasons)
        if first is not None:
            await first(call, document)
        moved_on(document, fact.action)
        return fact.of(document, **told)

    run.__name__ = run.__qualname__ = f"{fact.action.lower()}_{table_of(kind)}"
    run.__module__ = sys._getframe(1).f_globals["__name__"]  # noqa: SLF001  (where it is declared)
    article = "an" if kind.called[0] in "aeiou" else "a"
    run.__doc__ = text or _TEXTS[fact.action].format(f"{article} {kind.called}", kind.called_in_chinese)
    run.__signature__ = signature  # type: ignore[attr-defined]
    run.__annotations__ = {name: kind for name, (kind, _) in takes.items()} | {"return": fact}
    return posting(action)(run)
