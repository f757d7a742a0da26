"""Who may do what to whom: nobody gives what he does not have, or lays hands on somebody above him."""

from collections.abc import Collection, Sequence

import msgspec

from jxc_graphql.kit import db, rights
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Path, Rejected, reject_if
from jxc_graphql.office.auth import models, rules
from jxc_graphql.office.auth.built_in import ADMINISTRATOR

_HELD = """
SELECT role.id, role.code FROM user_role JOIN role ON role.id = user_role.role_id WHERE user_role.user_id = ?"""
_GRANTED = """
SELECT DISTINCT role.code FROM user_role
JOIN role_grant ON role_grant.role_id = user_role.role_id JOIN role ON role.id = role_grant.granted_id
WHERE user_role.user_id = ?"""
_BEYOND = """
WITH RECURSIVE beyond (id) AS (
    SELECT role_id FROM role_permission WHERE permission NOT IN (SELECT permission FROM {held} AS held)
    UNION SELECT role_grant.role_id FROM role_grant JOIN beyond ON beyond.id = role_grant.granted_id)
SELECT code FROM role JOIN beyond ON beyond.id = role.id"""


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller may give to others."""

    roles: frozenset[str]
    """The codes of the roles that he may grant and take."""
    held: dict[str, int]
    """The roles that he holds, by their codes; nobody changes them for himself."""


async def reach_of(call: Call) -> Reach:
    """The caller's reach; the system's, which is nobody, is without an end.

    A token that may do a part of what its user may reaches no role that allows more, nor one by which more is granted.
    """
    held = {code: role_id for role_id, code in await db.fetch(_HELD, (call.actor_id or 0,))}
    if call.actor_id is None or ADMINISTRATOR in held:
        granted = await db.fetch("SELECT code FROM role")
    else:
        granted = await db.fetch(_GRANTED, (call.actor_id,))
    roles = frozenset(code for (code,) in granted)
    if await models.Token.filter(id=call.token_id or 0, permissions__not_isnull=True).exists():
        statement = _BEYOND.replace("{held}", db.rows({"permission": "text"}))
        roles -= {code for (code,) in await db.fetch(statement, (db.json([one] for one in call.permissions),))}
    return Reach(roles=roles, held=held)


async def check_within(call: Call, user_id: int, path: Path = ("user_id",)) -> Reach:
    """The caller's reach; raises `Rejected` for a user who is above the caller."""
    reach = await reach_of(call)
    if call.actor_id not in {None, user_id}:
        roles = [code for _, code in await db.fetch(_HELD, (user_id,))]
        if not reach.roles.issuperset(roles) or not rules.covers(call.reach, await reach_of_user(user_id)):
            raise Rejected(rules.UserAbove(path=path))
    return reach


async def check_others(call: Call, user_id: int, path: Path = ("user_id",)) -> Reach:
    """The same, and raises `Rejected` for the caller himself."""
    reject_if([rules.OwnRights(path=path)] if call.actor_id == user_id else [])
    return await check_within(call, user_id, path)


async def locked_user(user_id: int) -> models.User:
    """A user, kept from others until the transaction ends; raises `NotFound`."""
    user = await models.User.select_for_update(no_key=True).get_or_none(id=user_id)
    if user is None:
        raise NotFound(rules.UnknownUser(path=("user_id",)))
    return user


async def keep_an_administrator() -> None:
    """Raises `Rejected` when no active user holds the administrator's role any more."""
    await models.Role.select_for_update(no_key=True).filter(code=ADMINISTRATOR)
    if not await models.User.filter(is_active=True, roles__role__code=ADMINISTRATOR).exists():
        raise Rejected(rules.LastAdministrator())


async def permissions_of_user(user_id: int) -> frozenset[str]:
    """All that a user's roles allow."""
    held = models.RolePermission.filter(role__users__user_id=user_id)
    return frozenset(map(str, await held.values_list("permission", flat=True)))


async def scopes_of_user(user_id: int) -> rules.Scopes:
    """By dimension, what a user sees."""
    rows = await db.fetch("SELECT dimension, target_id FROM user_scope WHERE user_id = ?", (user_id,))
    dimensions = {dimension for dimension, _ in rows}
    return {name: frozenset(target for one, target in rows if one == name and target) for name in dimensions}


async def reach_of_user(user_id: int) -> rules.Scopes:
    """By dimension, what a user sees, that of parts included."""
    scopes = await scopes_of_user(user_id)
    (parts,) = await parts_of([scopes])
    return dict(Call(scopes=scopes, parts=parts).reach)


async def parts_of(several: Sequence[rules.Scopes]) -> Sequence[rules.Scopes]:
    """For each of several scopes, what there is of other dimensions in those that divide them."""
    found: list[dict[str, frozenset[int]]] = [{} for _ in several]
    for part in rights.parts():
        asked = {target_id for scopes in several for target_id in scopes.get(part.dimension, ())}
        rows = (
            await db.fetch(
                f"SELECT thing.{part.column}, thing.id FROM {part.table} AS thing "  # noqa: S608  (names of our own)
                f"JOIN {db.rows({'id': 'bigint'})} AS asked ON asked.id = thing.{part.column}",
                (db.json([target_id] for target_id in asked),),
            )
            if asked
            else ()
        )
        for parts, scopes in zip(found, several, strict=True):
            if part.dimension in scopes:
                within = scopes[part.dimension]
                parts[part.dimension] = frozenset(key for target_id, key in rows if target_id in within)
    return found


async def targets_among(dimension: str, target_ids: Collection[int]) -> set[int]:
    """Which of these ids are of things in a dimension; their tables rank above this feature, which only knows names."""
    rows = await db.fetch(
        f"SELECT target.id FROM {dimension.lower()} AS target "  # noqa: S608  (a name of our own)
        f"JOIN {db.rows({'id': 'bigint'})} AS asked ON asked.id = target.id",
        (db.json([target_id] for target_id in target_ids),),
    )
    return {row[0] for row in rows}
