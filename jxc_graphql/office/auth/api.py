"""What clients see of users and their rights."""

from datetime import datetime

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    Versioned,
    batched,
    column,
    computed,
    connection,
    entity,
    input_type,
    mutation,
    payload,
    query,
    told,
    value,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.office.auth import facts, models, operations, queries, rules
from jxc_graphql.office.auth.permissions import Permission


@entity(models.Role, requires=Permission.MANAGE_USERS, search="search_text", texts=("code", "name"), few=True)
class Role(Node, Versioned):
    """A role (角色): a named set of permissions."""

    code: str
    """Code, unique, such as `BUYER`."""
    name: str
    """Name."""
    is_built_in: bool = computed(rules.is_built_in, "code")
    """Whether the program defines it (内置); nobody changes or deletes it then."""
    permissions: list[Permission] = batched(queries.permissions_of_roles, "id")
    """What it allows (权限)."""
    grants: "list[Role]" = batched(queries.grants_of_roles, "id")
    """The roles that whoever holds it may give to others, and take from them (可授予)."""


@entity(models.User, search="search_text", texts=("name",), starts=("username",), aside=True, few=True)
class User(Node, Versioned):
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


@value
class Viewer:
    """Whoever asks."""

    user: User
    """The signed-in user."""
    permissions: list[Permission]
    """What this user may do (权限)."""
    rights_version: str
    """Another one whenever what this user may see has changed (权限版本): forget then what you have kept."""
    locale: str
    """Language of messages in this answer."""


class Query:
    users: Connection[User] = connection(requires=Permission.MANAGE_USERS)
    """Users (用户)."""
    roles: Connection[Role] = connection()
    """Roles (角色)."""


@query(Viewer | None)
async def viewer(call: Call) -> queries.Caller | None:
    """Whoever asks: the user, the rights, the language; null where nobody is signed in."""
    return queries.caller(call)


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
    """Password (密码), 8 to 200 characters and none that many use; without one the user can only use tokens."""
    roles: list[str]
    """Codes of the user's roles, such as `BUYER`: roles that one's own may grant."""
    locale: str = "en"
    """Language of messages: `en` or `zh-CN`."""


@mutation(CreateUserPayload)
async def create_user(call: Call, input: CreateUserInput) -> facts.UserCreated:
    """Create a user (新建用户), who sees what the creator sees."""
    return await operations.create_user(
        call,
        username=input.username,
        name=input.name,
        password=input.password,
        roles=input.roles,
        locale=input.locale,
    )


@payload
class UpdateUserPayload:
    """The user with the new data."""

    user: User | None
    """The user."""


@input_type
class UpdateUserInput:
    """What changes of a user; what is left out stays."""

    id: Id[User]
    """The user: nobody who holds a role that one may not grant."""
    username: Change[str] = UNSET
    """User name (用户名), unique, up to 60 characters; upper and lower case are the same."""
    name: Change[str] = UNSET
    """Name (姓名), up to 100 characters."""
    locale: Change[str] = UNSET
    """Language of messages where a request names none: `en` or `zh-CN`; one's own needs no permission."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(UpdateUserPayload)
async def update_user(call: Call, input: UpdateUserInput) -> facts.UserUpdated:
    """Change a user's data (修改用户)."""
    return await operations.update_user(call, **told(input, id="user_id"))


@payload
class SetUserRolesPayload:
    """The user with the new roles."""

    user: User | None
    """The user."""


@input_type
class SetUserRolesInput:
    """A user's roles."""

    id: Id[User]
    """The user: not oneself, and nobody who holds a role that one may not grant."""
    roles: list[str]
    """Codes of all the roles from now on: roles that one's own may grant."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(SetUserRolesPayload)
async def set_user_roles(call: Call, input: SetUserRolesInput) -> facts.UserRolesSet:
    """Give a user exactly these roles (设置角色); somebody who may manage users must be left."""
    return await operations.set_user_roles(call, **told(input, id="user_id"))


@payload
class DeactivateUserPayload:
    """The user who cannot sign in any more."""

    user: User | None
    """The user."""


@input_type
class DeactivateUserInput:
    """Who shall not sign in any more."""

    id: Id[User]
    """The user."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(DeactivateUserPayload)
async def deactivate_user(call: Call, input: DeactivateUserInput) -> facts.UserDeactivated:
    """Deactivate a user (停用用户) and revoke all the tokens; somebody who may manage users must be left."""
    return await operations.deactivate_user(call, **told(input, id="user_id"))


@payload
class ReactivateUserPayload:
    """The user who can sign in again."""

    user: User | None
    """The user."""


@input_type
class ReactivateUserInput:
    """Who shall sign in again."""

    id: Id[User]
    """The user: nobody who holds a role that one may not grant."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(ReactivateUserPayload)
async def reactivate_user(call: Call, input: ReactivateUserInput) -> facts.UserReactivated:
    """Let a user sign in again (恢复用户), with the roles and the password of before; tokens stay revoked."""
    return await operations.reactivate_user(call, **told(input, id="user_id"))


@payload
class CreateRolePayload:
    """The new role."""

    role: Role | None
    """The role."""


@input_type
class CreateRoleInput:
    """A new role."""

    code: str
    """Code, unique: capitals, digits and underscores, up to 40, such as `HEAD_BUYER`."""
    name: str
    """Name, up to 100 characters."""
    permissions: list[Permission]
    """What it allows (权限): only what one may oneself."""
    grants: list[str] | None = None
    """Codes of the roles that whoever holds it may give to others (可授予): only such that one may grant oneself."""


@mutation(CreateRolePayload)
async def create_role(call: Call, input: CreateRoleInput) -> facts.RoleCreated:
    """Create a role (新建角色). Who may manage roles by one of his own roles may grant it with that."""
    return await operations.create_role(
        call, code=input.code, name=input.name, permissions=input.permissions, grants=input.grants or ()
    )


@payload
class SetRolePermissionsPayload:
    """The role with its new permissions."""

    role: Role | None
    """The role."""


@input_type
class SetRolePermissionsInput:
    """What a role allows."""

    id: Id[Role]
    """The role: not a built-in one, none that one holds, and one that one may grant."""
    permissions: list[Permission]
    """All that it allows from now on (权限): what one may oneself, or what it allows already."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(SetRolePermissionsPayload)
async def set_role_permissions(call: Call, input: SetRolePermissionsInput) -> facts.RoleSet:
    """Have a role allow exactly this (设置权限), from the next request of whoever holds it."""
    return await operations.set_role_permissions(call, **told(input, id="role_id"))


@payload
class SetRoleGrantsPayload:
    """The role with what it may grant."""

    role: Role | None
    """The role."""


@input_type
class SetRoleGrantsInput:
    """Which roles a role may grant."""

    id: Id[Role]
    """The role: not a built-in one, none that one holds, and one that one may grant."""
    grants: list[str]
    """Codes of all roles that whoever holds it may give to others from now on (可授予)."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(SetRoleGrantsPayload)
async def set_role_grants(call: Call, input: SetRoleGrantsInput) -> facts.RoleGrantsSet:
    """Say which roles whoever holds a role, and may manage users, may give to others (设置可授予角色)."""
    return await operations.set_role_grants(call, **told(input, id="role_id"))


@payload
class DeleteRolePayload:
    """The role that is no more."""

    code: str | None
    """Its code."""


@input_type
class DeleteRoleInput:
    """Which role to delete."""

    id: Id[Role]
    """The role: nobody holds it, it is not built in, and one may grant it."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(DeleteRolePayload)
async def delete_role(call: Call, input: DeleteRoleInput) -> facts.RoleDeleted:
    """Delete a role (删除角色) that nobody holds."""
    return await operations.delete_role(call, **told(input, id="role_id"))
