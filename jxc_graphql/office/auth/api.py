"""What clients see of users, their rights and their tokens, and how they sign in."""

from datetime import datetime

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    batched,
    by_id,
    column,
    connection,
    entity,
    input_type,
    mutation,
    payload,
    query,
    user_error,
    value,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth import facts, models, operations, queries, rules
from jxc_graphql.office.auth.permissions import Permission


@entity(models.Role, requires=Permission.MANAGE_USERS)
class Role(Node):
    """A role (角色): a named set of permissions."""

    code: str
    """Code, unique, such as `BUYER`."""
    name: str
    """Name."""
    permissions: list[Permission] = batched(queries.permissions_of_roles, "id")
    """What it allows (权限)."""


@entity(models.User)
class User(Node):
    """A user (用户): a person or a program that signs in. All see id and name: every document has an author."""

    name: str
    """Name (姓名)."""
    username: str = column(requires=Permission.MANAGE_USERS)
    """User name (用户名), with which the user signs in."""
    locale: str = column(requires=Permission.MANAGE_USERS)
    """Language of messages where a request names none."""
    is_active: bool = column(requires=Permission.MANAGE_USERS)
    """Whether the user can sign in (启用)."""
    created_at: datetime = column(requires=Permission.MANAGE_USERS)
    """When the user was created."""
    roles: list[Role] = batched(queries.roles_of_users, "id", requires=Permission.MANAGE_USERS)
    """The user's roles (角色)."""
    tokens: "Connection[AccessToken]" = connection("user_id", order_by="-id", requires=Permission.MANAGE_USERS)
    """The user's tokens (令牌), the latest first."""


@entity(models.Token, requires=Permission.MANAGE_USERS)
class AccessToken(Node):
    """A token (令牌), without its text, which nobody but its owner ever saw."""

    user: User
    """Whose rights it carries."""
    kind: models.TokenKind
    """What it is for."""
    name: str
    """Name that its owner gave it; empty for a session."""
    created_at: datetime
    """When it was made."""
    expires_at: datetime | None
    """When it ends by itself; null: never."""
    revoked_at: datetime | None
    """When it was revoked (吊销)."""


@value
class Viewer:
    """Whoever asks."""

    user: User
    """The signed-in user."""
    permissions: list[Permission]
    """What this user may do (权限)."""
    locale: str
    """Language of messages in this answer."""


class Query:
    """What can be asked about users."""

    users: Connection[User] = connection(requires=Permission.MANAGE_USERS)
    """Users (用户)."""
    user: User | None = by_id()
    """One user."""
    roles: Connection[Role] = connection()
    """Roles (角色)."""


@query(Viewer | None)
async def viewer(call: Call) -> queries.Caller:
    """Whoever asks: the user, the rights, the language."""
    return queries.caller(call)


@user_error(rules.TooManyAttempts)
class TooManyAttemptsError:
    """Too many sign-ins under this name failed."""

    retry_after_seconds: int
    """Seconds until the next try is possible."""


@payload
class LoginPayload:
    """The new session; `query` is answered on its behalf."""

    token: str | None
    """The token to send as `Authorization: Bearer …`; shown this once."""
    user: User | None
    """Who is signed in."""


@input_type
class LoginInput:
    """Who signs in."""

    username: str
    """User name (用户名); upper and lower case are the same."""
    password: str
    """Password (密码)."""


@mutation(LoginPayload, seen_by=lambda session: session.call)
async def login(call: Call, input: LoginInput) -> operations.Session:
    """Sign in (登录) for a day. Needs no token; answers alike for an unknown user and a wrong password."""
    return await operations.login(call, username=input.username, password=input.password)


@payload
class LogoutPayload:
    """The session that has ended."""

    user: User | None
    """Who was signed in."""


@mutation(LogoutPayload)
async def logout(call: Call) -> facts.LoggedOut:
    """Sign out (退出): revokes the token that this very request shows."""
    return await operations.logout(call)


@payload
class CreateUserPayload:
    """The new user."""

    user: User | None
    """The user."""


@input_type
class CreateUserInput:
    """A new user."""

    username: str
    """User name (用户名), unique, up to 60 characters; upper and lower case are the same."""
    name: str
    """Name (姓名), up to 100 characters."""
    password: str | None = None
    """Password (密码), 8 to 200 characters; without one the user can only use tokens."""
    roles: list[str]
    """Codes of the user's roles, such as `BUYER`."""
    locale: str = "en"
    """Language of messages: `en` or `zh-CN`."""


@mutation(CreateUserPayload)
async def create_user(call: Call, input: CreateUserInput) -> facts.UserCreated:
    """Create a user (新建用户)."""
    return await operations.create_user(
        call,
        username=input.username,
        name=input.name,
        password=input.password,
        roles=input.roles,
        locale=input.locale,
    )


@payload
class SetUserRolesPayload:
    """The user with the new roles."""

    user: User | None
    """The user."""


@input_type
class SetUserRolesInput:
    """A user's roles."""

    user_id: Id[User]
    """The user."""
    roles: list[str]
    """Codes of all the roles from now on."""


@mutation(SetUserRolesPayload)
async def set_user_roles(call: Call, input: SetUserRolesInput) -> facts.UserRolesSet:
    """Give a user exactly these roles (设置角色); somebody who may manage users must be left."""
    return await operations.set_user_roles(call, user_id=input.user_id, roles=input.roles)


@payload
class ChangePasswordPayload:
    """The user with the new password."""

    user: User | None
    """The user."""


@input_type
class ChangePasswordInput:
    """A new password."""

    user_id: Id[User]
    """Whose password: one's own, or another's with MANAGE_USERS."""
    current_password: str | None = None
    """The present password; needed for one's own."""
    new_password: str
    """The new password (新密码), 8 to 200 characters."""


@mutation(ChangePasswordPayload)
async def change_password(call: Call, input: ChangePasswordInput) -> facts.PasswordChanged:
    """Change a password (修改密码); ends the user's other sessions."""
    return await operations.change_password(
        call, user_id=input.user_id, current_password=input.current_password, new_password=input.new_password
    )


@payload
class DeactivateUserPayload:
    """The user who cannot sign in any more."""

    user: User | None
    """The user."""


@input_type
class DeactivateUserInput:
    """Who shall not sign in any more."""

    user_id: Id[User]
    """The user."""


@mutation(DeactivateUserPayload)
async def deactivate_user(call: Call, input: DeactivateUserInput) -> facts.UserDeactivated:
    """Deactivate a user (停用用户) and revoke all the tokens; somebody who may manage users must be left."""
    return await operations.deactivate_user(call, user_id=input.user_id)


@payload
class CreateApiTokenPayload:
    """The new token."""

    token: str | None
    """The token's text; shown this once."""
    access_token: AccessToken | None
    """What is kept of it; seen with MANAGE_USERS."""
    user: User | None
    """Whose rights it carries."""


@input_type
class CreateApiTokenInput:
    """A token for a program."""

    user_id: Id[User]
    """Whose rights it carries: one's own, or another's with MANAGE_USERS."""
    name: str
    """Name to tell it from others, up to 100 characters."""
    expires_in_days: int | None = None
    """Days until it ends by itself, 1 to 3650; without it never."""


@mutation(CreateApiTokenPayload)
async def create_api_token(call: Call, input: CreateApiTokenInput) -> operations.IssuedToken:
    """Make a token for a program (创建令牌); it acts with the user's rights of the moment."""
    return await operations.create_api_token(
        call, user_id=input.user_id, name=input.name, expires_in_days=input.expires_in_days
    )


@payload
class RevokeTokenPayload:
    """The token that is no longer good."""

    access_token: AccessToken | None
    """The token; seen with MANAGE_USERS."""


@input_type
class RevokeTokenInput:
    """Which token ends."""

    token_id: Id[AccessToken]
    """The token: one's own, or another's with MANAGE_USERS."""


@mutation(RevokeTokenPayload)
async def revoke_token(call: Call, input: RevokeTokenInput) -> facts.TokenRevoked:
    """Revoke a token (吊销令牌): it is refused from the next request on."""
    return await operations.revoke_token(call, token_id=input.token_id)
