"""API tokens: what they are limited to, who may take them, and their end."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Reason, Rejected, reject_if
from jxc_graphql.office.auth import credentials, facts, models, queries, reach, rules
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.auth.rights import raise_version, recorded, taking


class IssuedToken(msgspec.Struct, frozen=True, kw_only=True):
    """A new token in plain text: shown once, kept by nobody but the caller."""

    token: str
    access_token_id: int
    user_id: int


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a token is limited to, of what its user may; None: to nothing."""

    permissions: Sequence[Permission] | None = None
    scope: Sequence[Any] | None = None
    """Things that it sees, each with its type; of each type nothing else, and nothing at all where none is named."""
    addresses: Sequence[str] | None = None
    """From where it is good."""

    def columns(self) -> dict[str, str | None]:
        """The limits as a token keeps them."""
        return {
            "permissions": _kept(self.permissions and sorted(set(self.permissions)), self.permissions),
            "scopes": _kept({name: sorted(ids) for name, ids in self.scopes().items()}, self.scope),
            "addresses": _kept([rules.range_of(one) for one in self.addresses or ()], self.addresses),
        }

    def scopes(self) -> rules.Scopes:
        """By dimension, what it sees."""
        found: dict[str, set[int]] = defaultdict(set)
        if self.scope is not None and not self.scope:
            found.update({dimension.value: set() for dimension in Dimension})
        for kind, target_id in self.scope or ():
            found[rules.dimension_of(kind) or ""].add(target_id)
        return {name: frozenset(ids) for name, ids in found.items()}


UNLIMITED = Limits()


def _kept(value: Any, given: object | None) -> str | None:
    return None if given is None else json.dumps(value, separators=(",", ":"))


async def create_api_token(
    call: Call, *, user_id: int, name: str, expires_in_days: int = rules.TOKEN_DAYS, limits: Limits = UNLIMITED
) -> IssuedToken:
    """Makes a token for a program that acts with a user's rights, or with some of them.

    One's own, or with MANAGE_USERS another's who is not above the caller. Raises `Rejected` for limits that name what
    the user may not do or see, and for a caller whose own token is limited.
    """
    if user_id != call.actor_id:
        call.require(Permission.MANAGE_USERS)
    reject_if(rules.check_token(name, expires_in_days, limits.addresses))
    token = credentials.new_token()
    columns = {
        "kind": models.TokenKind.API,
        "name": name.strip(),
        "token_hash": credentials.token_hash(token),
        "expires_at": call.at + timedelta(days=expires_in_days),
        **limits.columns(),
    }
    fact = await _save_token(call, user_id, limits, columns)
    return IssuedToken(token=token, access_token_id=fact.access_token_id, user_id=user_id)


@recorded()
async def _save_token(call: Call, user_id: int, limits: Limits, columns: dict[str, Any]) -> facts.ApiTokenCreated:
    user = await reach.locked_user(user_id)
    if not user.is_active:
        raise Rejected(rules.UserInactive(path=("user_id",)))
    await reach.check_within(call, user_id)
    reject_if(await _wrong_with(call, user_id, limits))
    token = await models.Token.create(user_id=user_id, created_at=call.at, created_from=call.address, **columns)
    return facts.ApiTokenCreated(user_id=user_id, access_token_id=token.id)


async def _wrong_with(call: Call, user_id: int, limits: Limits) -> list[Reason]:
    found: list[Reason] = [rules.TokenLimited()] if await queries.is_limited(call) else []
    good = models.Token.filter(user_id=user_id, kind=models.TokenKind.API, revoked_at=None, expires_at__gt=call.at)
    if await good.count() >= rules.TOKENS_LIMIT:
        found.append(rules.TooManyTokens(limit=rules.TOKENS_LIMIT))
    if limits.permissions is not None:
        found += rules.check_permissions(limits.permissions, await reach.permissions_of_user(user_id))
    found += await _unknown(limits, await reach.reach_of_user(user_id))
    return found


async def _unknown(limits: Limits, seen: rules.Scopes) -> list[Reason]:
    known = {
        dimension: await reach.targets_among(dimension, ids) for dimension, ids in limits.scopes().items() if dimension
    }

    def reasons() -> Iterator[Reason]:
        for index, (kind, target_id) in enumerate(limits.scope or ()):
            dimension = rules.dimension_of(kind) or ""
            for reason in rules.check_targets([target_id], known.get(dimension, ()), seen.get(dimension), "scope"):
                yield msgspec.structs.replace(reason, path=("scope", index))

    return list(reasons())


@taking()
async def revoke_token(call: Call, *, token_id: int) -> facts.TokenRevoked:
    """Ends a token at once: one's own, or with MANAGE_USERS another user's who is not above the caller."""
    token = await models.Token.get_or_none(id=token_id)
    others = Permission.MANAGE_USERS in call.permissions
    if token is None or not (others or token.user_id == call.actor_id):
        raise NotFound(rules.UnknownToken(path=("token_id",)))
    await reach.check_within(call, token.user_id, ("token_id",))
    await models.Token.filter(id=token_id, revoked_at=None).update(revoked_at=call.at)
    return facts.TokenRevoked(user_id=token.user_id, access_token_id=token_id)


async def end_everybodys_tokens(call: Call, *, programs: bool) -> int:
    """Ends all sessions, and the tokens of `programs` as well, within the present transaction; gives how many."""
    good = models.Token.filter(revoked_at=None)
    await raise_version()
    return await (good if programs else good.exclude(kind=models.TokenKind.API)).update(revoked_at=call.at)


async def end_tokens(call: Call, user_id: int, *, but: Collection[int] = ()) -> None:
    """Ends all of a user's tokens but some, within the present transaction."""
    await models.Token.filter(user_id=user_id, revoked_at=None).exclude(id__in=[0, *but]).update(revoked_at=call.at)
