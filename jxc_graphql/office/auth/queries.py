"""Who is calling, and what the command line and the neighbours ask about users."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.addresses import spelt, within
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated
from jxc_graphql.kit.messages import LOCALES
from jxc_graphql.kit.rights import parts_of
from jxc_graphql.office.auth import models, reach, rights, rules, uses
from jxc_graphql.office.auth.built_in import ADMINISTRATOR
from jxc_graphql.office.auth.credentials import TOKEN_LENGTH_LIMIT, token_hash
from jxc_graphql.office.auth.permissions import OF_ALL, Dimension, Permission
from jxc_graphql.office.auth.rules import Scopes, username

TOKENS_SHOWN = 200
_WILD, _ESCAPED = re.compile(r"([!%_])"), r"!\1"
ROLES = "roles"
"""The lock that whoever gives roles shares, and whoever deletes one holds alone."""

_JOINED = {"sqlite": "group_concat({}, ' ')", "postgres": "string_agg({}, ' ')"}
_RIGHTS = """
    account.id, account.locale, (SELECT version FROM rights_version),
    (SELECT {permissions} FROM user_role JOIN role_permission ON role_permission.role_id = user_role.role_id
     WHERE user_role.user_id = account.id),
    (SELECT {scopes} FROM user_scope WHERE user_scope.user_id = account.id)"""
_SHOWN = """
    , token.id, token.kind, token.created_at, token.last_used_at, token.permissions, token.scopes, token.addresses"""
_STILL_GOOD = "token.revoked_at IS NULL AND token.expires_at > ? AND account.is_active"
_BY_USER = 'SELECT {rights} FROM "user" AS account WHERE account.id = ? AND account.is_active'
_BY_USERS = """
SELECT {rights} FROM {named} AS named JOIN "user" AS account ON account.id = named.id WHERE account.is_active"""
_BY_TOKEN = f"""
SELECT {{rights}}{_SHOWN} FROM token JOIN "user" AS account ON account.id = token.user_id
WHERE token.token_hash = ? AND {_STILL_GOOD}"""
_BY_TOKENS = f"""
SELECT {{rights}}{_SHOWN} FROM {{named}} AS named
JOIN token ON token.id = named.id JOIN "user" AS account ON account.id = token.user_id WHERE {_STILL_GOOD}"""


class _Caller(NamedTuple):
    user_id: int
    locale: str
    version: int
    permissions: str | None
    scopes: str | None
    token_id: int | None = None
    kind: str = ""
    created_at: datetime | str = ""
    last_used_at: datetime | str | None = None
    only: str | None = None
    within: str | None = None
    addresses: str | None = None


async def scope_names(dimension: Dimension, target_id: int) -> bool:
    """Whether something is in the scope of some user."""
    return await models.UserScope.exists(dimension=dimension.value, target_id=target_id)


def seen_by(person: str, dimension: Dimension) -> tuple[str, int]:
    """Whether a user, by the column with his id, sees something: a condition in SQL, and how often it takes its id."""
    ways = [(dimension.value, "user_scope.target_id", "")]
    for part in parts_of(dimension):
        thing = f"JOIN {part.table} AS thing ON thing.{part.column} = user_scope.target_id"
        ways.append((part.dimension, "thing.id", thing))
    told = [
        (f"FROM user_scope {{}} WHERE user_id = {person} AND dimension = '{name}'", key, on) for name, key, on in ways
    ]
    limits = [
        f"(NOT EXISTS (SELECT 1 {rows.format('')}) OR EXISTS (SELECT 1 {rows.format(on)} AND {key} = ?))"
        for rows, key, on in told
    ]
    return " AND ".join(limits), len(limits)


def call_of_nobody(*, locale: str, request_id: str, address: str) -> Call:
    """The call of whoever shows no token."""
    return Call(locale=locale, request_id=request_id, address=spelt(address))


async def call_of_token(token: str, *, locale: str | None, request_id: str, address: str = "") -> Call:
    """The call of whoever shows this token at this address, in the user's language unless the request names one.

    Raises `Unauthenticated`, with a code of its own for each, unless the token is known and good for the address,
    neither expired nor revoked.
    """
    if len(token) > TOKEN_LENGTH_LIMIT:
        raise Unauthenticated("TOKEN_UNKNOWN")
    hashed, statement = token_hash(token), _statement(_BY_TOKEN, db.dialect())
    # Whoever sends many requests waits for himself here as well: what nobody asks for would go before all reads.
    rows = await db.at_once(lambda: _with_parts(statement, (hashed, clock.now())), caller=hashed, alone=True)
    if not rows:
        kept = await models.Token.get_or_none(token_hash=hashed)
        raise Unauthenticated(rules.why_not_good(kept.expires_at if kept else None, clock.now()))
    ((caller, scopes, parts),) = rows
    if caller.addresses is not None and not within(address, json.loads(caller.addresses)):
        raise Unauthenticated("TOKEN_UNKNOWN")
    _note_use(caller, spelt(address))
    return _call(caller, scopes, parts, locale=locale, request_id=request_id, address=spelt(address))


async def calls_of_tokens(token_ids: Collection[int]) -> dict[int, Call]:
    """The callers of those of these tokens that are good, each in the user's language, in one statement."""
    statement = _statement(_BY_TOKENS, db.dialect()).replace("{named}", db.rows({"id": "bigint"}))
    found = {}
    for caller, scopes, parts in await _with_parts(
        statement, (db.json([token_id] for token_id in token_ids), clock.now())
    ):
        _note_use(caller, None)
        assert caller.token_id is not None
        found[caller.token_id] = _call(caller, scopes, parts)
    return found


async def rights_version() -> int:
    """The version of all rights: whoever was looked up under the same one has lost nothing since."""
    ((found,),) = await db.fetch("SELECT version FROM rights_version")
    return int(found)


async def call_of_user(user_id: int, *, locale: str | None = None, request_id: str = "") -> Call:
    """The call of a user without a token, as for the command line; raises `Unauthenticated` unless active."""
    found = await _with_parts(_statement(_BY_USER, db.dialect()), (user_id,))
    if not found:
        raise Unauthenticated
    return _call(*found[0], locale=locale, request_id=request_id)


async def is_limited(call: Call) -> bool:
    """Whether the token that a caller showed may do less than its user, or only from somewhere."""
    shown = await models.Token.get_or_none(id=call.token_id or 0)
    return shown is not None and any(limit is not None for limit in (shown.permissions, shown.scopes, shown.addresses))


async def calls_of_users(user_ids: Collection[int]) -> dict[int, Call]:
    """The calls of those of these users that are active, each without a token, in one statement."""
    statement = _statement(_BY_USERS, db.dialect()).replace("{named}", db.rows({"id": "bigint"}))
    found = await _with_parts(statement, (db.json([user_id] for user_id in user_ids),))
    return {caller.user_id: _call(caller, scopes, parts) for caller, scopes, parts in found}


async def names_of_users(user_ids: Collection[int]) -> dict[int, str]:
    """The names of those of these users that there are."""
    return dict(await models.User.filter(id__in=user_ids).values_list("id", "name"))


async def active(user_ids: Iterable[int]) -> set[int]:
    """Those of these users that are active."""
    rows = await db.fetch(
        f'SELECT "user".id FROM {db.rows({"id": "bigint"})} AS asked JOIN "user" ON "user".id = asked.id AND is_active',
        (db.json((user_id,) for user_id in user_ids),),
    )
    return {user_id for (user_id,) in rows}


async def active_users(name: str, limit: int) -> list[int]:
    """The ids of the first so many active users, by name, whose names or user names have a text in them."""
    part = f"%{re.sub(_WILD, _ESCAPED, name.strip().lower())}%"
    rows = await db.fetch(
        "SELECT id FROM \"user\" WHERE is_active AND (lower(name) LIKE ? ESCAPE '!' OR username LIKE ? ESCAPE '!') "
        f"ORDER BY name, id LIMIT {limit:d}",
        (part, part),
    )
    return [user_id for (user_id,) in rows]


@lru_cache
def _statement(text: str, dialect: str) -> str:
    joined = _JOINED[dialect]
    told = joined.format("role_permission.permission"), joined.format("dimension || ':' || target_id")
    return text.replace("{rights}", _RIGHTS.format(permissions=told[0], scopes=told[1]))


def _note_use(caller: _Caller, address: str | None) -> None:
    assert caller.token_id is not None
    used = None if caller.last_used_at is None else _moment(caller.last_used_at)
    uses.note(caller.token_id, models.TokenKind(caller.kind), _moment(caller.created_at), used, address)


def _moment(raw: datetime | str) -> datetime:
    return datetime.fromisoformat(raw) if isinstance(raw, str) else raw


async def _with_parts(statement: str, params: Sequence[Any]) -> list[tuple[_Caller, Scopes, Scopes]]:
    """Callers with what they see, and what of other dimensions there is in that: one statement more where some are."""
    callers = [_Caller(*row) for row in await db.fetch(statement, params)]
    several = [_scopes(caller) for caller in callers]
    return [*zip(callers, several, await reach.parts_of(several), strict=True)]


def _scopes(caller: _Caller) -> Scopes:
    scopes = scopes_of(caller.scopes)
    if caller.within is None:
        return scopes
    return rules.narrowed(scopes, {name: frozenset(ids) for name, ids in json.loads(caller.within).items()})


def _call(
    caller: _Caller,
    scopes: Scopes,
    parts: Scopes,
    *,
    locale: str | None = None,
    request_id: str = "",
    address: str = "",
) -> Call:
    permissions = _words(caller.permissions)
    if caller.only is not None:
        permissions &= frozenset(json.loads(caller.only))
    if scopes:
        permissions -= OF_ALL
    return Call(
        actor_id=caller.user_id,
        token_id=caller.token_id,
        address=address,
        rights_version=caller.version,
        permissions=permissions,
        scopes=scopes,
        parts=parts,
        locale=locale if locale in LOCALES else caller.locale,
        request_id=request_id,
    )


@lru_cache(maxsize=1024)
def _words(text: str | None) -> frozenset[str]:
    return frozenset((text or "").split())


@lru_cache(maxsize=1024)
def scopes_of(text: str | None) -> Scopes:
    """By dimension, what a user sees, from `WAREHOUSE:1 WAREHOUSE:2`; the target 0 is nothing."""
    found: dict[str, set[int]] = defaultdict(set)
    for word in (text or "").split():
        dimension, _, target = word.partition(":")
        found[dimension].add(int(target))
    return {dimension: frozenset(ids - {0}) for dimension, ids in found.items()}


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, for the caller's own eyes."""

    user_id: int
    permissions: tuple[Permission, ...]
    locale: str
    rights_version: str


def caller(call: Call) -> Caller | None:
    """Who asks; None when nobody is signed in."""
    if call.actor_id is None:
        return None
    held = tuple(permission for permission in Permission if permission in call.permissions)
    return Caller(user_id=call.actor_id, permissions=held, locale=call.locale, rights_version=rights.version_of(call))


async def tokens_of(call: Call, user_id: int | None) -> list[int]:
    """The ids of the caller's tokens, the latest first, or of another user's who is not above the caller.

    Raises `Unauthenticated`, `Forbidden` and `Rejected`.
    """
    if call.actor_id is None:
        raise Unauthenticated
    if user_id not in {None, call.actor_id}:
        call.require(Permission.MANAGE_USERS)
        assert user_id is not None
        await reach.check_within(call, user_id)
    tokens = models.Token.filter(user_id=user_id or call.actor_id).order_by("-id").limit(TOKENS_SHOWN)
    return [token.id for token in await tokens.only("id")]


async def roles_of_users(call: Call, user_ids: Sequence[int]) -> list[list[int]]:  # noqa: ARG001  (the API hands it over)
    """The ids of each user's roles."""
    held = await models.UserRole.filter(user_id__in=user_ids).order_by("role__code").values_list("user_id", "role_id")
    return _grouped(held, user_ids)


async def permissions_of_roles(call: Call, role_ids: Sequence[int]) -> list[list[Permission]]:  # noqa: ARG001
    """What each role allows."""
    held = await models.RolePermission.filter(role_id__in=role_ids).values_list("role_id", "permission")
    return [[one for one in Permission if one in allowed] for allowed in _grouped(held, role_ids)]


async def grants_of_roles(call: Call, role_ids: Sequence[int]) -> list[list[int]]:  # noqa: ARG001
    """The ids of the roles that each role may grant; the administrator's may grant all."""
    codes = await role_ids_by_code()
    rows = models.RoleGrant.filter(role_id__in=role_ids).order_by("granted__code")
    granted = _grouped(await rows.values_list("role_id", "granted_id"), role_ids)
    everything = [codes[code] for code in sorted(codes)]
    return [everything if key == codes.get(ADMINISTRATOR) else own for key, own in zip(role_ids, granted, strict=True)]


async def targets_of_users(user_ids: Sequence[int], dimension: Dimension) -> list[list[int] | None]:
    """What each user sees in a dimension; None: everything."""
    rows = models.UserScope.filter(user_id__in=user_ids, dimension=dimension.value).order_by("target_id")
    named = _grouped(await rows.values_list("user_id", "target_id"), user_ids)
    return [[target for target in ids if target] if ids else None for ids in named]


async def targets_of_tokens(token_ids: Sequence[int], dimension: Dimension) -> list[list[int] | None]:
    """What each token is limited to in a dimension; None: to what its user sees."""
    tokens = await models.Token.filter(id__in=token_ids).values_list("id", "scopes")
    limits = {token_id: json.loads(scopes or "{}").get(dimension) for token_id, scopes in tokens}
    return [limits[token_id] for token_id in token_ids]


def _grouped(pairs: Sequence[tuple[Any, ...]], keys: Sequence[int]) -> list[list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    for key, one in pairs:
        groups[key].append(one)
    return [groups[key] for key in keys]


async def user_id_of(name: str) -> int | None:
    """The id of the active user with this user name."""
    user = await models.User.get_or_none(username=username(name), is_active=True)
    return user.id if user else None


async def has_users() -> bool:
    """Whether there is any active user."""
    return await models.User.filter(is_active=True).exists()


async def role_ids_by_code() -> dict[str, int]:
    """The id of every role by its code."""
    return dict(await models.Role.all().values_list("code", "id"))


async def kept_roles() -> dict[str, int]:
    """The same, and none of them is deleted until the transaction ends."""
    await db.hold(ROLES, shared=True)
    return await role_ids_by_code()
