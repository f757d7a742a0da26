"""The frame around an operation: permission first, then one transaction that also records its fact."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call

P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F", bound=journal.Fact)

Work = Callable[Concatenate[Call, P], Coroutine[Any, Any, T]]


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
        fact = await work(call, *args, **kwargs)
        await journal.record(fact, call)
        return fact

    @wraps(work)
    async def run(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> F:
        return await in_transaction(call, *args, **kwargs)

    return run
