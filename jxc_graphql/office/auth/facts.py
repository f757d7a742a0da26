"""What happens to users, their rights and their tokens."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact


class RoleSet(Fact, frozen=True, kw_only=True):
    """A built-in role has exactly these permissions from now on."""

    subject: ClassVar[str] = "role_id"
    role_id: int
    permissions: tuple[str, ...]


class UserCreated(Fact, frozen=True, kw_only=True):
    """A user was created."""

    subject: ClassVar[str] = "user_id"
    user_id: int
    roles: tuple[str, ...]


class UserRolesSet(Fact, frozen=True, kw_only=True):
    """A user has exactly these roles from now on."""

    subject: ClassVar[str] = "user_id"
    user_id: int
    roles: tuple[str, ...]


class UserWarehousesSet(Fact, frozen=True, kw_only=True):
    """A user sees exactly these warehouses from now on; none means all."""

    subject: ClassVar[str] = "user_id"
    user_id: int
    warehouse_ids: tuple[int, ...]


class PasswordChanged(Fact, frozen=True, kw_only=True):
    """A user has a new password; the other sessions have ended."""

    subject: ClassVar[str] = "user_id"
    user_id: int


class UserDeactivated(Fact, frozen=True, kw_only=True):
    """A user cannot sign in any more; all the tokens were revoked."""

    subject: ClassVar[str] = "user_id"
    user_id: int


class LoggedIn(Fact, frozen=True, kw_only=True):
    """A user signed in with a password."""

    subject: ClassVar[str] = "user_id"
    user_id: int
    access_token_id: int


class LoggedOut(Fact, frozen=True, kw_only=True):
    """A user ended the session."""

    subject: ClassVar[str] = "user_id"
    user_id: int
    access_token_id: int


class ApiTokenCreated(Fact, frozen=True, kw_only=True):
    """A token for a program was made."""

    subject: ClassVar[str] = "user_id"
    user_id: int
    access_token_id: int


class TokenRevoked(Fact, frozen=True, kw_only=True):
    """A token is no longer good."""

    subject: ClassVar[str] = "user_id"
    user_id: int
    access_token_id: int
