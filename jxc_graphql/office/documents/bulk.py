"""Many documents at once (批量): what is done with each of them, one after the other.

    done = await each(call, works, ErrorPolicy.REJECT_ALL)
    done.ids            of those that were done, in their order
    done.refused        what is wrong with the others, each at its place

Under REJECT_ALL all of it is one transaction, which tells all that is wrong with any of them and keeps nothing then.
Under REJECT_FAILED each is a transaction of its own, so what was done is done whatever becomes of the others. Either
way the operations are those of single documents: nothing else is checked, recorded or told.
"""

import inspect
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import PartlyDone, Path, Reason, Rejected, Required, UnknownId, reject_if
from jxc_graphql.office.documents import register, rows, sight
from jxc_graphql.office.documents.models import DocumentHeader, DocumentKind
from jxc_graphql.office.documents.posting import Operation, action_of, needed_by
from jxc_graphql.office.documents.rules import NoSuchStep, NotAVersionEach, TooManyLines
from jxc_graphql.office.documents.states import DocumentAction

MOST = 200
"""So many documents at once."""


class ErrorPolicy(StrEnum):
    """What becomes of all others where something is wrong with one of many (出错处理)."""

    REJECT_ALL = "REJECT_ALL"
    """None is done: all or nothing (全部不执行)."""
    REJECT_FAILED = "REJECT_FAILED"
    """They are done; each stands for itself (仅跳过出错的)."""


class ManyDone(PartlyDone, frozen=True, kw_only=True):
    """What became of many."""

    ids: tuple[int, ...]
    """Of the documents with which it was done, in their order."""


class DocumentsMoved(PartlyDone, frozen=True, kw_only=True):
    """Which of many documents were taken on, in their order, and what is wrong with the others."""

    document_ids: tuple[int, ...]


class Work(msgspec.Struct, frozen=True):
    """What is done with one of many."""

    run: Callable[[], Awaitable[int]]
    """Does it, and gives the id of the document."""
    placed: Callable[[Path], Path]
    """Where in the input of all stands what is wrong with it."""


async def each(
    works: Sequence[Work], policy: ErrorPolicy, *, first: Callable[[], Awaitable[None]] | None = None
) -> ManyDone:
    """What becomes of many; `first`: what is done before in the transaction of all.

    Raises `Rejected` with all that is wrong where that means that none is done.
    """
    if policy is ErrorPolicy.REJECT_FAILED:
        return await _each(works)

    @db.transactional
    async def all_or_none() -> ManyDone:
        if first is not None:
            await first()
        done = await _each(works)
        reject_if(done.refused)
        return done

    return await all_or_none()


async def _each(works: Sequence[Work]) -> ManyDone:
    ids, wrong = list[int](), dict[Reason, None]()
    for work in works:
        try:
            ids.append(await work.run())
        except Rejected as refused:
            wrong |= {msgspec.structs.replace(one, path=work.placed(one.path)): None for one in refused.reasons}
    return ManyDone(ids=tuple(ids), refused=tuple(wrong))


def check_count(path: Path, count: int) -> list[Reason]:
    """Whether there is anything, and not too much of it."""
    if count > MOST:
        return [TooManyLines(path=path, lines=count, limit=MOST)]
    return [] if count else [Required(path=path)]


async def move_documents(
    call: Call,
    action: DocumentAction,
    operations: Sequence[Operation],
    *,
    document_ids: Sequence[int],
    expected_versions: Sequence[int] = (),
    note: str = "",
    error_policy: ErrorPolicy = ErrorPolicy.REJECT_ALL,
) -> DocumentsMoved:
    """Takes an action on documents of any kinds, one after the other, by whichever of these operations does that.

    A retry key holds for each of them. Raises `Forbidden` where the caller lacks what it takes for one of the kinds.
    """
    reject_if(check_count(("document_ids",), len(document_ids)))
    if expected_versions and len(expected_versions) != len(document_ids):
        raise Rejected(NotAVersionEach(path=("expected_versions",), documents=len(document_ids)))
    kinds = await _kinds(call, document_ids)
    for kind in {*kinds.values()}:
        if action in kind.states.actions:
            call.require(kind.states[action].by)
    versions, unclear = [*expected_versions, *[None] * len(document_ids)], unread(call, "document_ids")
    works = [
        unclear.get(index)
        or Work(_move(call, one, operation_for(kinds.get(one), action, operations), versions[index], note), _at(index))
        for index, one in enumerate(document_ids)
    ]
    done = await each(works, error_policy, first=lambda: _hold(kinds))
    return DocumentsMoved(document_ids=done.ids, refused=done.refused)


def _move(
    call: Call, document_id: int, found: tuple[str, Operation] | Reason, version: int | None, note: str
) -> Callable[[], Awaitable[int]]:
    async def run() -> int:
        if isinstance(found, Reason):
            raise Rejected(found)
        key, operation = found
        asked = inspect.signature(operation).parameters
        keyed = call.idempotency_key and f"{call.idempotency_key}/{document_id}"
        await operation(
            msgspec.structs.replace(call, idempotency_key=keyed),
            **{key: document_id},
            **({"note": note} if "note" in asked else {}),
            expected_version=version,
        )
        return document_id

    return run


def unread(call: Call, listed: str) -> dict[int, Work]:
    """What becomes of those in a list of which something cannot be read, by their places in it."""
    found = defaultdict[int, list[Reason]](list)
    for one in call.unread:
        _, name, index, *_ = one.path
        assert name == listed
        found[int(index)].append(one)
    return {index: Work(_refuse(reasons), lambda path: path) for index, reasons in found.items()}


def _refuse(reasons: Sequence[Reason]) -> Callable[[], Awaitable[int]]:
    async def run() -> int:
        raise Rejected(*reasons)

    return run


def _at(index: int) -> Callable[[Path], Path]:
    def placed(path: Path) -> Path:
        match path:
            case ("expected_version",):
                return ("expected_versions", index)
            case ("note" | "idempotency_key", *_):
                return path
        return ("document_ids", index)

    return placed


def operation_for(
    kind: type[DocumentHeader] | None, action: DocumentAction, operations: Sequence[Operation]
) -> tuple[str, Operation] | Reason:
    """What takes an action on a document of a kind and needs to be told no more than which, and as what it is told."""
    if kind is None:
        return UnknownId(kind="Document")
    wanted, key = kind.states.actions.get(action), f"{register.table_of(kind)}_id"
    can = (one for one in operations if action_of(one) is wanted and {*needed_by(one)} <= {key, "note"})
    found = next(can, None)
    return NoSuchStep(kind=kind.__name__) if found is None else (key, found)


async def _kinds(call: Call, ids: Sequence[int]) -> dict[int, type[DocumentHeader]]:
    """Of which kind each of these documents is; what the caller does not see is none for him."""
    found = await sight.looked_up(ids)
    models = {register.kind_of(kind): kind for kind in register.kinds()}
    return {one.id: models[DocumentKind(one.kind)] for one in found.values() if one.is_seen_by(call)}


async def _hold(kinds: dict[int, type[DocumentHeader]]) -> None:
    """Keeps all of them from others before anything else is, in one order, so that none waits in a circle."""
    by_kind = defaultdict[type[DocumentHeader], list[int]](list)
    for document_id in sorted(kinds):
        by_kind[kinds[document_id]].append(document_id)
    for kind in sorted(by_kind, key=lambda one: one.__name__):
        await rows.hold(kind, by_kind[kind])
