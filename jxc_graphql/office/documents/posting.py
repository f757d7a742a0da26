"""The frame around every operation: permission, one transaction, the retry key, the fact."""

import functools
import hashlib
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, cast

import msgspec

from jxc_graphql.kit import db, frame, ids
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import given
from jxc_graphql.kit.errors import Conflict, reject_if
from jxc_graphql.kit.frame import F, P, Work
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.numbers import Fixed
from jxc_graphql.kit.text import check_text
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents import gates
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.rules import IdempotencyMismatch
from jxc_graphql.office.documents.said import with_fields
from jxc_graphql.office.documents.states import Action, DocumentAction

KEY_LENGTH = 100
Operation = Callable[..., Coroutine[Any, Any, Any]]
_operations: dict[int, list[Operation]] = {}
"""By what they do, as the states of a kind have it."""
_by_action: dict[DocumentAction, list[Operation]] = {one: [] for one in DocumentAction}


def posting(needed: Permission | Action | None) -> Callable[[Work[P, F]], Work[P, F]]:
    """Makes a function that writes and returns its fact an operation; `needed`: what it takes, or what it does.

    The function runs in a transaction, joining the one that is open, and its fact is recorded in the journal; with None
    it asks for permissions itself. A retry key on the call makes a repeat answer with the first fact. Raises
    `Unauthenticated` or `Forbidden` without the permission, `Rejected` for a key that cannot be kept, and `Conflict`
    when it was used for another input.
    """
    action = needed if isinstance(needed, Action) else None
    permission = needed.by if isinstance(needed, Action) else needed

    def declare(function: Work[P, F]) -> Work[P, F]:
        operation, work = function.__name__, frame.recorded(_inside(action, function))

        @db.transactional
        async def once(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> F:
            first = await _claim(call, operation, _fingerprint(call, args, kwargs))
            if first is not None:
                return cast("F", first)
            # Operations within this one are part of it: the key is not theirs.
            fact = await work(msgspec.structs.replace(call, idempotency_key=None), *args, **kwargs)
            _keep(call, operation, fact)
            return fact

        @functools.wraps(function)
        async def run(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> F:
            if call.idempotency_key is None:
                return await work(call, *args, **kwargs)
            reject_if(check_text(("idempotency_key",), call.idempotency_key, limit=KEY_LENGTH, required=True))
            return await once(call, *args, **kwargs)

        made = frame.permitted(permission, run)
        made.__action__ = action  # type: ignore[attr-defined]
        if action is not None:
            _operations.setdefault(id(action), []).append(made)
        for kind in DocumentHeader.__subclasses__() if action is not None else ():
            for name, one in kind.states.actions.items():
                if one is action:
                    _by_action[name].append(made)
        return made

    return declare


def _inside(action: Action | None, function: Work[P, F]) -> Work[P, F]:
    done = with_fields(function)
    return done if action is None else gates.guarded(action, done)


def operations_of(action: DocumentAction) -> list[Operation]:
    """All that takes an action on documents of some kind."""
    return _by_action[action]


def needed_by(operation: Operation) -> list[str]:
    """What an operation must be told."""
    asked = list(inspect.signature(operation).parameters.values())[1:]
    return [one.name for one in asked if one.default is inspect.Parameter.empty]


def action_of(operation: Callable[..., Any]) -> Action | None:
    """What an operation does with a document, as its kind's table has it; None where it only takes a permission."""
    assert "__action__" in vars(operation), f"{operation.__name__} is not declared with @posting"
    found: Action | None = vars(operation)["__action__"]
    return found


def operation_of(action: Action) -> Callable[..., Any]:
    """The operation that takes a document on by an action of its kind, of which there is one."""
    (found,) = _operations[id(action)]
    return found


def _fingerprint(call: Call, args: tuple[object, ...], kwargs: dict[str, object]) -> str:
    said = (call.fields,) if call.fields else ()
    body = msgspec.json.encode(
        (call.business_date, args, given(**kwargs), *said), enc_hook=_plain, order="deterministic"
    )
    return hashlib.sha256(body).hexdigest()


def _plain(value: Any) -> int:
    if isinstance(value, Fixed):
        return int(value)
    raise NotImplementedError(f"an operation's input cannot hold {type(value).__name__}")


async def was_done(call: Call, operation: Operation) -> bool:
    """Whether the caller did this with the retry key of the call before."""
    asked = (call.actor_id, operation.__name__, call.idempotency_key)
    return bool(await db.fetch("SELECT 1 FROM idempotency_key WHERE actor_id = ? AND operation = ? AND key = ?", asked))


async def _claim(call: Call, operation: str, fingerprint: str) -> Fact | None:
    """Takes the key, waiting for a concurrent request that holds it; gives the first fact when it was used before."""
    claimed = await db.execute(
        "INSERT INTO idempotency_key (id, actor_id, operation, key, request_hash, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (actor_id, operation, key) DO NOTHING",
        (ids.new_id(), call.actor_id, operation, call.idempotency_key, fingerprint, call.at),
    )
    if claimed:
        return None
    ((first_fingerprint, fact),) = await db.fetch(
        "SELECT request_hash, fact FROM idempotency_key WHERE actor_id = ? AND operation = ? AND key = ?",
        (call.actor_id, operation, call.idempotency_key),
    )
    name, _, body = fact.partition(" ")
    first = Fact.decode(name, body)
    if first_fingerprint != fingerprint:
        raise Conflict(IdempotencyMismatch(path=("idempotency_key",), document_id=first.subject_id))
    return first


def _keep(call: Call, operation: str, fact: Fact) -> None:
    db.later(
        "UPDATE idempotency_key SET fact = ? WHERE actor_id = ? AND operation = ? AND key = ?",
        (f"{fact.stored_as} {fact.encode()}", call.actor_id, operation, call.idempotency_key),
        rows=1,
    )
