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
    locale: str = "en"
    request_id: str = ""
    idempotency_key: str | None = None
    at: datetime = msgspec.field(default_factory=clock.now)
    business_date: date | None = None
    """The day it is for; None means the one on which it was made."""

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "permissions", rights.closed(self.permissions))

    @property
    def limits(self) -> Mapping[str, frozenset[int]]:
        """The scopes; and by each permission without which he sees his own of something, himself."""
        lacks = rights.leave_own - self.permissions
        if self.actor_id is None or not lacks:
            return self.scopes
        return {**self.scopes, **dict.fromkeys(lacks, frozenset({self.actor_id}))}

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
        return dimension not in self.scopes or key in self.scopes[dimension]

    def with_input(self, given: Any) -> "Call":
        """The same call with what an input says of it: its retry key and its day."""
        return msgspec.structs.replace(
            self,
            idempotency_key=getattr(given, "idempotency_key", None),
            business_date=getattr(given, "business_date", None),
        )
