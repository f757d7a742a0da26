"""The frame around an operation: permission first, then one transaction that also records its fact.

What other features make of a fact, and the answer to it may show, is an effect of it: it happens in the same
transaction, or none of it does. What may happen later is a reaction (`kit.jobs`).
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from jxc_graphql.kit import db, journal
from jxc_graphql.kit.beside import noting
from jxc_graphql.kit.call import Call

P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F", bound=journal.Fact)

Work = Callable[Concatenate[Call, P], Coroutine[Any, Any, T]]


class Unchanged(Exception):
    """Raised before anything is written: what is asked is so already. Nothing is recorded; the caller has his fact."""

    def __init__(self, fact: journal.Fact) -> None:
        super().__init__(fact)
        self.fact: Any = fact


Effect = Callable[[Call, Any], Awaitable[object]]

_effects: dict[type[journal.Fact], tuple[Effect, ...]] = {}


def use_effects(table: Mapping[type[journal.Fact] | journal.Meaning, Sequence[Effect]]) -> None:
    """Makes facts, or whatever has a meaning by now, have these effects from now on."""
    for heard, effects in table.items():
        _effects.update(dict.fromkeys(journal.meant_by(heard), tuple(effects)))


def permitted(permission: str | None, work: Work[P, T]) -> Work[P, T]:
    """What only callers with a permission may do; raises `Unauthenticated` or `Forbidden` without it."""

    @wraps(work)
    async def run(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if permission is not None:
            call.require(permission)
        return await work(call, *args, **kwargs)

    return run


def recorded(work: Work[P, F]) -> Work[P, F]:
    """What happens in a transaction, joining the one that is open, with its fact in the journal."""

    @db.transactional
    async def in_transaction(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> F:
        with noting() as noted:
            fact = await work(call, *args, **kwargs)
        for effect in _effects.get(type(fact), ()):
            await effect(Call(request_id=call.request_id, at=call.at), fact)
        journal.record(fact, call, noted)
        return fact

    @wraps(work)
    async def run(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> F:
        try:
            return await in_transaction(call, *args, **kwargs)
        except Unchanged as so_already:
            fact: F = so_already.fact
            return fact

    return run
