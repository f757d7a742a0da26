"""What happens to users, their rights and their tokens."""

from collections.abc import Mapping
from typing import Any, ClassVar

from jxc_graphql.kit.journal import Convert, Fact


class RoleSet(Fact, frozen=True, kw_only=True):
    """A role has exactly these permissions from now on."""

    role_id: int
    permissions: tuple[str, ...]


class RoleCreated(Fact, frozen=True, kw_only=True):
    """A role was made."""

    role_id: int
    permissions: tuple[str, ...]
    grants: tuple[str, ...]


class RoleGrantsSet(Fact, frozen=True, kw_only=True):
    """Whoever holds a role may grant exactly these roles from now on."""

    role_id: int
    grants: tuple[str, ...]


class RoleDeleted(Fact, frozen=True, kw_only=True):
    """A role that nobody held is no more."""

    role_id: int
    code: str


class UserCreated(Fact, frozen=True, kw_only=True):
    """A user was created."""

    user_id: int
    roles: tuple[str, ...]


class UserUpdated(Fact, frozen=True, kw_only=True):
    """Of a user's data so much has changed: the user name, the name, the language."""

    user_id: int
    changed: tuple[str, ...]


class UserReactivated(Fact, frozen=True, kw_only=True):
    """A user can sign in again."""

    user_id: int


class UserRolesSet(Fact, frozen=True, kw_only=True):
    """A user has exactly these roles from now on."""

    user_id: int
    roles: tuple[str, ...]


def _of_warehouses(old: dict[str, Any]) -> dict[str, Any]:
    """In those days none meant all."""
    return {"user_id": old["user_id"], "dimension": "WAREHOUSE", "target_ids": old["warehouse_ids"] or None}


class UserScopeSet(Fact, frozen=True, kw_only=True):
    """A user sees exactly these things in a dimension from now on, or all of them."""

    takes_over: ClassVar[Mapping[str, Convert]] = {"UserWarehousesSet": _of_warehouses}
    user_id: int
    dimension: str
    target_ids: tuple[int, ...] | None


class PasswordChanged(Fact, frozen=True, kw_only=True):
    """A user has a new password; the other sessions and tokens have ended."""

    user_id: int


class UserDeactivated(Fact, frozen=True, kw_only=True):
    """A user cannot sign in any more; all the tokens were revoked."""

    user_id: int


class LoggedIn(Fact, frozen=True, kw_only=True):
    """A user signed in with a password."""

    user_id: int
    access_token_id: int


class LoginFailed(Fact, frozen=True, kw_only=True):
    """A password was wrong, for the so manieth time from there; 0 stands for a user name that nobody has."""

    user_id: int
    failures: int


class LoggedOut(Fact, frozen=True, kw_only=True):
    """A user ended the session."""

    user_id: int
    access_token_id: int


class ApiTokenCreated(Fact, frozen=True, kw_only=True):
    """A token for a program was made."""

    user_id: int
    access_token_id: int


class TokenRevoked(Fact, frozen=True, kw_only=True):
    """A token is no longer good."""

    user_id: int
    access_token_id: int
