"""Who asks, since when, in which language, and with which retry key: the first argument of every operation."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from jxc_graphql.kit import clock, errors, rights


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request by one caller; who acts for another day hands down a changed copy."""

    actor_id: int | None = None
    """The signed-in user, or None."""
    token_id: int | None = None
    """The token the caller showed."""
    address: str = ""
    """From where the caller asks, where that is known."""
    rights_version: int = 0
    """How often somebody had lost a right when these were looked up."""
    permissions: frozenset[str] = frozenset()
    scopes: Mapping[str, frozenset[int]] = msgspec.field(default_factory=dict)
    """By dimension, the ids of what the caller may see and touch; all of it in a dimension that is not named."""
    parts: Mapping[str, frozenset[int]] = msgspec.field(default_factory=dict)
    """By a dimension that divides another one, the ids of what his part of that has: the warehouses of his branches."""
    locale: str = "en"
    request_id: str = ""
    idempotency_key: str | None = None
    at: datetime = msgspec.field(default_factory=clock.now)
    business_date: date | None = None
    """The day it is for; None means the one on which it was made."""
    unread: tuple[errors.Reason, ...] = ()
    """What of a list could not be read, where each thing in it stands for itself."""
    is_dry_run: bool = False
    """Whether nothing of it is to be kept."""
    fields: tuple[Any, ...] = ()
    """What is said in fields of the company's own, besides what the operation is told."""
    fields_of: str = ""
    """Which id of the fact names of what they are; its subject where nothing is said."""

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "permissions", rights.closed(self.permissions))

    @property
    def reach(self) -> Mapping[str, frozenset[int]]:
        """By dimension, what the caller sees in it, as far as it is not all."""
        divided = {part.of for part in rights.parts() if part.dimension in self.scopes}
        return {**self.scopes, **{one: self.within(one) or frozenset() for one in divided}}

    @property
    def limits(self) -> Mapping[str, frozenset[int]]:
        """What the caller sees; and by each permission without which he sees his own of something, himself."""
        lacks = rights.leave_own - self.permissions
        if self.actor_id is None or not lacks:
            return self.reach
        return {**self.reach, **dict.fromkeys(lacks, frozenset({self.actor_id}))}

    def require(self, permission: str) -> None:
        """Raises `Unauthenticated` or `Forbidden` unless the caller holds the permission.

        The system, which is nobody, holds all of them.
        """
        if permission in self.permissions:
            return
        if self.actor_id is None:
            raise errors.Unauthenticated
        raise errors.Forbidden(permission)

    def sees(self, dimension: str, key: int) -> bool:
        """Whether something lies in the caller's scope."""
        return (dimension not in self.scopes or key in self.scopes[dimension]) and all(
            part.dimension not in self.scopes or key in self.parts.get(part.dimension, ())
            for part in rights.parts_of(dimension)
        )

    def within(self, dimension: str) -> frozenset[int] | None:
        """The ids of all that lies in the caller's scope in a dimension; None where that is everything."""
        limits = [self.scopes[dimension]] if dimension in self.scopes else []
        limits += [
            self.parts.get(part.dimension, frozenset())
            for part in rights.parts_of(dimension)
            if part.dimension in self.scopes
        ]
        return frozenset.intersection(*limits) if limits else None

    def unkept(self) -> "Call":
        """The same call where nothing is kept of it: its retry key stays free."""
        return msgspec.structs.replace(self, idempotency_key=None)

    def with_input(self, given: Any) -> "Call":
        """The same call with what an input says of it: retry key, day, fields, and whether it is only tried."""
        return msgspec.structs.replace(
            self,
            idempotency_key=getattr(given, "idempotency_key", None),
            business_date=getattr(given, "business_date", None),
            is_dry_run=getattr(given, "dry_run", False),
            fields=tuple(getattr(given, "fields", None) or ()),
        )
