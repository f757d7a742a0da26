"""Who else must agree before a document is moved on: what a feature above says, asked only where it has a say.

    SELECT …, (glimpse) FROM purchase_order WHERE id = ?       what `locked` sends anyway
    approve ──▸ nobody has a say: as if there were no gate
            ──▸ somebody has: the gate is asked before anything is written; it lets the action pass, or tells what
                happened instead, which is the fact of the operation then
    submit, post, update, reject, cancel ──▸ the gate hears of what was done, in the same transaction

A glimpse is SQL over the row of a document that gives NULL where nobody has a say in it. So whoever uses no such
feature pays no statement for it.
"""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Protocol

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.frame import F, P, Work
from jxc_graphql.kit.journal import Fact
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.states import Action, DocumentAction, DocumentStatus


class HeldDocument(msgspec.Struct):
    """A document in whose way the gate has a say, as an operation took hold of it."""

    document: DocumentHeader
    action: DocumentAction
    seen: int
    """What the glimpse gave."""
    status: DocumentStatus
    """Where it stood."""
    version: int


class DocumentGate(Protocol):
    """Whoever has a say in what is done with documents."""

    def glimpse(self, kind: type[DocumentHeader]) -> str:
        """SQL over the row of a document of a kind, in its table: NULL where nobody has a say in it."""

    def glimpse_of_new(self, kind: type[DocumentHeader]) -> str:
        """The same of a document that is yet to be made, over no row."""

    def stands_before(self, held: HeldDocument) -> bool:
        """Whether it is to be asked before the action is carried out."""

    async def ask(self, call: Call, held: HeldDocument, given: dict[str, Any]) -> Fact | None:
        """What happens instead of the action; None where it may be carried out. Raises what is in its way."""

    async def must_wait(self, call: Call, document: DocumentHeader, sku_ids: Sequence[int]) -> bool:
        """Whether what is about to be posted waits for others, by what it says now and the goods on its lines."""

    async def moved(self, call: Call, held: HeldDocument) -> None:
        """Hears of what was carried out, in the same transaction."""

    async def changed(self, call: Call, held: HeldDocument) -> None:
        """Hears that a document says something else now, and stands where it stood, in the same transaction."""


class _Closed(Exception):
    def __init__(self, held: HeldDocument) -> None:
        super().__init__(held.action)
        self.held = held


class _Errand:
    """What one operation took hold of, and what the gate let pass."""

    def __init__(self) -> None:
        self.held: list[HeldDocument] = []
        self.passed: set[int] = set()
        self.new: dict[type[DocumentHeader], int] = {}

    @property
    def moved(self) -> list[HeldDocument]:
        """Those that were moved on."""
        return [one for one in self.held if one.document.version != one.version]


_EARLY = {DocumentStatus.DRAFT, DocumentStatus.COUNTING, DocumentStatus.SUBMITTED}
"""Where a document may wait for others to agree, or be handed in."""
_gate: list[DocumentGate] = []
_errand: ContextVar[_Errand | None] = ContextVar("errand", default=None)


def guarded_by(gate: DocumentGate) -> None:
    """Has a gate asked from now on."""
    _gate[:] = [gate]


def glimpse(kind: type[DocumentHeader]) -> str:
    """What is read of a document besides its columns; `NULL` for kinds that nobody approves."""
    return _gate[0].glimpse(kind) if _gate and DocumentAction.APPROVE in kind.states.actions else "NULL"


def note(document: DocumentHeader, action: DocumentAction, seen: int | None) -> None:
    """Notes that an operation took hold of a document for an action; it ends here where the gate is to be asked."""
    errand = _errand.get()
    if seen is None or errand is None:
        return
    held = HeldDocument(document, action, seen, document.status, document.version)
    if document.id not in errand.passed and _gate[0].stands_before(held):
        raise _Closed(held)
    errand.held.append(held)


async def look_ahead(kind: type[DocumentHeader]) -> None:
    """Glimpses at what a document of a kind that is made and posted in one step has to pass."""
    errand = _errand.get()
    if not _gate or errand is None:
        return
    ((seen,),) = await db.fetch(f"SELECT {_gate[0].glimpse_of_new(kind)}")
    if seen is not None:
        errand.new[kind] = seen


async def must_wait(call: Call, document: DocumentHeader, sku_ids: Sequence[int]) -> bool:
    """Whether the gate has what is about to be posted wait, such as a correction."""
    errand = _errand.get()
    if errand is None:
        return False
    held = next((one for one in errand.held if one.document is document), None)
    if held is None and type(document) not in errand.new:
        return False
    if held is None:
        seen = errand.new[type(document)]
        held = HeldDocument(document, DocumentAction.POST, seen, DocumentStatus.DRAFT, document.version - 1)
        errand.held.append(held)
    return await _gate[0].must_wait(call, document, sku_ids)


def guarded(action: Action, function: Work[P, F]) -> Work[P, F]:
    """What an operation does, with the gate asked before and told afterwards, in the transaction that is open.

    What is done to documents that were approved is none of its concern, and of what only changes a draft it is told.
    """
    if not _EARLY & action.ways.keys():
        return function
    only_changes = all({status} == reached for status, reached in action.ways.items())
    return _followed(function) if only_changes else _asked(function)


def _followed(function: Work[P, F]) -> Work[P, F]:
    @wraps(function)
    async def run(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> F:
        with _on_errand() as errand:
            fact = await function(call, *args, **kwargs)
            for held in errand.moved:
                await _gate[0].changed(call, held)
            return fact

    return run


def _asked(function: Work[P, F]) -> Work[P, F]:
    @wraps(function)
    async def run(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> F:
        with _on_errand() as errand:
            fact: Any = await _carried_out(errand, function, call, *args, **kwargs)
            for held in errand.moved:
                await _gate[0].moved(call, held)
            return fact  # type: ignore[no-any-return]

    return run


async def _carried_out(
    errand: _Errand, function: Callable[..., Coroutine[Any, Any, Any]], call: Call, *args: Any, **kwargs: Any
) -> Any:
    try:
        return await function(call, *args, **kwargs)
    except _Closed as closed:
        instead = await _gate[0].ask(call, closed.held, dict(kwargs))
        errand.held.clear()
        if instead is not None:
            return instead
        errand.passed.add(closed.held.document.id)
    return await function(call, *args, **kwargs)


@contextmanager
def _on_errand() -> Iterator[_Errand]:
    token = _errand.set(errand := _Errand())
    try:
        yield errand
    finally:
        _errand.reset(token)
