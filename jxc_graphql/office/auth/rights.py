"""The frame around every write of this feature, and the version of all rights.

The version rises with every fact that may have taken a right from somebody, in its transaction. Whoever has looked up
rights and wants to know whether they still hold asks for one number.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b

from jxc_graphql.kit import db, frame
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.frame import F, P, Work
from jxc_graphql.office.auth.permissions import Permission


def recorded(permission: Permission | None = None) -> Callable[[Work[P, F]], Work[P, F]]:
    """Makes an operation of a function that returns its fact; without a permission, of anybody's."""

    def declare(work: Work[P, F]) -> Work[P, F]:
        return frame.permitted(permission, frame.recorded(work))

    return declare


def taking(permission: Permission | None = None) -> Callable[[Work[P, F]], Work[P, F]]:
    """The same of a function by which somebody may lose a right."""

    def declare(work: Work[P, F]) -> Work[P, F]:
        @wraps(work)
        async def taken(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> F:
            fact = await work(call, *args, **kwargs)
            await raise_version()
            return fact

        return recorded(permission)(taken)

    return declare


def version_of(call: Call) -> str:
    """What stands for all that decides what a caller may see: another one whenever that has changed."""
    scopes = sorted((dimension, sorted(ids)) for dimension, ids in call.reach.items())
    told = repr((call.actor_id, sorted(map(str, call.permissions)), scopes))
    return blake2b(told.encode(), digest_size=8).hexdigest()


async def raise_version() -> None:
    """Says that rights which were looked up before may not hold any more, once the running transaction is committed."""
    await db.execute("UPDATE rights_version SET version = version + 1")
