"""What entities by which users are divided (数据范围) declare: who sees which of them, and how that is said."""

import sys
from collections.abc import Awaitable, Callable, Sequence

from jxc_graphql.gql.declare import Id, Member, make_input, make_payload, mutation, told
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, UnsetType
from jxc_graphql.office.auth import operations, queries
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.auth.facts import UserScopeSet
from jxc_graphql.office.auth.permissions import Dimension

Targets = Callable[[Call, Sequence[int]], Awaitable[list[list[int] | None]]]


def of_users(dimension: Dimension) -> Targets:
    """To which things users are limited in a dimension, for a batched field of `User`."""

    async def found(call: Call, user_ids: Sequence[int]) -> list[list[int] | None]:  # noqa: ARG001
        return await queries.targets_of_users(user_ids, dimension)

    return found


def of_tokens(dimension: Dimension) -> Targets:
    """To which things tokens are limited in a dimension, for a batched field of `AccessToken`."""

    async def found(call: Call, token_ids: Sequence[int]) -> list[list[int] | None]:  # noqa: ARG001
        return await queries.targets_of_tokens(token_ids, dimension)

    return found


def user_scope(entity: type, dimension: Dimension, *, who: str, text: str, several: str = "") -> object:
    """The mutation that sets which of these entities a user sees: `setUser<Several>`.

    `several`: what they are called, where that is not the name of a dimension with an s.
    """
    noun = dimension.lower()
    several = several or f"{noun}s"
    name, title, path = f"set_user_{several}", f"SetUser{several.capitalize()}", f"{noun}_ids"
    ids = list[Id[entity]] | None | UnsetType  # type: ignore[valid-type]
    all_of_them = (
        f"All {several} that the user may see and touch from now on, at most 200; an empty list: none; no list: all."
    )
    given = make_input(
        f"{title}Input",
        who,
        [
            Member("id", Id[User], "The user: not oneself, and nobody who is above."),
            Member(path, ids, all_of_them, UNSET),
            Member(
                "expected_version", int | None, "The version that the change is made for; another one is refused.", None
            ),
        ],
    )
    shown = make_payload(f"{title}Payload", "The user with the new scope.", [Member("user", User | None, "The user.")])

    async def act(call: Call, input: object) -> UserScopeSet:  # noqa: A002  (the one argument of a mutation is called so)
        said = told(input, id="user_id", **{path: "target_ids"})
        return await operations.set_user_scope(call, dimension=dimension, path=path, **said)

    act.__name__, act.__qualname__, act.__doc__ = name, name, text
    act.__module__ = sys._getframe(1).f_globals["__name__"]  # noqa: SLF001  (where it is declared)
    act.__annotations__ = {"call": Call, "input": given, "return": UserScopeSet}
    return mutation(shown)(act)
