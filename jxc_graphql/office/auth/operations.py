"""Writes of users and their rights; each is one transaction with its fact in the journal.

This feature ranks below `documents`: its operations take no retry key, as those under `documents.posting` do. What is
written of roles, tokens and sessions has files of its own and is handed on from here.
"""

from collections.abc import Collection, Sequence
from itertools import chain

import msgspec

from jxc_graphql.kit import ids
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, save, to_change
from jxc_graphql.kit.errors import Rejected, reject_if
from jxc_graphql.kit.frame import Unchanged
from jxc_graphql.kit.text import unique
from jxc_graphql.kit.versions import check_version
from jxc_graphql.office.auth import credentials, facts, models, queries, reach, rules
from jxc_graphql.office.auth.credentials import share_places
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.auth.rights import recorded, taking
from jxc_graphql.office.auth.roles import (
    create_role,
    delete_role,
    ensure_roles,
    set_role_grants,
    set_role_permissions,
)
from jxc_graphql.office.auth.signing_in import (
    Session,
    SignedOut,
    forget_failures,
    is_password,
    login,
    logout,
    prove_again,
)
from jxc_graphql.office.auth.tokens import (
    IssuedToken,
    Limits,
    create_api_token,
    end_everybodys_tokens,
    end_tokens,
    revoke_token,
)
from jxc_graphql.office.auth.uses import USES_EVERY, write_uses

__all__ = [
    "USES_EVERY",
    "IssuedToken",
    "Limits",
    "NewPassword",
    "Session",
    "SignedOut",
    "change_password",
    "create_api_token",
    "create_role",
    "create_user",
    "deactivate_user",
    "delete_role",
    "end_everybodys_tokens",
    "ensure_roles",
    "forget_failures",
    "is_password",
    "login",
    "logout",
    "reactivate_user",
    "reset_password",
    "revoke_token",
    "set_role_grants",
    "set_role_permissions",
    "set_user_roles",
    "set_user_scope",
    "share_places",
    "system_call",
    "update_user",
    "write_uses",
]


class NewPassword(msgspec.Struct, frozen=True, kw_only=True):
    """A password in plain text: shown once, kept by nobody but the caller."""

    user_id: int
    password: str


def system_call(request_id: str = "system") -> Call:
    """The call of the system itself, such as the command line of whoever owns the machine; nobody is its actor."""
    return Call(permissions=frozenset(Permission), request_id=request_id)


async def create_user(
    call: Call, *, username: str, name: str, roles: Sequence[str], password: str | None = None, locale: str = "en"
) -> facts.UserCreated:
    """Creates a user with roles; without a password the user can only be given tokens.

    The user sees what the caller sees. Raises `Rejected` for names, password or locale that are not right, for roles
    that are not the caller's to give, and for a user name that is taken.
    """
    call.require(Permission.MANAGE_USERS)
    known, own = await queries.role_ids_by_code(), await reach.reach_of(call)
    reject_if(
        chain(
            rules.check_user(username, name, locale),
            rules.check_password(password, username) if password is not None else (),
            rules.check_roles(roles, known, own.roles),
        )
    )
    user = models.User(
        username=rules.username(username),
        name=name.strip(),
        password_hash=None if password is None else await credentials.hash_password(password),
        locale=locale,
        created_at=call.at,
        updated_at=call.at,
    )
    return await _save_user(call, user, roles)


@recorded(Permission.MANAGE_USERS)
async def _save_user(call: Call, user: models.User, roles: Sequence[str]) -> facts.UserCreated:
    known, own = await queries.kept_roles(), await reach.reach_of(call)
    reject_if(rules.check_roles(roles, known, own.roles))  # again, since hashing takes a while
    given = sorted(set(roles))
    taken = rules.UsernameTaken(path=("username",), username=user.username)
    async with unique(models.User, taken, own_id=None, username=user.username):
        await user.save(force_create=True)
    await models.UserRole.bulk_create([models.UserRole(user_id=user.id, role_id=known[role]) for role in given])
    for dimension, target_ids in call.scopes.items():
        await _limit(user.id, dimension, target_ids)
    return facts.UserCreated(user_id=user.id, roles=tuple(given))


@recorded()
async def update_user(
    call: Call,
    *,
    user_id: int,
    username: Change[str] = UNSET,
    name: Change[str] = UNSET,
    locale: Change[str] = UNSET,
    expected_version: int | None = None,
) -> facts.UserUpdated:
    """Changes what is given of a user's data; one's own language without any permission."""
    if user_id != call.actor_id or (username, name) != (UNSET, UNSET):
        call.require(Permission.MANAGE_USERS)
    user = await reach.locked_user(user_id)
    await reach.check_within(call, user_id)
    reject_if(rules.check_user(username, name, locale))
    known_as = username if username is UNSET else rules.username(username)
    unchanged = facts.UserUpdated(user_id=user_id, changed=())
    changes = to_change(user, unchanged, expected_version, username=known_as, name=name, locale=locale)
    taken = rules.UsernameTaken(path=("username",), username=changes.get("username", ""))
    async with unique(models.User, taken, own_id=user_id, username=changes.get("username", user.username)):
        await save(user, call, changes)
    return facts.UserUpdated(user_id=user_id, changed=tuple(changes))


@taking(Permission.MANAGE_USERS)
async def set_user_roles(
    call: Call, *, user_id: int, roles: Sequence[str], expected_version: int | None = None
) -> facts.UserRolesSet:
    """Gives a user exactly these roles; refused when nobody would be left who may manage users."""
    user = await reach.locked_user(user_id)
    known, own = await queries.kept_roles(), await reach.check_others(call, user_id)
    check_version(user, expected_version)
    reject_if(rules.check_roles(roles, known, own.roles))
    kept = sorted(set(roles))
    await models.UserRole.filter(user_id=user_id).delete()
    await models.UserRole.bulk_create([models.UserRole(user_id=user_id, role_id=known[role]) for role in kept])
    await save(user, call, {})
    await reach.keep_an_administrator()
    return facts.UserRolesSet(user_id=user_id, roles=tuple(kept))


@taking(Permission.MANAGE_USERS)
async def set_user_scope(
    call: Call,
    *,
    user_id: int,
    dimension: Dimension,
    target_ids: Change[Sequence[int] | None],
    path: str = "target_ids",
    expected_version: int | None = None,
) -> facts.UserScopeSet:
    """Lets a user see exactly these things in a dimension, nothing where none is named, or all of them for None.

    Where nobody says which (`UNSET`) the user sees what he saw.
    """
    user = await reach.locked_user(user_id)
    await reach.check_others(call, user_id)
    check_version(user, expected_version)
    if target_ids is UNSET:
        (as_before,) = await queries.targets_of_users([user_id], dimension)
        known = None if as_before is None else tuple(as_before)
        raise Unchanged(facts.UserScopeSet(user_id=user_id, dimension=dimension.value, target_ids=known))
    if target_ids is not None:
        there, seen = await reach.targets_among(dimension, target_ids), call.within(dimension)
        reject_if(rules.check_targets(target_ids, there, seen, path))
    await models.UserScope.filter(user_id=user_id, dimension=dimension.value).delete()
    if target_ids is not None:
        await _limit(user_id, dimension, target_ids)
    within = rules.covers(call.reach, await reach.reach_of_user(user_id))
    reject_if([] if within else [rules.ScopeNotHeld(path=(path,))])
    await save(user, call, {})
    kept = None if target_ids is None else tuple(sorted(set(target_ids)))
    return facts.UserScopeSet(user_id=user_id, dimension=dimension.value, target_ids=kept)


async def _limit(user_id: int, dimension: str, target_ids: Collection[int]) -> None:
    rows = [
        models.UserScope(id=ids.new_id(), user_id=user_id, dimension=str(dimension), target_id=target_id)
        for target_id in sorted({0, *target_ids})
    ]
    await models.UserScope.bulk_create(rows)


@taking(Permission.MANAGE_USERS)
async def deactivate_user(call: Call, *, user_id: int, expected_version: int | None = None) -> facts.UserDeactivated:
    """Ends a user's access and revokes all tokens; refused for the last one who may manage users."""
    user = await reach.locked_user(user_id)
    await reach.check_within(call, user_id)
    check_version(user, expected_version)
    await save(user, call, {"is_active": False})
    await end_tokens(call, user_id)
    await reach.keep_an_administrator()
    return facts.UserDeactivated(user_id=user_id)


@recorded(Permission.MANAGE_USERS)
async def reactivate_user(call: Call, *, user_id: int, expected_version: int | None = None) -> facts.UserReactivated:
    """Lets a user sign in again with the roles and the password of before; tokens stay revoked."""
    user = await reach.locked_user(user_id)
    await reach.check_within(call, user_id)
    check_version(user, expected_version)
    await save(user, call, {"is_active": True})
    return facts.UserReactivated(user_id=user_id)


async def reset_password(call: Call, *, user_id: int) -> NewPassword:
    """Gives another user, who is not above the caller, a password that nobody chose; ends his sessions and tokens."""
    call.require(Permission.MANAGE_USERS)
    await reach.check_others(call, user_id)
    password = credentials.new_password()
    fact = await _save_password(call, user_id, await credentials.hash_password(password), None, ())
    return NewPassword(user_id=fact.user_id, password=password)


async def change_password(
    call: Call,
    *,
    user_id: int,
    new_password: str,
    current_password: str | None = None,
    keep_token_ids: Collection[int] = (),
) -> facts.PasswordChanged:
    """Sets a password and ends all of the user's tokens but the present one and those that are named.

    One's own needs the current password, another's MANAGE_USERS, and that he is not above the caller.
    """
    proven: str | None = None
    user = await models.User.get_or_none(id=user_id)
    wrong = [*rules.check_password(new_password, user.username if user else "", ("new_password",))]
    if user is not None and user_id == call.actor_id:
        try:
            proven = (await prove_again(call, user, current_password or "", ("current_password",))).password_hash
        except Rejected as refused:
            wrong = [*refused.reasons, *wrong]
    else:
        call.require(Permission.MANAGE_USERS)
        await reach.check_within(call, user_id)
    reject_if(wrong)
    new_hash = await credentials.hash_password(new_password)
    return await _save_password(call, user_id, new_hash, proven, keep_token_ids)


@taking()
async def _save_password(
    call: Call, user_id: int, new_hash: str, proven: str | None, keep_token_ids: Collection[int]
) -> facts.PasswordChanged:
    user = await reach.locked_user(user_id)
    if proven is None:
        await reach.check_within(call, user_id)
    elif user.password_hash != proven:
        raise Rejected(rules.WrongPassword(path=("current_password",)))
    user.password_hash = new_hash
    await user.save(update_fields=["password_hash"])
    await end_tokens(call, user_id, but={call.token_id or 0, *keep_token_ids})
    await models.KnownOrigin.filter(user_id=user_id).delete()
    return facts.PasswordChanged(user_id=user_id)
