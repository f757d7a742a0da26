"""Who is calling, and what the command line asks about users."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated
from jxc_graphql.kit.messages import LOCALES
from jxc_graphql.office.auth import models
from jxc_graphql.office.auth.credentials import TOKEN_LENGTH_LIMIT, token_hash
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.auth.rules import username

_RIGHTS = """
SELECT 0 AS kind, token_id, user_id, locale, shown FROM caller
UNION ALL
SELECT 1, NULL, NULL, role_permission.permission, shown FROM caller
JOIN user_role ON user_role.user_id = caller.user_id
JOIN role_permission ON role_permission.role_id = user_role.role_id
UNION ALL
SELECT 2, NULL, user_warehouse.warehouse_id, NULL, shown FROM caller
JOIN user_warehouse ON user_warehouse.user_id = caller.user_id
"""

_STILL_GOOD = "token.revoked_at IS NULL AND (token.expires_at IS NULL OR token.expires_at > ?) AND account.is_active"

_BY_TOKEN = f"""
WITH caller AS (
    SELECT token.id AS token_id, account.id AS user_id, account.locale AS locale, 0 AS shown
    FROM token JOIN "user" AS account ON account.id = token.user_id
    WHERE token.token_hash = ? AND {_STILL_GOOD}
)
{_RIGHTS}"""

_BY_TOKENS = f"""
WITH caller AS (
    SELECT token.id AS token_id, account.id AS user_id, account.locale AS locale, token.id AS shown
    FROM {{named}} AS named JOIN token ON token.id = named.id
    JOIN "user" AS account ON account.id = token.user_id
    WHERE {_STILL_GOOD}
)
{_RIGHTS}"""

_BY_USER = f"""
WITH caller AS (
    SELECT CAST(NULL AS BIGINT) AS token_id, account.id AS user_id, account.locale AS locale, 0 AS shown
    FROM "user" AS account WHERE account.id = ? AND account.is_active
)
{_RIGHTS}"""


async def call_of_token(token: str, *, locale: str | None, request_id: str) -> Call:
    """The call of whoever shows this token, in the user's language unless the request names one of ours.

    Raises `Unauthenticated` unless the token is known, neither expired nor revoked, and its user active.
    """
    if len(token) > TOKEN_LENGTH_LIMIT:
        raise Unauthenticated
    rows = await db.fetch(_BY_TOKEN, (token_hash(token), clock.now()))
    return _call(rows, locale, request_id)


async def calls_of_tokens(token_ids: Collection[int]) -> dict[int, Call]:
    """The callers of those of these tokens that are good, each in the user's language, in one statement."""
    named = db.json([token_id] for token_id in token_ids)
    rows = await db.fetch(_BY_TOKENS.format(named=db.rows({"id": "bigint"})), (named, clock.now()))
    of_token: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        of_token[row[4]].append(row)
    return {token_id: _call(found, None, "") for token_id, found in of_token.items()}


async def call_of_user(user_id: int, *, locale: str | None = None, request_id: str = "") -> Call:
    """The call of a user without a token, as for the command line; raises `Unauthenticated` unless active."""
    return _call(await db.fetch(_BY_USER, (user_id,)), locale, request_id)


def _call(rows: Collection[tuple[Any, ...]], locale: str | None, request_id: str) -> Call:
    callers = [row for row in rows if row[0] == 0]
    if not callers:
        raise Unauthenticated
    _, token_id, user_id, own_locale, _ = callers[0]
    warehouses = frozenset(row[2] for row in rows if row[0] == 2)  # noqa: PLR2004  (the kinds of _RIGHTS)
    return Call(
        actor_id=user_id,
        token_id=token_id,
        permissions=frozenset(row[3] for row in rows if row[0] == 1),
        scopes={Dimension.WAREHOUSE: warehouses} if warehouses else {},
        locale=locale if locale in LOCALES else own_locale,
        request_id=request_id,
    )


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, for the caller's own eyes."""

    user_id: int
    permissions: tuple[Permission, ...]
    locale: str


def caller(call: Call) -> Caller:
    """Who asks; raises `Unauthenticated` when nobody is signed in."""
    if call.actor_id is None:
        raise Unauthenticated
    held = tuple(permission for permission in Permission if permission in call.permissions)
    return Caller(user_id=call.actor_id, permissions=held, locale=call.locale)


async def roles_of_users(call: Call, user_ids: Sequence[int]) -> list[list[int]]:  # noqa: ARG001  (the API hands it over)
    """The ids of each user's roles."""
    held = await models.UserRole.filter(user_id__in=user_ids).order_by("role__code").values_list("user_id", "role_id")
    return _grouped(held, user_ids)


async def permissions_of_roles(call: Call, role_ids: Sequence[int]) -> list[list[Permission]]:  # noqa: ARG001
    """What each role allows."""
    held = await models.RolePermission.filter(role_id__in=role_ids).values_list("role_id", "permission")
    return [[one for one in Permission if one in allowed] for allowed in _grouped(held, role_ids)]


def _grouped(pairs: Sequence[tuple[Any, ...]], keys: Sequence[int]) -> list[list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    for key, one in pairs:
        groups[key].append(one)
    return [groups[key] for key in keys]


async def user_id_of(name: str) -> int | None:
    """The id of the active user with this user name."""
    user = await models.User.get_or_none(username=username(name), is_active=True)
    return user.id if user else None


async def role_ids() -> dict[str, int]:
    """The id of every role by its code."""
    return dict(await models.Role.all().values_list("code", "id"))


async def warehouses_among(warehouse_ids: Collection[int]) -> set[int]:
    """Which of these are warehouses; their table ranks above this feature, which only knows that they exist."""
    rows = await db.fetch(
        f"SELECT warehouse.id FROM warehouse JOIN {db.rows({'id': 'bigint'})} AS asked ON asked.id = warehouse.id",
        (db.json([[warehouse_id] for warehouse_id in warehouse_ids]),),
    )
    return {row[0] for row in rows}


async def somebody_manages_users() -> bool:
    """Whether an active user holds MANAGE_USERS."""
    return await models.User.filter(
        is_active=True, roles__role__permissions__permission=Permission.MANAGE_USERS.value
    ).exists()
