"""What several people may change at once has a version, and a change says which one it was made for."""

from typing import ClassVar, Protocol

from tortoise import fields
from tortoise.models import Model

from jxc_graphql.kit import clock
from jxc_graphql.kit.errors import Conflict, Reason


class StaleVersion(Reason, frozen=True, kw_only=True):
    """The thing was changed since the caller read it."""

    about: ClassVar[str | None] = "expected_version"
    current: int
    """The version it has now."""
    expected: int
    """The version the client expected."""


class VersionedModel(Model):
    """A table of what is kept up to date; a row is made at its first version, and is as it was then until the next."""

    version = fields.IntField(default=1)
    updated_at = fields.DatetimeField(default=clock.now)

    class Meta:
        abstract = True


class HasVersion(Protocol):
    """What several people may change, such as a document."""

    @property
    def version(self) -> int:
        """How often it has changed, counted from one."""


def check_version(one: HasVersion, expected: int | None) -> None:
    """Raises `Conflict` when a thing is not at the version the caller has seen; None expects nothing."""
    if expected is not None and expected != one.version:
        raise Conflict(StaleVersion(path=("expected_version",), current=one.version, expected=expected))
