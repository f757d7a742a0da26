"""Writes of users, rights and tokens; each is one transaction with its fact in the journal.

This feature ranks below `documents`: its operations take no retry key, as those under `documents.posting` do.
"""

import math
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import chain

import msgspec
from tortoise import expressions

from jxc_graphql.kit import db, frame, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Rejected, Unauthenticated, reject_if
from jxc_graphql.kit.frame import F, P, Work
from jxc_graphql.kit.text import check_text, unique
from jxc_graphql.office.auth import credentials, facts, models, queries, rules
from jxc_graphql.office.auth.permissions import Permission


class IssuedToken(msgspec.Struct, frozen=True, kw_only=True):
    """A new token in plain text: shown once, kept by nobody but the caller."""

    token: str
    access_token_id: int
    user_id: int


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A user who has just signed in, with the session's token in plain text and the call that it makes."""

    token: str
    user_id: int
    call: Call


def system_call(request_id: str = "system") -> Call:
    """The call of the system itself, such as the command line of whoever owns the machine; nobody is its actor."""
    return Call(permissions=frozenset(Permission), request_id=request_id)


def recorded(permission: Permission | None = None) -> Callable[[Work[P, F]], Work[P, F]]:
    """Makes an operation of a function that returns its fact; without a permission, of anybody's."""
    return lambda work: frame.permitted(permission, frame.recorded(work))


@db.transactional
async def ensure_roles(call: Call) -> None:
    """Writes the built-in roles as this version of the program defines them; nothing where they are so already."""
    call.require(Permission.MANAGE_USERS)
    await models.Role.bulk_create(
        [models.Role(code=code, name=name) for code, (name, _) in rules.BUILT_IN_ROLES.items()], ignore_conflicts=True
    )
    ids = await queries.role_ids()
    held = set(await models.RolePermission.all().values_list("role_id", "permission"))
    for code, (_, permissions) in rules.BUILT_IN_ROLES.items():
        wanted = {(ids[code], str(permission)) for permission in permissions}
        present = {row for row in held if row[0] == ids[code]}
        if wanted == present:
            continue
        await models.RolePermission.filter(
            role_id=ids[code], permission__in=[permission for _, permission in present - wanted]
        ).delete()
        await models.RolePermission.bulk_create(
            [models.RolePermission(role_id=role, permission=permission) for role, permission in wanted - present],
            ignore_conflicts=True,
        )
        await journal.record(facts.RoleSet(role_id=ids[code], permissions=tuple(sorted(permissions))), call)


async def create_user(
    call: Call, *, username: str, name: str, roles: Sequence[str], password: str | None = None, locale: str = "en"
) -> facts.UserCreated:
    """Creates a user with roles; without a password the user can only be given tokens.

    Raises `Rejected` for names, password, locale or roles that are not right, and for a user name that is taken.
    """
    call.require(Permission.MANAGE_USERS)
    known = await queries.role_ids()
    reject_if(
        chain(
            rules.check_user(username, name, locale),
            rules.check_password(password) if password is not None else (),
            rules.check_roles(roles, known),
        )
    )
    user = models.User(
        username=rules.username(username),
        name=name.strip(),
        password_hash=None if password is None else await credentials.hash_password(password),
        locale=locale,
        created_at=call.at,
    )
    return await _save_user(call, user, {role: known[role] for role in sorted(set(roles))})


@recorded(Permission.MANAGE_USERS)
async def _save_user(call: Call, user: models.User, roles: dict[str, int]) -> facts.UserCreated:  # noqa: ARG001  (every operation takes the call)
    taken = rules.UsernameTaken(path=("username",), username=user.username)
    async with unique(models.User, taken, own_id=None, username=user.username):
        await user.save(force_create=True)
    await models.UserRole.bulk_create([models.UserRole(user_id=user.id, role_id=role_id) for role_id in roles.values()])
    return facts.UserCreated(user_id=user.id, roles=tuple(roles))


@recorded(Permission.MANAGE_USERS)
async def set_user_roles(call: Call, *, user_id: int, roles: Sequence[str]) -> facts.UserRolesSet:  # noqa: ARG001
    """Gives a user exactly these roles; refused when nobody would be left who may manage users."""
    await _locked_user(user_id)
    known = await queries.role_ids()
    reject_if(rules.check_roles(roles, known))
    kept = sorted(set(roles))
    await models.UserRole.filter(user_id=user_id).delete()
    await models.UserRole.bulk_create([models.UserRole(user_id=user_id, role_id=known[role]) for role in kept])
    await _keep_an_administrator()
    return facts.UserRolesSet(user_id=user_id, roles=tuple(kept))


@recorded(Permission.MANAGE_USERS)
async def set_user_warehouses(
    call: Call,  # noqa: ARG001
    *,
    user_id: int,
    warehouse_ids: Sequence[int],
) -> facts.UserWarehousesSet:
    """Lets a user see exactly these warehouses, or all of them when none is named."""
    await _locked_user(user_id)
    reject_if(rules.check_warehouses(warehouse_ids, await queries.warehouses_among(warehouse_ids)))
    kept = sorted(set(warehouse_ids))
    await models.UserWarehouse.filter(user_id=user_id).delete()
    await models.UserWarehouse.bulk_create([models.UserWarehouse(user_id=user_id, warehouse_id=each) for each in kept])
    return facts.UserWarehousesSet(user_id=user_id, warehouse_ids=tuple(kept))


@recorded(Permission.MANAGE_USERS)
async def deactivate_user(call: Call, *, user_id: int) -> facts.UserDeactivated:
    """Ends a user's access and revokes all tokens; refused for the last one who may manage users."""
    user = await _locked_user(user_id)
    user.is_active = False
    await user.save(update_fields=["is_active"])
    await models.Token.filter(user_id=user_id, revoked_at=None).update(revoked_at=call.at)
    await _keep_an_administrator()
    return facts.UserDeactivated(user_id=user_id)


async def change_password(
    call: Call, *, user_id: int, new_password: str, current_password: str | None = None
) -> facts.PasswordChanged:
    """Sets a password and ends the user's other sessions; one's own needs the current password."""
    proven: str | None = None
    if user_id == call.actor_id:
        user = await models.User.get(id=user_id)
        proven = (await _prove(call, user.username, current_password or "", ("current_password",))).password_hash
    else:
        call.require(Permission.MANAGE_USERS)
    reject_if(rules.check_password(new_password, ("new_password",)))
    new_hash = await credentials.hash_password(new_password)
    return await _save_password(call, user_id, new_hash, proven)


@recorded()
async def _save_password(call: Call, user_id: int, new_hash: str, proven: str | None) -> facts.PasswordChanged:
    user = await _locked_user(user_id)
    if proven is not None and user.password_hash != proven:
        raise Rejected(rules.InvalidCredentials(path=("current_password",)))
    user.password_hash = new_hash
    await user.save(update_fields=["password_hash"])
    sessions = models.Token.filter(user_id=user_id, kind=models.TokenKind.SESSION, revoked_at=None)
    await sessions.exclude(id=call.token_id or 0).update(revoked_at=call.at)
    return facts.PasswordChanged(user_id=user_id)


async def login(call: Call, *, username: str, password: str) -> Session:
    """Signs a user in for a day.

    Raises `Rejected` with `InvalidCredentials`, the same for an unknown user and a wrong password, or with
    `TooManyAttempts` after several failures under this name.
    """
    user = await _prove(call, rules.username(username), password)
    token = credentials.new_token()
    fact = await _open_session(msgspec.structs.replace(call, actor_id=user.id), user, credentials.token_hash(token))
    return Session(
        token=token,
        user_id=fact.user_id,
        call=await queries.call_of_token(token, locale=call.locale, request_id=call.request_id),
    )


@recorded()
async def _open_session(call: Call, proven: models.User, token_hash: str) -> facts.LoggedIn:
    user = await _locked_user(proven.id)
    if not user.is_active or user.password_hash != proven.password_hash:
        raise Rejected(rules.InvalidCredentials())
    await models.LoginThrottle.filter(username=user.username).delete()
    token = await models.Token.create(
        user_id=user.id,
        kind=models.TokenKind.SESSION,
        token_hash=token_hash,
        created_at=call.at,
        expires_at=call.at + rules.SESSION_LIFE,
    )
    return facts.LoggedIn(user_id=user.id, access_token_id=token.id)


@recorded()
async def logout(call: Call) -> facts.LoggedOut:
    """Revokes the token that the caller showed; raises `Unauthenticated` without one."""
    if call.actor_id is None or call.token_id is None:
        raise Unauthenticated
    await models.Token.filter(id=call.token_id, revoked_at=None).update(revoked_at=call.at)
    return facts.LoggedOut(user_id=call.actor_id, access_token_id=call.token_id)


async def create_api_token(call: Call, *, user_id: int, name: str, expires_in_days: int | None = None) -> IssuedToken:
    """Makes a token for a program that acts with a user's rights: one's own, or another's with MANAGE_USERS."""
    if user_id != call.actor_id:
        call.require(Permission.MANAGE_USERS)
    reject_if(rules.check_token(name, expires_in_days))
    token = credentials.new_token()
    life = None if expires_in_days is None else timedelta(days=expires_in_days)
    fact = await _save_token(call, user_id, name.strip(), credentials.token_hash(token), life)
    return IssuedToken(token=token, access_token_id=fact.access_token_id, user_id=user_id)


@recorded()
async def _save_token(
    call: Call, user_id: int, name: str, token_hash: str, life: timedelta | None
) -> facts.ApiTokenCreated:
    user = await _locked_user(user_id)
    if not user.is_active:
        raise Rejected(rules.UserInactive(path=("user_id",)))
    token = await models.Token.create(
        user_id=user_id,
        kind=models.TokenKind.API,
        name=name,
        token_hash=token_hash,
        created_at=call.at,
        expires_at=life and call.at + life,
    )
    return facts.ApiTokenCreated(user_id=user_id, access_token_id=token.id)


@recorded()
async def revoke_token(call: Call, *, token_id: int) -> facts.TokenRevoked:
    """Ends a token at once: one's own, or another user's with MANAGE_USERS."""
    token = await models.Token.get_or_none(id=token_id)
    others = Permission.MANAGE_USERS in call.permissions
    if token is None or not (others or token.user_id == call.actor_id):
        raise NotFound(rules.UnknownToken(path=("token_id",)))
    await models.Token.filter(id=token_id, revoked_at=None).update(revoked_at=call.at)
    return facts.TokenRevoked(user_id=token.user_id, access_token_id=token_id)


async def _prove(call: Call, username: str, password: str, path: tuple[str, ...] = ()) -> models.User:
    """The active user to whom name and password belong; counts a failure under the name otherwise."""
    if any(check_text((), username, limit=rules.USERNAME_LIMIT)) or len(password) > rules.PASSWORD_MOST:
        raise Rejected(rules.InvalidCredentials(path=path))
    async with credentials.turn():
        throttle = await models.LoginThrottle.get_or_none(username=username)
        wait = throttle and rules.pause(throttle.failures, throttle.last_failed_at, call.at)
        if wait:
            raise Rejected(rules.TooManyAttempts(path=path, retry_after_seconds=math.ceil(wait.total_seconds())))
        user = await models.User.get_or_none(username=username, is_active=True)
        if await credentials.password_matches(user.password_hash if user else None, password) and user is not None:
            return user
        await _count_failure(call, username)
    raise Rejected(rules.InvalidCredentials(path=path))


@db.transactional
async def _count_failure(call: Call, username: str) -> None:
    await models.LoginThrottle.filter(last_failed_at__lt=call.at - rules.FAILURES_FORGOTTEN_AFTER).delete()
    row = models.LoginThrottle(username=username, failures=0, last_failed_at=call.at)
    await models.LoginThrottle.bulk_create([row], ignore_conflicts=True)
    await models.LoginThrottle.filter(username=username).update(
        failures=expressions.F("failures") + 1, last_failed_at=call.at
    )


async def _locked_user(user_id: int) -> models.User:
    user = await models.User.select_for_update(no_key=True).get_or_none(id=user_id)
    if user is None:
        raise NotFound(rules.UnknownUser(path=("user_id",)))
    return user


async def _keep_an_administrator() -> None:
    await models.Role.select_for_update(no_key=True).filter(code="ADMIN")
    if not await queries.somebody_manages_users():
        raise Rejected(rules.LastAdministrator())
