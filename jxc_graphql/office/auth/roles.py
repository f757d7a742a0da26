"""Roles as data: what they allow, and which may grant which. The built-in ones are as the program defines them."""

from collections.abc import Collection, Iterable, Sequence
from itertools import chain

from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import save
from jxc_graphql.kit.errors import NotFound, reject_if
from jxc_graphql.kit.spelling import search_text
from jxc_graphql.kit.text import CodeTaken, unique
from jxc_graphql.kit.versions import check_version
from jxc_graphql.office.auth import facts, models, queries, reach, rules
from jxc_graphql.office.auth.built_in import ADMINISTRATOR, BUILT_IN_ROLES, permissions_of
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.auth.reach import Reach
from jxc_graphql.office.auth.rights import raise_version, recorded, taking


@db.transactional
async def ensure_roles(call: Call) -> None:
    """Writes the built-in roles as this version of the program defines them; nothing where they are so already."""
    call.require(Permission.MANAGE_USERS)
    before = await queries.role_ids_by_code()
    await models.Role.bulk_create(
        [
            models.Role(code=code, name=name, search_text=search_text(code, name), updated_at=call.at)
            for code, name in BUILT_IN_ROLES.items()
        ],
        ignore_conflicts=True,
    )
    ids = await queries.role_ids_by_code()
    for code in BUILT_IN_ROLES:
        permissions = permissions_of(code)
        if await _allow(ids[code], permissions):
            if code in before:
                await save(await models.Role.get(id=ids[code]), call, {})
            await raise_version()
            journal.record(facts.RoleSet(role_id=ids[code], permissions=tuple(sorted(permissions))), call)


@recorded(Permission.MANAGE_ROLES)
async def create_role(
    call: Call, *, code: str, name: str, permissions: Sequence[Permission], grants: Sequence[str] = ()
) -> facts.RoleCreated:
    """Makes a role of permissions that the caller holds, which may grant roles that the caller may grant.

    The caller's roles that allow to make roles may grant it from now on.
    """
    code, known, own = code.strip(), await queries.kept_roles(), await reach.reach_of(call)
    reject_if(
        chain(
            rules.check_role(code, name),
            rules.check_permissions(permissions, call.permissions),
            rules.check_roles(grants, known, own.roles, "grants"),
        )
    )
    role = models.Role(code=code, name=name.strip(), updated_at=call.at)
    async with unique(models.Role, CodeTaken(path=("code",), taken=code), own_id=None, code=code):
        await role.save(force_create=True)
    await _allow(role.id, permissions)
    await _let_grant(role.id, [known[each] for each in grants])
    makers = models.RolePermission.filter(
        role_id__in=[held for code, held in own.held.items() if code != ADMINISTRATOR],
        permission=Permission.MANAGE_ROLES.value,
    )
    making = await makers.values_list("role_id", flat=True)
    for maker in await models.Role.select_for_update(no_key=True).filter(id__in=making):
        await _let_grant(maker.id, [role.id])
        await save(maker, call, {})
    return facts.RoleCreated(role_id=role.id, permissions=tuple(sorted(set(permissions))), grants=tuple(grants))


@taking(Permission.MANAGE_ROLES)
async def set_role_permissions(
    call: Call, *, role_id: int, permissions: Sequence[Permission], expected_version: int | None = None
) -> facts.RoleSet:
    """Has a role allow exactly this from now on: what the caller holds, and a role that he may grant."""
    role, _ = await _changeable(call, role_id, expected_version)
    kept = await models.RolePermission.filter(role_id=role_id).values_list("permission", flat=True)
    reject_if(rules.check_permissions(permissions, {*call.permissions, *map(str, kept)}))
    await _allow(role_id, permissions)
    await save(role, call, {})
    await reach.keep_an_administrator()
    return facts.RoleSet(role_id=role_id, permissions=tuple(sorted(set(permissions))))


@taking(Permission.MANAGE_ROLES)
async def set_role_grants(
    call: Call, *, role_id: int, grants: Sequence[str], expected_version: int | None = None
) -> facts.RoleGrantsSet:
    """Lets whoever holds a role grant exactly these roles from now on: roles that the caller may grant as well."""
    known, (role, own) = await queries.kept_roles(), await _changeable(call, role_id, expected_version)
    reject_if(rules.check_roles(grants, known, own.roles, "grants"))
    await models.RoleGrant.filter(role_id=role_id).delete()
    await _let_grant(role_id, {known[each] for each in grants})
    await save(role, call, {})
    return facts.RoleGrantsSet(role_id=role_id, grants=tuple(sorted(set(grants))))


@taking(Permission.MANAGE_ROLES)
async def delete_role(call: Call, *, role_id: int, expected_version: int | None = None) -> facts.RoleDeleted:
    """Deletes a role that nobody holds; waits for those who are giving roles."""
    await db.hold(queries.ROLES)
    role, _ = await _changeable(call, role_id, expected_version)
    users = await models.UserRole.filter(role_id=role_id).count()
    reject_if([rules.RoleInUse(path=("role_id",), users=users)] if users else [])
    await models.RolePermission.filter(role_id=role_id).delete()
    await models.RoleGrant.filter(role_id=role_id).delete()
    await models.RoleGrant.filter(granted_id=role_id).delete()
    await role.delete()
    return facts.RoleDeleted(role_id=role_id, code=role.code)


async def _changeable(call: Call, role_id: int, expected_version: int | None) -> tuple[models.Role, Reach]:
    """The role, locked, and the caller's reach; raises `Rejected` for a role that is not his to change, or is stale."""
    role = await models.Role.select_for_update(no_key=True).get_or_none(id=role_id)
    if role is None:
        raise NotFound(rules.UnknownRole(path=("role_id",)))
    own = await reach.reach_of(call)
    reject_if(rules.check_built_in(role.code))
    reject_if([rules.OwnRights(path=("role_id",))] if role.code in own.held else [])
    reject_if([] if role.code in own.roles else [rules.RoleNotGrantable(path=("role_id",), role=role.code)])
    check_version(role, expected_version)
    return role, own


async def _allow(role_id: int, permissions: Iterable[str]) -> bool:
    """Has a role allow exactly this; whether it did not."""
    wanted = {str(permission) for permission in permissions}
    held = models.RolePermission.filter(role_id=role_id)
    present = {str(one) for one in await held.values_list("permission", flat=True)}
    await held.filter(permission__in=[*(present - wanted)]).delete()
    await models.RolePermission.bulk_create(
        [models.RolePermission(role_id=role_id, permission=permission) for permission in sorted(wanted - present)],
        ignore_conflicts=True,
    )
    return wanted != present


async def _let_grant(role_id: int, granted: Collection[int]) -> None:
    await models.RoleGrant.bulk_create(
        [models.RoleGrant(role_id=role_id, granted_id=each) for each in sorted(granted)], ignore_conflicts=True
    )
