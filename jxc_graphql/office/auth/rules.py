"""What is right for users, passwords, roles, tokens and sign-ins; times in seconds."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache

from jxc_graphql.kit.addresses import range_of
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.messages import LOCALES
from jxc_graphql.kit.text import check_text
from jxc_graphql.office.auth.built_in import BUILT_IN_ROLES
from jxc_graphql.office.auth.permissions import Dimension, Permission

USERNAME_LIMIT = 60
NAME_LIMIT = 100
PASSWORD_LEAST, PASSWORD_MOST = 8, 200
TARGETS_LIMIT = 200
ROLES_TOLD = 30
"""To somebody who mistyped one."""
RANGES_LIMIT = 20
TOKENS_LIMIT = 100
TOKEN_DAYS, TOKEN_DAYS_MOST = 90, 365

SESSION_IDLE = timedelta(days=1)
SESSION_LIFE = timedelta(days=30)
USE_STEP = timedelta(minutes=1)
"""How often at most it is written down that a token is used."""

LETTERS_LEAST = 3
"""Different ones in a password."""
NAME_APART = 4
"""Characters by which a password is longer than the user name in it."""

FREE_FAILURES, LONGEST_PAUSE = 5, timedelta(seconds=60)
FREE_FAILURES_OF_ADDRESS, LONGEST_PAUSE_OF_ADDRESS = 20, timedelta(seconds=10)
FAILURES_FORGOTTEN_AFTER = timedelta(minutes=15)
FAILURES_TOLD = 10
ORIGINS_LIMIT = 40
ORIGIN_FORGOTTEN_AFTER = timedelta(days=90)

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ROLE_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}", re.ASCII)

Scopes = Mapping[str, frozenset[int]]


class InvalidCredentials(Reason, frozen=True, kw_only=True):
    """User name and password do not belong together."""


class TooManyAttempts(Reason, frozen=True, kw_only=True):
    """Too many sign-ins from here failed, or wait already; the next try is possible in so many seconds."""

    retry_after_seconds: int
    """Seconds until the next try is possible."""


class PasswordLength(Reason, frozen=True, kw_only=True):
    """A password has from `least` to `most` characters."""

    least: int
    most: int


class PasswordCommon(Reason, frozen=True, kw_only=True):
    """A password that many people use."""


class PasswordUniform(Reason, frozen=True, kw_only=True):
    """A password of fewer than `least` different characters."""

    least: int


class PasswordIsName(Reason, frozen=True, kw_only=True):
    """A password that the user name gives away."""


class WrongPassword(Reason, frozen=True, kw_only=True):
    """This is not the user's present password."""


class UsernameTaken(Reason, frozen=True, kw_only=True):
    """Another user has this user name."""

    username: str


class UnknownLocale(Reason, frozen=True, kw_only=True):
    """There are messages in `locales`, and none in this language."""

    locale: str
    locales: tuple[str, ...]


class UnknownUser(Reason, frozen=True, kw_only=True):
    """There is no such user."""


class UnknownRole(Reason, frozen=True, kw_only=True):
    """There is no such role."""


class UnknownRoleCode(Reason, frozen=True, kw_only=True):
    """There is no role of this code; `roles` are some that the caller may grant."""

    role: str
    roles: tuple[str, ...]


class RoleNotGrantable(Reason, frozen=True, kw_only=True):
    """No role of the caller may grant this one."""

    role: str


class PermissionNotHeld(Reason, frozen=True, kw_only=True):
    """The caller cannot give on what he does not have."""

    permission: str


class ScopeNotHeld(Reason, frozen=True, kw_only=True):
    """The caller cannot let others see what he does not see."""


class OwnRights(Reason, frozen=True, kw_only=True):
    """Nobody changes his own roles, a role that he holds, or his own scope."""


class UserAbove(Reason, frozen=True, kw_only=True):
    """The user holds a role that the caller may not grant, or sees more than the caller does."""


class BuiltInRole(Reason, frozen=True, kw_only=True):
    """A built-in role is as the program defines it."""

    role: str


class RoleCodeUnclear(Reason, frozen=True, kw_only=True):
    """A code of a role has up to 40 capitals, digits and underscores, and begins with a capital."""


class RoleInUse(Reason, frozen=True, kw_only=True):
    """So many users hold the role."""

    users: int


class UnknownTarget(Reason, frozen=True, kw_only=True):
    """There is nothing of this id that a scope could name."""


class TooManyTargets(Reason, frozen=True, kw_only=True):
    """A scope names at most `limit` things of a kind."""

    limit: int


class UnknownToken(Reason, frozen=True, kw_only=True):
    """There is no such token, or it is another user's."""


class TokenLife(Reason, frozen=True, kw_only=True):
    """A token lives from one day to `most_days` days."""

    most_days: int


class TokenLimited(Reason, frozen=True, kw_only=True):
    """A token that is limited itself makes no tokens."""


class TooManyTokens(Reason, frozen=True, kw_only=True):
    """A user has at most `limit` API tokens that are good."""

    limit: int


class AddressRange(Reason, frozen=True, kw_only=True):
    """This is no address and no range of addresses."""


class TooManyRanges(Reason, frozen=True, kw_only=True):
    """A token is good from at most `limit` ranges of addresses."""

    limit: int


class UserInactive(Reason, frozen=True, kw_only=True):
    """The user is deactivated."""


class LastAdministrator(Reason, frozen=True, kw_only=True):
    """Nobody would be left who may manage users."""


def username(text: str) -> str:
    """A user name as it is kept and compared."""
    return text.strip().lower()


def pause(failures: int, last_failed_at: datetime, now: datetime) -> timedelta:
    """How long the next sign-in must wait: doubled with each failure after the free ones, never over the longest."""
    return _pause(failures - FREE_FAILURES, LONGEST_PAUSE, last_failed_at, now)


def pause_of_address(failures: int, last_failed_at: datetime, now: datetime) -> timedelta:
    """The same for whoever comes from an address, under any name: more are free, and the pause stays short."""
    return _pause(failures - FREE_FAILURES_OF_ADDRESS, LONGEST_PAUSE_OF_ADDRESS, last_failed_at, now)


def _pause(doublings: int, longest: timedelta, last_failed_at: datetime, now: datetime) -> timedelta:
    if doublings < 0 or forgotten(last_failed_at, now):
        return timedelta(0)
    whole = min(longest, timedelta(seconds=2 ** min(doublings, 10)))
    return max(last_failed_at + whole - now, timedelta(0))


def forgotten(last_failed_at: datetime, now: datetime) -> bool:
    """Whether failures are so long ago that they count for nothing."""
    return now - last_failed_at > FAILURES_FORGOTTEN_AFTER


def is_told(failures: int) -> bool:
    """Whether the audit log tells of one more failure: of the first ones each, then ever more rarely."""
    return failures <= FAILURES_TOLD or failures & (failures - 1) == 0


def session_end(created_at: datetime, used_at: datetime) -> datetime:
    """When a session ends that was last used at a moment."""
    return min(created_at + SESSION_LIFE, used_at + SESSION_IDLE)


def why_not_good(expires_at: datetime | None, now: datetime) -> str:
    """The code for a token that is not good, by when it would have ended; None: nobody knows it."""
    if expires_at is None:
        return "TOKEN_UNKNOWN"
    return "TOKEN_EXPIRED" if expires_at <= now else "TOKEN_REVOKED"


def check_password(password: str, name: str = "", path: Path = ("password",)) -> Iterator[Reason]:
    """What is wrong with a new password of the user with this user name."""
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        yield PasswordLength(path=path, least=PASSWORD_LEAST, most=PASSWORD_MOST)
        return
    yield from check_text(path, password, limit=PASSWORD_MOST)
    plain, own = password.strip().lower(), username(name)
    if own and own in plain and len(plain) - len(own) < NAME_APART:
        yield PasswordIsName(path=path)
    if len(set(plain)) < LETTERS_LEAST:
        yield PasswordUniform(path=path, least=LETTERS_LEAST)
    elif plain in common_passwords():
        yield PasswordCommon(path=path)


@cache
def common_passwords() -> frozenset[str]:
    """The passwords that are guessed first."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415  (a large list, needed when one is set)

    return frozenset(FREQUENCY_LISTS["passwords"])


def check_user(username: Change[str], name: Change[str], locale: Change[str]) -> Iterator[Reason]:
    """What is wrong with a user's data, as far as they are given."""
    yield from check_text(("username",), username, limit=USERNAME_LIMIT, required=True)
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)
    if locale is not UNSET and locale not in LOCALES:
        yield UnknownLocale(path=("locale",), locale=locale[:NAME_LIMIT], locales=LOCALES)


def check_roles(
    roles: Collection[str], known: Collection[str], grantable: Collection[str], path: str = "roles"
) -> Iterator[Reason]:
    """Which of the roles do not exist, or are not the caller's to give."""
    for index, role in enumerate(roles):
        if role not in known:
            some = tuple(sorted(grantable)[:ROLES_TOLD])
            yield UnknownRoleCode(path=(path, index), role=role[:NAME_LIMIT], roles=some)
        elif role not in grantable:
            yield RoleNotGrantable(path=(path, index), role=role)


def check_permissions(permissions: Iterable[Permission], held: Collection[str]) -> Iterator[Reason]:
    """Which of the permissions the caller does not have."""
    for index, permission in enumerate(permissions):
        if permission not in held:
            yield PermissionNotHeld(path=("permissions", index), permission=permission)


def check_role(code: str, name: str) -> Iterator[Reason]:
    """What is wrong with a new role's data."""
    if not _ROLE_CODE.fullmatch(code):
        yield RoleCodeUnclear(path=("code",))
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)


def is_built_in(code: str) -> bool:
    """Whether a role is one of the program's own."""
    return code in BUILT_IN_ROLES


def check_built_in(role: str) -> Iterator[Reason]:
    """Whether a role is one of the program's own."""
    if is_built_in(role):
        yield BuiltInRole(path=("role_id",), role=role)


def check_targets(
    target_ids: Collection[int], known: Collection[int], seen: frozenset[int] | None, path: str
) -> Iterator[Reason]:
    """Which things of a scope do not exist, are out of the caller's sight, and whether they are too many."""
    if len(target_ids) > TARGETS_LIMIT:
        yield TooManyTargets(path=(path,), limit=TARGETS_LIMIT)
        return
    for index, target_id in enumerate(target_ids):
        if target_id not in known:
            yield UnknownTarget(path=(path, index))
        elif seen is not None and target_id not in seen:
            yield ScopeNotHeld(path=(path, index))


def check_token(name: str, expires_in_days: int, addresses: Collection[str] | None) -> Iterator[Reason]:
    """What is wrong with a new API token's data."""
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)
    if not 1 <= expires_in_days <= TOKEN_DAYS_MOST:
        yield TokenLife(path=("expires_in_days",), most_days=TOKEN_DAYS_MOST)
    if addresses is not None and len(addresses) > RANGES_LIMIT:
        yield TooManyRanges(path=("addresses",), limit=RANGES_LIMIT)
        return
    for index, address in enumerate(addresses or ()):
        if range_of(address) is None:
            yield AddressRange(path=("addresses", index))


def narrowed(scopes: Scopes, limits: Scopes) -> Scopes:
    """What is seen by whoever sees so much, and is limited to so much."""
    return {**scopes, **{name: ids & scopes.get(name, ids) for name, ids in limits.items()}}


def covers(scopes: Scopes, others: Scopes) -> bool:
    """Whether whoever sees so much sees everything that another one sees."""
    return all(name in others and others[name] <= ids for name, ids in scopes.items())


def dimension_of(kind: str) -> Dimension | None:
    """The dimension that is divided by things of this type."""
    name = _WORD.sub("_", kind).upper()
    return Dimension(name) if name in Dimension.__members__ else None


def permissions_of_token(permissions: str | None) -> list[Permission] | None:
    """What a token is limited to; permissions that are no more are left out."""
    if permissions is None:
        return None
    kept = set(json.loads(permissions))
    return [one for one in Permission if one in kept]


def addresses_of_token(addresses: str | None) -> list[str] | None:
    """From where a token is good."""
    return None if addresses is None else [str(one) for one in json.loads(addresses)]
