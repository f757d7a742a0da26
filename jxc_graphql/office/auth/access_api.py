"""How users sign in, and what clients see and do about passwords and tokens."""

from datetime import datetime
from typing import Annotated, Any

from jxc_graphql.gql.declare import Id, LimitError, computed, entity, input_type, mutation, payload, query, shown_as
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth import facts, models, operations, queries, rules
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.auth.permissions import Permission


@entity(models.Token)
class AccessToken:
    """A token (令牌), without its text, which nobody but its owner ever saw; reached through `accessTokens` alone."""

    id: Id["AccessToken"]
    """Its id (标识)."""
    user: User
    """Whose rights it carries."""
    kind: models.TokenKind
    """What it is for."""
    name: str
    """Name that its owner gave it; empty for a session."""
    created_at: datetime
    """When it was made."""
    created_from: str
    """The address from which it was asked for; empty where that is not known."""
    expires_at: datetime
    """When it ends by itself; a session's end moves on with each use, up to 30 days after its beginning."""
    revoked_at: datetime | None
    """When it was revoked (吊销); null while it is good."""
    last_used_at: datetime | None
    """When it was last used, to the minute; null before that."""
    last_used_from: str
    """The address from which it was last used."""
    permissions: list[Permission] | None = computed(rules.permissions_of_token, "permissions")
    """All that it may do (权限); null: all that its user may."""
    addresses: list[str] | None = computed(rules.addresses_of_token, "addresses")
    """The ranges of addresses (CIDR) from where it is good; null: from everywhere."""


@query(list[AccessToken] | None)
async def access_tokens(
    call: Call, user_id: Annotated[Id[User] | None, "Whose: with MANAGE_USERS, of a user who is not above."] = None
) -> list[int]:
    """One's own tokens (令牌), or those of another user, the latest first; the 200 latest."""
    return await queries.tokens_of(call, user_id)


PROBLEMS = (shown_as(LimitError, rules.TooManyAttempts),)


@payload
class LoginPayload:
    """The new session; `query` is answered on its behalf."""

    token: str | None
    """The token to send as `Authorization: Bearer …`; shown this once."""
    device_token: str | None
    """What this device (设备) is known by: keep it, and send it with later sign-ins."""
    expires_at: datetime | None
    """When the session ends unless it is used; each use moves that on, up to 30 days after the sign-in."""
    user: User | None
    """Who is signed in."""


@input_type
class LoginInput:
    """Who signs in."""

    username: str
    """User name (用户名); upper and lower case are the same."""
    password: str
    """Password (密码)."""
    device_token: str | None = None
    """What an earlier sign-in of this user with this device gave: strangers' wrong guesses do not hold it up then."""


@mutation(LoginPayload, seen_by=lambda session: session.call, for_anybody=True)
async def login(call: Call, input: LoginInput) -> operations.Session:
    """Sign in (登录): until a day without use has passed, for 30 days at most.

    Needs no token, and takes no notice of one that is not good any more; answers alike for an unknown user and a wrong
    password.
    """
    return await operations.login(
        call, username=input.username, password=input.password, device_token=input.device_token
    )


@payload
class LogoutPayload:
    """The session that has ended."""

    user: User | None
    """Who was signed in; null where nobody was, or the token was not good any more."""


@mutation(LogoutPayload, for_anybody=True)
async def logout(call: Call) -> operations.SignedOut:
    """Sign out (退出): revokes the token that this very request shows."""
    return await operations.logout(call)


@payload
class ChangePasswordPayload:
    """The user with the new password."""

    user: User | None
    """The user."""


@input_type
class ChangePasswordInput:
    """A new password."""

    id: Id[User]
    """Whose password: one's own, or with MANAGE_USERS another's who is not above."""
    current_password: str | None = None
    """The present password; needed for one's own."""
    new_password: str
    """The new password (新密码), 8 to 200 characters and none that many use."""
    keep_token_ids: list[Id[AccessToken]] | None = None
    """The user's tokens that stay good; all others end, the one that this request shows excepted."""


@mutation(ChangePasswordPayload)
async def change_password(call: Call, input: ChangePasswordInput) -> facts.PasswordChanged:
    """Change a password (修改密码); ends the user's other sessions and tokens."""
    return await operations.change_password(
        call,
        user_id=input.id,
        current_password=input.current_password,
        new_password=input.new_password,
        keep_token_ids=input.keep_token_ids or (),
    )


@payload
class ResetPasswordPayload:
    """The user with a password that nobody chose."""

    user: User | None
    """The user."""
    password: str | None
    """The new password (新密码), for the user to change; shown this once."""


@input_type
class ResetPasswordInput:
    """Whose password was forgotten."""

    id: Id[User]
    """The user: not oneself, and nobody who is above."""


@mutation(ResetPasswordPayload)
async def reset_password(call: Call, input: ResetPasswordInput) -> operations.NewPassword:
    """Give a user a new password (重置密码) that the server makes; ends the user's sessions and tokens."""
    return await operations.reset_password(call, user_id=input.id)


@payload
class CreateApiTokenPayload:
    """The new token."""

    token: str | None
    """The token's text; shown this once."""
    access_token: AccessToken | None
    """What is kept of it."""
    user: User | None
    """Whose rights it carries."""


@input_type
class CreateApiTokenInput:
    """A token for a program."""

    user_id: Id[User]
    """Whose rights it carries: one's own, or with MANAGE_USERS another's who is not above."""
    name: str
    """Name to tell it from others, up to 100 characters."""
    expires_in_days: int | None = None
    """Days until it ends by itself, 1 to 365; without it 90."""
    permissions: list[Permission] | None = None
    """All that it may do (权限), of what its user may; without it, all of that."""
    scope: list[Id[Any]] | None = None
    """What it sees (数据范围), such as warehouses: of each kind that is named nothing else; empty, it sees nothing."""
    addresses: list[str] | None = None
    """Addresses and ranges of addresses (CIDR) from where it is good, at most 20; without it, from everywhere."""


@mutation(CreateApiTokenPayload)
async def create_api_token(call: Call, input: CreateApiTokenInput) -> operations.IssuedToken:
    """Make a token for a program (创建令牌); it acts with the user's rights of the moment, or with some of them."""
    limits = operations.Limits(permissions=input.permissions, scope=input.scope, addresses=input.addresses)
    days = rules.TOKEN_DAYS if input.expires_in_days is None else input.expires_in_days
    return await operations.create_api_token(
        call, user_id=input.user_id, name=input.name, expires_in_days=days, limits=limits
    )


@payload
class RevokeTokenPayload:
    """The token that is no longer good."""

    access_token: AccessToken | None
    """The token."""


@input_type
class RevokeTokenInput:
    """Which token ends."""

    id: Id[AccessToken]
    """The token: one's own, or with MANAGE_USERS that of another user who is not above."""


@mutation(RevokeTokenPayload)
async def revoke_token(call: Call, input: RevokeTokenInput) -> facts.TokenRevoked:
    """Revoke a token (吊销令牌): it is refused from the next request on."""
    return await operations.revoke_token(call, token_id=input.id)
